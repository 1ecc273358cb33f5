/** What the gate's answer means for a request. */
import type { Problem, SignAnswer } from "../gate/wire.ts";
import type { Decision } from "../policy/decision.ts";
import type { Instant } from "../values/instant.ts";
import type { Event } from "./event.ts";
import type { State } from "./state.ts";
import { lackOf } from "./waits.ts";

type Refused = Extract<SignAnswer, { kind: "refused" }>;

/** Said by people or by time, and never taken back. */
const endings: Readonly<Record<string, "rejected" | "vetoed" | "cancelled" | "expired">> = {
  "gate.rejected": "rejected",
  "gate.declined": "rejected",
  "gate.vetoed": "vetoed",
  "gate.cancelled": "cancelled",
  "gate.expired": "expired",
  "policy.vetoed": "vetoed",
};

/** What no wait cures while the request is not allocated. A code that is not known here keeps it waiting, with the gate's own words. */
const incurable: ReadonlySet<string> = new Set(["gate.unknown-account", "gate.reference-taken"]);

/** How a request ends with a code of the gate; undefined when it does not. */
export function endingOf(code: string): "rejected" | "vetoed" | "cancelled" | "expired" | undefined {
  return endings[code];
}

export function eventOf(answer: SignAnswer | Problem, state: State, now: Instant): Event {
  switch (answer.kind) {
    case "signed":
      return { kind: "signed", nonce: answer.nonce, raw: answer.raw, txHash: answer.txHash };
    case "signing":
      return { kind: "permitted", on: waitsFor(answer) };
    case "needs-cosignature":
      return state === "allocated"
        ? { kind: "postponed", why: "has its nonce, waits for a witness to cosign the log" }
        : { kind: "allocated", nonce: null, decision: null };
    case "decided":
      return decided(answer.decision, now);
    case "problem":
      return { kind: "postponed", why: `the gate does not answer: ${answer.message} (${answer.code})` };
    case "refused":
      return refused(answer, state, now);
  }
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

function refused({ code, why, decision }: Refused, state: State, now: Instant): Event {
  const ending = endings[code];
  if (ending !== undefined) return { kind: ending, why };
  const said = `${why} (${code})`;
  if (state === "allocated" || state === "signing") return { kind: "postponed", why: `has its nonce, but ${said}` };
  if (decision?.verdict === "refused" || incurable.has(code))
    return { kind: "refused", code, why, decision: decision ?? null };
  if (decision?.verdict === "pending") return { kind: "held", decision, why: lackOf(decision, now) };
  return state === "ready" ? { kind: "postponed", why: said } : { kind: "held", decision: decision ?? null, why: said };
}
