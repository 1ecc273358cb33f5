/** Steps 2 to 7 of signing in one exclusive transaction: decide, tie the request to a nonce for ever, write it down, build the bytes. */
import { digest as digestOf } from "../../chain/transaction.ts";
import { readNonce } from "../../evidence/fact-value.ts";
import * as subject from "../../evidence/subject.ts";
import { boundsOf } from "../../gate/bounds.ts";
import { engine } from "../../gate/engine.ts";
import { nextNonce } from "../../gate/lane.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import { build, type FeeProposal } from "../../gate/transaction.ts";
import { intentHash } from "../../intent/intent.ts";
import { decide } from "../../policy/decide.ts";
import type { Decision } from "../../policy/decision.ts";
import type { Facts } from "../../policy/facts.ts";
import type { Unsigned } from "../../log/entry.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { ManagedKey } from "../../roster/roster.ts";
import type { Core } from "./core.ts";
import { gatherFacts } from "./facts.ts";
import { raiseRounds } from "./feed-rounds.ts";
import type { StoredObservation } from "./journal.port.ts";
import { freezeByItself } from "./own-freeze.ts";
import { countedBatches, countedVetoes, countedVotes, spendKey, standsInTheWay, type Request } from "./request.ts";

export type Judged = { readonly facts: Facts; readonly decision: Decision };

export type Allocated =
  | { readonly kind: "allocated"; readonly digest: Bytes32 }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly decision?: Decision };

/** What the policy says of a request now; no writes. */
export function judge(core: Core, request: Request, now: Instant): Judged {
  const { statement, stored, intent, policy, initiator } = request;
  const votes = countedVotes(core, request);
  const facts = gatherFacts(core, {
    intent,
    policy,
    initiator,
    requestId: statement.message.requestId,
    firstSeen: stored.at,
    votes,
    batches: countedBatches(core, request, now),
    vetoes: countedVetoes(core, request),
    now,
  });
  return { facts, decision: decideOn(core, { request: { intent, policy, initiator }, facts }) };
}

export function decideOn(
  core: Core,
  { request, facts }: { readonly request: Pick<Request, "intent" | "policy" | "initiator">; readonly facts: Facts },
): Decision {
  const { roster } = core.standing();
  const { intent, policy, initiator } = request;
  return decide({
    policy: policy.policy,
    policyHash: policy.hash,
    roster: roster.index,
    rosterHash: roster.hash,
    bounds: boundsOf(core.standing(), intent),
    intent,
    intentHash: intentHash(intent),
    initiator,
    facts,
  });
}

export function allocate(core: Core, request: Request, fees: FeeProposal): Allocated {
  const { journal } = core;
  return journal.transaction(() => {
    const now = core.now();
    const stopped = standsInTheWay(core, request, now);
    if (stopped !== undefined) return { kind: "refused", refusal: stopped };
    const { facts, decision } = withoutUnused(core, request, judge(core, request, now));
    if (decision.verdict !== "allowed")
      return { kind: "refused", refusal: { code: decision.code, why: failing(decision) }, decision };
    const key = core.standing().roster.index.keyByAccount(request.intent.account);
    if (key === undefined)
      return refused(
        refusal("gate.unknown-account", `${request.intent.account} is no managed key of the roster`),
        decision,
      );
    const nonce = laneNonce(core, request, facts, now);
    if (typeof nonce !== "number") return refused(nonce, decision);
    const built = build(request.intent, request.policy.policy.token, nonce, fees);
    if (built.kind === "refused") return refused(built.refusal, decision);
    const taken = claim(core, { request, facts, decision, key, nonce, now });
    if (taken !== undefined) return refused(taken, decision);
    journal.advance(now);
    return {
      kind: "allocated",
      digest: writePermit(core, {
        requestId: request.statement.message.requestId,
        key,
        transaction: built.transaction,
        ordinal: 1,
        now,
      }),
    };
  });
}

/** Of batches only the one that was counted is written down: nobody swells a leaf with words that nothing hangs on. */
function withoutUnused(core: Core, request: Request, judged: Judged): Judged {
  const { batches, ...others } = judged.facts;
  const { batch, verdict } = judged.decision;
  if (batches === undefined || verdict !== "allowed") return judged;
  const used = batches.filter(({ merkleRoot }) => merkleRoot === batch?.merkleRoot);
  if (used.length === batches.length) return judged;
  const facts = used.length === 0 ? others : { ...others, batches: used };
  return { facts, decision: decideOn(core, { request, facts }) };
}

/** The permit's leaf and row; the digest is what one token may sign once. */
export function writePermit(
  core: Core,
  permit: { requestId: Bytes32; key: ManagedKey; transaction: Unsigned; ordinal: number; now: Instant },
): Bytes32 {
  const { requestId, key, transaction, ordinal, now } = permit;
  const digest = digestOf(transaction);
  core.journal.append({
    kind: "permit",
    epoch: core.journal.epoch(),
    instant: now,
    requestId,
    key: key.id,
    transaction,
    digest,
  });
  core.journal.putPermit({ digest, requestId, ordinal, transaction, filler: false });
  return digest;
}

function laneNonce(core: Core, { intent }: Request, facts: Facts, now: Instant): number | Refusal {
  const seen = facts.observed[subject.factKey(subject.account(intent.account), "nonce")];
  const next = nextNonce({
    highest: core.journal.highestNonce(intent.chainId, intent.account),
    observed: seen === undefined ? undefined : readNonce(seen.value),
  });
  if (next.kind === "next") return next.nonce;
  if (next.outsider) freezeLane(core, intent.account, next.refusal.why, now);
  return next.refusal;
}

