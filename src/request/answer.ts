/** What the gate's answer means for a request. */
import type { Problem, SignAnswer } from "../gate/wire.ts";
import type { Decision } from "../policy/decision.ts";
import type { Instant } from "../values/instant.ts";
import type { Event } from "./event.ts";
import type { State } from "./state.ts";
import { lackOf } from "./waits.ts";

type Uncosigned = Extract<SignAnswer, { kind: "needs-cosignature" }>;
type Refused = Extract<SignAnswer, { kind: "refused" }>;

/** Said by people or by time, and never taken back; who left with a nonce taken had it cancelled. */
const endings: Readonly<Record<string, "rejected" | "vetoed" | "cancelled" | "expired">> = {
  "gate.rejected": "rejected",
  "gate.declined": "rejected",
  "gate.vetoed": "vetoed",
  "gate.cancelled": "cancelled",
  "gate.initiator-left": "cancelled",
  "gate.expired": "expired",
  "policy.vetoed": "vetoed",
};

/** What no wait cures while the request is not allocated. A code that is not known here keeps it waiting, with the gate's own words. */
const incurable: ReadonlySet<string> = new Set([
  "gate.unknown-account",
  "gate.reference-taken",
  "gate.distribution-taken",
]);

/** How a request ends with a code of the gate; undefined when it does not. */
export function endingOf(code: string): "rejected" | "vetoed" | "cancelled" | "expired" | undefined {
  return endings[code];
}

/** `witnesses` says which of them are waited for, once they were asked. */
export function eventOf(
  answer: SignAnswer | Problem,
  state: State,
  now: Instant,
  witnesses = "waits for witnesses to cosign the log",
): Event {
  switch (answer.kind) {
    case "signed":
      return { kind: "signed", nonce: answer.nonce, raw: answer.raw, txHash: answer.txHash };
    case "signing":
      return { kind: "permitted", on: waitsFor(answer) };
    case "needs-cosignature":
      return uncosigned(answer, state, witnesses);
    case "released":
      return { kind: "postponed", why: "the gate released what backs it, and was not asked to" };
    case "decided":
      return decided(answer.decision, now);
    case "problem":
      return { kind: "postponed", why: `the gate does not answer: ${answer.message} (${answer.code})` };
    case "refused":
      return refused(answer, state, now);
  }
}

/** What has a nonce says so once, and then whom it waits for. */
function uncosigned({ nonce }: Uncosigned, state: State, witnesses: string): Event {
  if (nonce === null) return { kind: "postponed", why: `${witnesses}, since the gate started` };
  if (state === "allocated" || state === "signing")
    return { kind: "postponed", why: `has nonce ${nonce}, ${witnesses}` };
  return { kind: "allocated", nonce, decision: null };
}

/** "a person at ledger-cold" says where already. */
function waitsFor({ needs, on }: Extract<SignAnswer, { kind: "signing" }>): string {
  return needs.includes(on) ? needs : `${needs} (${on})`;
}

function decided(decision: Decision, now: Instant): Event {
  switch (decision.verdict) {
    case "allowed":
      return { kind: "cleared", decision };
    case "pending":
      return { kind: "held", decision, why: lackOf(decision, now) };
    case "refused": {
      const ending = endings[decision.code];
      if (ending !== undefined) return { kind: ending, why: objections(decision) };
      return { kind: "refused", code: decision.code, why: "the policy does not allow it", decision };
    }
  }
}

/** What the clause of the veto observed. */
function objections({ clauses }: Decision): string {
  const vetoes = clauses.filter(({ id, ok }) => !ok && id.endsWith(".veto"));
  return vetoes.map(({ observed }) => observed).join("; ");
}

function refused(answer: Refused, state: State, now: Instant): Event {
  if (state === "allocated" || state === "signing") return heldBack(answer, now);
  const { code, why, decision } = answer;
  const ending = endings[code];
  if (ending !== undefined) return { kind: ending, why };
  const said = `${why} (${code})`;
  if (decision?.verdict === "refused" || incurable.has(code))
    return { kind: "refused", code, why, decision: decision ?? null };
  if (decision?.verdict === "pending") return { kind: "held", decision, why: lackOf(decision, now) };
  return state === "ready" ? { kind: "postponed", why: said } : { kind: "held", decision: decision ?? null, why: said };
}

/** Of what has its nonce the policy ends nothing: what it says now it may say otherwise before the request expires. */
function heldBack({ code, why, decision }: Refused, now: Instant): Event {
  const ending = decision === undefined ? endings[code] : undefined;
  if (ending !== undefined) return { kind: ending, why };
  const lack = decision?.verdict === "pending" ? lackOf(decision, now) : `${why} (${code})`;
  return { kind: "postponed", why: `has its nonce, but ${lack}` };
}
