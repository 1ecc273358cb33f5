/** What became of the transaction, as enough observers saw it in a final block. */
import { compare } from "../chain/outcome.ts";
import { calledBy } from "../gate/transaction.ts";
import { readOutcome, type ReadOutcome } from "../evidence/outcome.ts";
import * as subject from "../evidence/subject.ts";
import type { Observed } from "../policy/facts.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as instant from "../values/instant.ts";
import type { LeafOf } from "./bundle.ts";
import { differs, finding, type Finding } from "./finding.ts";
import { eraAt } from "./history.ts";
import type { Matter } from "./matter.ts";
import { join } from "./path.ts";
import type { Roles, Said } from "./roles.ts";
import { agreedOn } from "./vouched.ts";

export function checkOutcome(matter: Matter): readonly Finding[] {
  const { outcome, seenAfter, submission, signatures } = matter.roles;
  if (outcome === undefined)
    return seenAfter.map((leaf) => finding(leaf.field, "nothing in the bundle needs this leaf"));
  const at = (name: string): string => `${outcome.field}.entry.${name}`;
  const leaves: Said<"ChainObservation">[] = [];
  for (const [position, statement] of outcome.entry.statements.entries()) {
    const leaf = seenAfter.find((one) => one.statement.hash === statement);
    if (leaf === undefined)
      return [finding(join(at("statements"), position), "no leaf of the bundle holds this statement")];
    leaves.push(leaf);
  }
  const stray = seenAfter.find((leaf) => !leaves.includes(leaf));
  if (stray !== undefined) return [finding(stray.field, "nothing in the bundle needs this leaf")];
  const agreed = agreedOn(leaves, matter, { min: observersAt(matter, outcome), now: anyTime });
  const signed = signatures.map((leaf) => leaf.entry.txHash);
  const mined = agreed === undefined ? undefined : signed.find((hash) => subject.transaction(hash) === agreed.subject);
  if (agreed === undefined || mined === undefined || agreed.fact !== "outcome" || !agreed.finalized) {
    return [finding(at("statements"), "too few observers saw one of these transactions in a final block")];
  }
  return [
    ...differs(at("requestId"), outcome.entry.requestId, submission.statement.message.requestId, "the submission"),
    ...differs(at("txHash"), outcome.entry.txHash, mined, "the observation"),
    ...checkStatus(matter, outcome, agreed, mined),
    ...(leaves.some((leaf) => leaf.statement.message.expiresAt <= outcome.entry.instant)
      ? [finding(at("instant"), "an observation had expired by then")]
      : []),
  ];
}

/** As many as the policy asks for that was in force when it was settled. */
function observersAt({ history, intent, policy }: Matter, { position }: LeafOf<"outcome">): number {
  const inForce = eraAt(history, position)?.standing.policies.get(intent.asset) ?? policy;
  return inForce.policy.observersMin;
}

/** Whether an observation had expired is judged apart, so that a changed time is not taken for a missing observer. */
const anyTime = instant.parse(0);

/** Decoded again and compared with what was approved. */
function checkStatus(matter: Matter, outcome: LeafOf<"outcome">, agreed: Observed, mined: Bytes32): readonly Finding[] {
  const at = (name: string): string => `${outcome.field}.entry.${name}`;
  const read = readOutcome(agreed.value);
  if (read === undefined) return [finding(at("statements"), "what the observers saw cannot be read")];
  const status = isByFiller(matter.roles, mined) ? "closed" : statusOf(matter, read);
  return [
    ...differs(at("status"), outcome.entry.status, status, "the observation"),
    ...differs(at("blockNumber"), outcome.entry.blockNumber, read.blockNumber, "the observation"),
  ];
}

function statusOf({ intent, policy }: Matter, read: ReadOutcome): LeafOf<"outcome">["entry"]["status"] {
  const called = calledBy(intent, policy.policy.token);
  const kind = read.kind === "receipt" && called !== undefined ? compare(read, intent, called).kind : "mismatch";
  return kind === "as-approved" ? "success" : kind;
}

function isByFiller({ fillers, signatures }: Roles, txHash: Bytes32): boolean {
  const digest = signatures.find(({ entry }) => entry.txHash === txHash)?.entry.digest;
  return fillers.some(({ entry }) => entry.digest === digest);
}