/** A nonce that we did not sign freezes its key at once. */
function freezeLane(core: Core, account: Request["intent"]["account"], reason: string, now: Instant): void {
  const key = core.standing().roster.index.keyByAccount(account);
  // People who lifted it have looked at it; what is asked for is refused all the same.
  const isLifted = core.journal.freezes().some((one) => one.target === key?.id && one.reason === reason && one.lifted);
  if (key !== undefined && !isLifted) freezeByItself(core, { scope: "key", target: key.id, reason, by: key.id, now });
}

type Claim = {
  readonly request: Request;
  readonly facts: Facts;
  readonly decision: Decision;
  readonly key: ManagedKey;
  readonly nonce: number;
  readonly now: Instant;
};

/** Unique both ways, approvals spent, evidence and the decision written ahead; throws nothing that leaves half of it behind. */
function claim(core: Core, { request, facts, decision, key, nonce, now }: Claim): Refusal | undefined {
  const { journal } = core;
  const { intent, initiator, statement, stored, policy } = request;
  const { requestId } = statement.message;
  const { asset, operation, reference, account, to, amount, feeCeilingWei, chainId } = intent;
  const epoch = journal.epoch();
  const spent = facts.votes.find(
    (vote) => journal.approvalSpentBy(spendKey(vote.person, vote.approvalId)) !== undefined,
  );
  if (spent !== undefined) return refusal("gate.approval-spent", `an approval of ${spent.person} was spent before`);
  // The row is put first: when a constraint forbids it, nothing of this request has been written.
  const evidence = unleafed(core, facts);
  const leaf = journal.size() + evidence.length;
  const put = journal.putAllocation({
    requestId,
    chainId,
    account,
    nonce,
    key: key.id,
    asset,
    operation,
    reference,
    initiator,
    to,
    amount,
    feeCeilingWei,
    at: now,
    leaf,
    outcome: "open",
    outcomeBlock: undefined,
    distribution: intent.distribution,
  });
  if (put.kind === "taken") return takenBy(put.by, intent);
  for (const vote of facts.votes) journal.spendApproval(spendKey(vote.person, vote.approvalId), requestId);
  for (const one of evidence) writeLeaf(core, one, now);
  // None of these facts goes back below its block any more.
  for (const { subject: about, fact, blockNumber } of Object.values(facts.observed))
    journal.raiseUsedBlock(chainId, about, fact, blockNumber);
  raiseRounds(journal, { ...intent, policy: policy.policy }, facts);
  const rosterHash = core.standing().roster.hash;
  journal.append({
    kind: "allocation",
    epoch,
    instant: now,
    engine,
    requestId,
    submission: stored.hash,
    policyHash: policy.hash,
    rosterHash,
    chainId,
    account,
    nonce,
    facts,
    decision,
  });
  return undefined;
}

type Taken = Extract<ReturnType<Core["journal"]["putAllocation"]>, { kind: "taken" }>["by"];

function takenBy(by: Taken, { asset, operation, reference, to }: Request["intent"]): Refusal {
  switch (by) {
    case "reference":
      return refusal("gate.reference-taken", `reference ${reference} already backs another ${operation} of ${asset}`);
    case "raise":
      return refusal(
        "gate.raise-under-way",
        `another raise of the multiplier of ${asset} has its nonce and has not ended`,
      );
    case "part":
      return refusal("gate.distribution-taken", `the part of ${to} was allocated already`);
    case "record":
      return refusal(
        "gate.distribution-taken",
        `another distribution of ${asset} was paid last; one that comes after it is of a later block and names it as previous`,
      );
    default:
      return refusal("gate.nonce-taken", `the ${by} is tied already`);
  }
}

/** What a decision uses for the first time. */
function unleafed({ journal }: Core, facts: Facts): readonly StoredObservation[] {
  const used = Object.values(facts.observed).flatMap(({ statements }) => statements);
  return [...new Set(used)].flatMap((statement) => {
    const stored = journal.observation(statement);
    return stored === undefined || stored.leaf !== undefined ? [] : [stored];
  });
}

/** Writes the leaf of one observation, once. */
export function leafObservation(core: Core, observation: Bytes32, now: Instant): void {
  const stored = core.journal.observation(observation);
  if (stored !== undefined && stored.leaf === undefined) writeLeaf(core, stored, now);
}

function writeLeaf({ journal }: Core, { hash, envelope }: StoredObservation, now: Instant): void {
  const leaf = journal.append({ kind: "statement", epoch: journal.epoch(), instant: now, statement: envelope });
  journal.setObservationLeaf(hash, leaf);
}

/** The failing clauses in words, the first ones first. */
export function failing(decision: Decision): string {
  const lacks = decision.clauses
    .filter((clause) => !clause.ok)
    .map((clause) => `${clause.id}: ${clause.observed}, needs ${clause.bound}`);
  const nearest = decision.nearest.map(
    ({ rule, clause }) => `${rule} fails at ${clause.id}: ${clause.observed}, needs ${clause.bound}`,
  );
  return [...lacks, ...nearest].slice(0, 5).join("; ");
}

function refused(why: Refusal, decision: Decision): Allocated {
  return { kind: "refused", refusal: why, decision };
}
