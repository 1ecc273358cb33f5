/** Which function makes which check of the plan; those that need a look from outside are made by the parent. */
import type { Finding } from "./finding.ts";
import { attributes, copies, curve, mechanismLimit, point } from "./key-steps.ts";
import { configuredKeys, flags, login, mechanisms, module, tidy, token } from "./opening-steps.ts";
import { logout, misuse, parallel, restart } from "./session-steps.ts";
import { edgeDigests, lengths, once, rate, signatures } from "./signing-steps.ts";
import type { Trial } from "./trial.ts";

type Run = (trial: Trial) => Promise<Finding>;

export const stepRuns: Readonly<Partial<Record<string, Run>>> = {
  module,
  token,
  flags,
  mechanisms,
  login,
  curve,
  point,
  attributes,
  copies,
  "mechanism-limit": mechanismLimit,
  signatures,
  "edge-digests": edgeDigests,
  lengths,
  misuse,
  parallel,
  logout,
  restart,
  // The parent kills, waits or measures around these; what is left for the agent is to sign.
  killed: once,
  idle: once,
  rate,
  keys: configuredKeys,
  tidy,
};
