/** Requests, decisions and events to test with. */
import * as intent from "../../../src/intent/intent.ts";
import { amountText, details } from "../../../src/intent/words.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import type { Event, EventKind } from "../../../src/request/event.ts";
import { apply, opened, type Request } from "../../../src/request/request.ts";
import type { Submission } from "../../../src/statement/message.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import * as instant from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";

export const noon = instant.fromIso("2026-11-23T12:00:00Z");
export const hashOf = (words: string): bytes32.Bytes32 => keccak256(utf8(words));
export const account = `0x${"11".repeat(20)}`;

/** A mint of 1,000 GLD; `change` replaces fields of the intent. */
export function submission(words = "request 1", change: Record<string, unknown> = {}): Submission {
  const mint = intent.parse({
    operation: "mint",
    asset: "GLD",
    chainId: 31_337,
    account,
    to: `0x${"22".repeat(20)}`,
    amount: `1000${"0".repeat(18)}`,
    reference: `receipt-${words.replaceAll(" ", "-")}`,
    feeCeilingWei: `1${"0".repeat(16)}`,
    notBefore: noon - 60,
    expiresAt: noon + 3_600,
    ...change,
  });
  return {
    ...mint,
    requestId: hashOf(words),
    amountText: amountText(mint, 18),
    details: details(mint),
    intentHash: intent.intentHash(mint),
  };
}

export function fresh(words?: string): Request {
  return opened({ submission: submission(words), initiator: name.parse("ida"), leaf: 1, at: noon });
}

export function decision(verdict: Decision["verdict"], change: Partial<Decision> = {}): Decision {
  return {
    verdict,
    code: verdict === "allowed" ? "policy.allowed" : "policy.quorum",
    policyHash: hashOf("policy"),
    rosterHash: hashOf("roster"),
    intentHash: submission().intentHash,
    rule: "mint",
    tier: 0,
    key: name.parse("hsm-mint"),
    clauses: [],
    requires: { group: name.parse("custodians"), min: 2 },
    seats: [],
    missing: [],
    notBefore: noon,
    expiresAt: instant.plus(noon, 3_600),
    nearest: [],
    ...change,
  };
}

/** One event of every kind. */
export const events = {
  held: { kind: "held", decision: decision("pending"), why: "waits for 1 more of custodians" },
  cleared: { kind: "cleared", decision: decision("allowed") },
  allocated: { kind: "allocated", nonce: 7, decision: null },
  permitted: { kind: "permitted", on: "a person at ledger-cold" },
  signed: { kind: "signed", nonce: 7, raw: "0x02f8", txHash: hashOf("transaction") },
  replaced: { kind: "replaced", raw: "0x02fa", txHash: hashOf("dearer") },
  contested: { kind: "contested" },
  overruled: { kind: "overruled", raw: "0x02fc", txHash: hashOf("filler") },
  annulled: { kind: "annulled", txHash: hashOf("filler"), blockNumber: 12 },
  broadcast: { kind: "broadcast", answer: "accepted" },
  dropped: { kind: "dropped" },
  mined: { kind: "mined", txHash: hashOf("transaction"), blockNumber: 12, blockHash: hashOf("block 12") },
  orphaned: { kind: "orphaned", blockNumber: 12 },
  finalized: { kind: "finalized", txHash: hashOf("transaction"), blockNumber: 12 },
  reverted: { kind: "reverted", txHash: hashOf("transaction"), blockNumber: 12 },
  mismatched: { kind: "mismatched", txHash: hashOf("transaction"), blockNumber: 12 },
  refused: { kind: "refused", code: "policy.no-rule", why: "no rule", decision: null },
  rejected: { kind: "rejected", why: "kurt rejected it: wrong recipient" },
  vetoed: { kind: "vetoed", why: "olga vetoed it" },
  expired: { kind: "expired", why: "it expired" },
  cancelled: { kind: "cancelled", why: "ida cancelled it" },
  escalated: { kind: "escalated", why: "another transaction used nonce 7" },
  postponed: { kind: "postponed", why: "the gate does not answer" },
  woken: { kind: "woken" },
} as const satisfies { readonly [K in EventKind]: Extract<Event, { kind: K }> };

/** The request after these events; throws when one of them does not happen. */
export function after(request: Request, kinds: readonly EventKind[], at = noon): Request {
  return kinds.reduce((before, kind) => {
    const applied = apply(before, events[kind], at);
    if (applied.kind === "ignored") throw new Error(`${kind} does not happen to a request that is ${before.state}`);
    return applied.request;
  }, request);
}
