/** Asks the gate to sign, and brings the witnesses' word in between when it wants it. */
import { parse as parseCheckpoint } from "../../log/checkpoint.ts";
import type { GateRequest, Problem, SignAnswer } from "../../gate/wire.ts";
import type { Cosigner } from "./cosigner.ts";
import { pass } from "./fault-points.ts";
import { refuseDoubt, type Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";

export type CosigningParts = Pick<Parts, "gate" | "faults"> & { readonly cosigner: Cosigner; readonly mirror: Mirror };

export type Signed = {
  readonly answer: SignAnswer | Problem;
  /** Which witnesses the gate waits for, in words, when it still does. */
  readonly awaited: string | undefined;
};

/** Once to speak for the journal that the gate opened, and once for the permit. */
const mostRounds = 2;
const startedAgain = "waits for witnesses: the gate started again meanwhile";

/** Throws `Fault` while the gate's log is not the one that was mirrored. */
export async function signCosigned(
  { gate, faults, cosigner, mirror }: CosigningParts,
  request: Extract<GateRequest, { fees: unknown } | { release: true }>,
): Promise<Signed> {
  refuseDoubt(mirror);
  let answer = await gate.sign(request);
  for (let rounds = 0; rounds < mostRounds && answer.kind === "needs-cosignature"; rounds += 1) {
    const { size } = parseCheckpoint(answer.checkpoint).checkpoint;
    const afresh = answer.nonce === null ? "afresh" : undefined;
    await pass(faults, "serve:before-cosign");
    const reached = await cosigner.reach(size, afresh);
    await pass(faults, "serve:after-cosign");
    if (reached.kind === "waiting") return { answer, awaited: reached.why };
    if (afresh !== undefined && !reached.afresh) return { answer, awaited: startedAgain };
    answer = await gate.sign(request);
  }
  return { answer, awaited: undefined };
}
