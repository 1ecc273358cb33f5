/** The one sentence that says what a request waits for, or how it ended. */
import type { Clause, Decision } from "../policy/decision.ts";
import { toIso, type Instant } from "../values/instant.ts";
import type { Event } from "./event.ts";

/** Of a decision that time or people can cure: people first, then evidence and limits, then time. */
export function lackOf(decision: Decision, now: Instant): string {
  const lacks = [
    ...decision.missing.map(({ group, count }) => `${count} more of ${group}`),
    ...decision.clauses.filter((clause) => curable(clause)).map(words),
    ...(decision.notBefore !== null && decision.notBefore > now
      ? [`${toIso(decision.notBefore)}, when its waits are over`]
      : []),
  ];
  return lacks.length === 0 ? "waits for the gate to decide again" : `waits for ${lacks.join("; ")}`;
}

/** Seats and waits are told by name and time above, so their clauses would say it twice. */
function curable(clause: Clause): boolean {
  return !clause.ok && clause.curable && clause.kind !== "quorum" && clause.kind !== "wait";
}

function words(clause: Clause): string {
  return `${clause.id} (is ${clause.observed}, must be ${clause.bound})`;
}

/** What goes before a reason. */
const lead = {
  held: "",
  postponed: "",
  refused: "refused: ",
  rejected: "rejected: ",
  vetoed: "vetoed: ",
  expired: "expired: ",
  cancelled: "cancelled: ",
  escalated: "an operator has to look: ",
} as const;

const fixed = {
  cleared: "waits for the gate to sign",
  signed: "waits to be sent to the chain",
  replaced: "stayed out of every block; a dearer transaction on the same nonce waits to be sent",
  contested: "somebody cancels what is signed",
  overruled:
    "cancelled by its quorum; a transaction that does nothing on the same nonce waits to be sent: whichever of the two is mined counts",
  annulled: "cancelled by its quorum: a transaction that does nothing used its nonce, finally",
  broadcast: "waits for a block",
  dropped: "the chain lost it; waits to be sent again",
  finalized: "final: it did what was approved",
  reverted: "the chain reverted it, finally: nothing was done; trying again is a new request",
  woken: "waits for the gate to decide again",
} as const;

/** What the request waits for, or how it ended, once `event` has happened. */
export function sentenceAfter(event: Event): string {
  if ("why" in event) return `${lead[event.kind]}${event.why}${event.kind === "refused" ? ` (${event.code})` : ""}`;
  switch (event.kind) {
    case "allocated":
      return `has ${event.nonce === null ? "its nonce" : `nonce ${event.nonce}`}, waits for the gate to sign`;
    case "permitted":
      return `waits for ${event.on}`;
    case "mined":
      return `in block ${event.blockNumber}, waits for the observers to call it final`;
    case "mismatched":
      return `an operator has to look: enough observers saw that the transaction did something else than was approved; look at ${event.txHash} in block ${event.blockNumber}, and at the contract it called`;
    case "orphaned":
      return `block ${event.blockNumber} was undone; waits for another block`;
    default:
      return fixed[event.kind];
  }
}

/** What an endpoint said, fit to be stored and shown: one line, short, and without the bytes of a transaction. */
export function toldBy(endpoint: string): string {
  const plain = endpoint
    .replace(/(?:0x)?[0-9a-fA-F]{65,}/g, "(bytes)")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > 200 ? `${plain.slice(0, 199)}…` : plain;
}
