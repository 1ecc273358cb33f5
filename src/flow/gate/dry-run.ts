/** Says what `sign` would answer, with zero writes: for a request on its way, or for an intent nobody signed yet. */
import { parse as parseIntent } from "../../intent/intent.ts";
import { frozen } from "../../gate/freeze.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { GateRequest, SignAnswer } from "../../gate/wire.ts";
import { compile } from "../../policy/compile/compile.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import { InvalidValue } from "../../values/errors.ts";
import { hash, type Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { decideOn, judge } from "./allocate.ts";
import type { Core } from "./core.ts";
import { gatherFacts } from "./facts.ts";
import { loadRequest, standsInTheWay } from "./request.ts";

type DryRun = Extract<GateRequest, { dryRun: true }>;
type OfIntent = Extract<DryRun, { intent: unknown }>;

export function dryRun(core: Core, asked: DryRun): SignAnswer {
  return "requestId" in asked ? ofRequest(core, asked.requestId) : ofIntent(core, asked);
}

function ofRequest(core: Core, requestId: Extract<DryRun, { requestId: unknown }>["requestId"]): SignAnswer {
  const loaded = loadRequest(core, requestId);
  if (loaded.kind === "refused") return answer(loaded.refusal);
  const now = core.now();
  const stands = standsInTheWay(core, loaded.request, now);
  if (stands !== undefined) return answer(stands);
  const allocation = core.journal.allocation(requestId);
  if (allocation !== undefined && core.journal.permits(requestId).some((permit) => permit.signed !== undefined))
    return answer(refusal("gate.ended", "it is signed already"));
  const { decision } = judge(core, loaded.request, now);
  if (allocation === undefined || decision.verdict === "pending") return { kind: "decided", decision };
  // It has its nonce: what the policy refuses now it ends nothing of, also for a service that does not know of the nonce yet.
  const needs = decision.verdict === "allowed" ? "to be asked for" : `the policy to allow it again (${decision.code})`;
  return { kind: "signing", on: allocation.key, needs };
}

function ofIntent(core: Core, { intent: input, initiator, policy: draft }: OfIntent): SignAnswer {
  try {
    const intent = parseIntent(input);
    const policy = draft === undefined ? core.standing().policies.get(intent.asset) : draftOf(draft, intent.asset);
    if (policy === undefined) return answer(refusal("gate.no-policy", `no policy is in force for ${intent.asset}`));
    const now = core.now();
    const stops = core.journal.freezes().filter((freeze) => !freeze.lifted);
    const stopped = frozen(
      stops,
      intent.asset,
      core.standing().roster.index.keyByAccount(intent.account)?.id,
      intent.operation,
    );
    if (stopped !== undefined) return answer(stopped);
    const facts = gatherFacts(core, {
      intent,
      policy,
      initiator,
      requestId: undefined,
      firstSeen: now,
      votes: [],
      batches: [],
      vetoes: [],
      now,
    });
    return { kind: "decided", decision: decideOn(core, { request: { intent, policy, initiator }, facts }) };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return answer({ code: error.code, why: error.message });
  }
}

/** Nobody signed it, and nothing of it is kept. */
function draftOf(document: Json, asset: Name): StandingPolicy {
  const policy = compile(readPolicyDocument(document));
  if (policy.asset !== asset)
    throw new InvalidValue("policy.other-asset", `the draft is of ${policy.asset}, the intent of ${asset}`, "asset");
  return { hash: hash(document), version: policy.version, policy, document };
}

function answer({ code, why }: Refusal): SignAnswer {
  return { kind: "refused", code, why };
}
