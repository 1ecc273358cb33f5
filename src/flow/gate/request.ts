/** A request as the journal has it: the submission, who made it, what people said of it. */
import { batchWords } from "../../gate/batch.ts";
import { outdated, unbound } from "../../gate/binding.ts";
import { intentOf } from "../../gate/submission.ts";
import { ended, inadmissible } from "../../gate/admissible.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { Intent } from "../../intent/intent.ts";
import type { BatchFact, VetoFact, Vote } from "../../policy/facts.ts";
import { vetoRights } from "../../policy/decide/veto-right.ts";
import type { Holder } from "../../roster/membership.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import { hash } from "../../values/json.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import { agreedCancellations } from "./cancelling.ts";
import type { Core } from "./core.ts";
import type { StoredPermit, StoredStatement } from "./journal.port.ts";
import { statementIn } from "./reading.ts";
import { verifiedAgain } from "./verified.ts";

export type Request = {
  readonly stored: StoredStatement;
  readonly statement: StatementOf<"Submission">;
  readonly initiator: Name;
  readonly intent: Intent;
  readonly policy: StandingPolicy;
  /** Whether the submission verifies under the roster in force. */
  readonly isVerified: boolean;
};

export type LoadedRequest =
  { readonly kind: "loaded"; readonly request: Request } | { readonly kind: "refused"; readonly refusal: Refusal };

/** Reads and verifies the submission again under the documents in force (steps 2 and 4); of what has its nonce the refusal is how it ended. */
export function loadRequest(core: Core, requestId: Bytes32): LoadedRequest {
  const loaded = loadAdmitted(core, requestId);
  if (loaded.kind === "refused" || loaded.request.isVerified) return loaded;
  const isOpen = core.journal.allocation(requestId) !== undefined;
  const end = isOpen ? endOf(core, loaded.request, core.now()) : undefined;
  return end === undefined ? unknown : { kind: "refused", refusal: end.refusal };
}

/** As it was admitted once, whoever left the roster since: enough to close its nonce and to note its outcome, never to sign it. */
export function loadAdmitted(core: Core, requestId: Bytes32): LoadedRequest {
  const [stored] = core.journal.statementsAbout("Submission", requestId);
  const statement = stored === undefined ? undefined : statementIn(stored.envelope);
  if (stored === undefined || statement?.kind !== "Submission") return unknown;
  const policy = core.standing().policies.get(statement.message.asset);
  if (policy === undefined) return refused("gate.no-policy", `no policy is in force for ${statement.message.asset}`);
  const isVerified = verifiedAgain(core, stored, "Submission") !== undefined;
  try {
    const intent = intentOf(statement.message, policy.policy.token.decimals);
    return { kind: "loaded", request: { stored, statement, initiator: stored.member, intent, policy, isVerified } };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return refused("gate.document", `the submission does not fit the policy in force: ${error.message}`);
  }
}

/** Step 2: nothing when the request may go on. */
export function standsInTheWay(core: Core, request: Request, now: Instant): Refusal | undefined {
  const freezes = core.journal.freezes().filter((freeze) => !freeze.lifted);
  const key = core.standing().roster.index.keyByAccount(request.intent.account)?.id;
  return inadmissible({ ...sayings(core, request), freezes, key, now });
}

/** How a request ended, and the statements that ended it. */
export type End = { readonly refusal: Refusal; readonly statements: readonly Bytes32[] };

/**
 * Undefined while it may go on; an end is for ever, and nothing of the request is signed after it. Whoever left may come back, so that
 * end is one for ever only from the filler on.
 */
export function endOf(core: Core, request: Request, now: Instant): End | undefined {
  const said = sayings(core, request);
  const found = ended({ ...said, now }) ?? departure(core, request);
  if (found === undefined) return undefined;
  const { rejections, cancellations } = said;
  const words = { "gate.rejected": rejections, "gate.cancelled": cancellations }[found.code] ?? [];
  return { refusal: found, statements: words.map(({ statement }) => statement) };
}

/** The end that the request's own quorum gave it; the only one for what may have been signed. */
export function cancelledEnd(core: Core, request: Request): End | undefined {
  const agreed = agreedCancellations(core, request.statement.message.requestId);
  const [first] = agreed.flatMap((stored) => cancellationIn(stored));
  if (first === undefined) return undefined;
  const statements = agreed.map(({ hash: statement }) => statement);
  return { refusal: refusal("gate.cancelled", `${first.person} cancelled it: ${first.reason}`), statements };
}

function departure({ journal }: Core, { statement, initiator, isVerified }: Request): Refusal | undefined {
  const isClosing = journal.permits(statement.message.requestId).some(({ filler }) => filler);
  return isVerified && !isClosing
    ? undefined
    : refusal("gate.initiator-left", `the credential by which ${initiator} made it left the roster`);
}

function sayings(core: Core, request: Request): Sayings {
  const { requestId } = request.statement.message;
  const rejections = rejectionsOf(core, requestId);
  // The initiator takes back what is not signed; whoever else cancels what may be signed does so as a quorum.
  const own = core.journal
    .statementsAbout("Cancellation", requestId)
    .filter(({ member }) => member === request.initiator);
  const cancellations = [...own, ...agreedCancellations(core, requestId)].flatMap((stored) => cancellationIn(stored));
  const permits = core.journal.permits(requestId);
  const declined = permits.find(
    (permit) => permit.declined !== undefined && !permit.filler && !replaces(permit, permits),
  );
  return { submission: request.statement, rejections, cancellations, declined: declined?.declined };
}

/** Every rejection that was ever admitted, of the request or of a batch with it: it counts for ever, whoever left the roster since. */
export function rejectionsOf(core: Core, requestId: Bytes32): readonly Saying[] {
  const batches = core.journal.batchesWith(requestId);
  return [...ownRejections(core, requestId), ...batches.flatMap(({ merkleRoot }) => batchRejections(core, merkleRoot))];
}

/** Of the request by itself. */
export function ownRejections({ journal }: Core, requestId: Bytes32): readonly Saying[] {
  return journal.statementsAbout("Approval", requestId).flatMap((stored): readonly Saying[] => {
    const { kind, message } = statementIn(stored.envelope);
    return kind === "Approval" && message.decision === "reject" ? [sayingIn(stored, message.reason)] : [];
  });
}

/** Of everything in a batch. */
export function batchRejections(core: Core, merkleRoot: Bytes32): readonly Saying[] {
  return wordsOnBatch(core, merkleRoot).flatMap((stored): readonly Saying[] => {
    const { kind, message } = statementIn(stored.envelope);
    const isOne = kind === "BatchApproval" && message.decision === "reject";
    return isOne ? [sayingIn(stored, batchWords(message))] : [];
  });
}

/** What people said of a batch. */
export function wordsOnBatch({ journal }: Core, merkleRoot: Bytes32): readonly StoredStatement[] {
  return journal.statementsAbout("BatchApproval", merkleRoot);
}

/** A dearer transaction that a person would not sign: the one before it is out, so the request goes on with that and is not asked for more. */
export function isDeclinedReplacement(permit: StoredPermit, all: readonly StoredPermit[]): boolean {
  return permit.declined !== undefined && permit.signed === undefined && !permit.filler && replaces(permit, all);
}

function replaces({ ordinal }: StoredPermit, all: readonly StoredPermit[]): boolean {
  return all.some((before) => before.ordinal < ordinal && !before.filler && before.signed !== undefined);
}

function cancellationIn(stored: StoredStatement): readonly Saying[] {
  const { kind, message } = statementIn(stored.envelope);
  return kind === "Cancellation" ? [sayingIn(stored, message.reason)] : [];
}

function sayingIn({ member, hash: statement }: StoredStatement, reason: string): Saying {
  return { person: member, reason, statement };
}

type Saying = { readonly person: Name; readonly reason: string; readonly statement: Bytes32 };
type Sayings = {
  readonly submission: StatementOf<"Submission">;
  readonly rejections: readonly Saying[];
  readonly cancellations: readonly Saying[];
  readonly declined: string | undefined;
};

/** Step 4: approvals that still verify, bind this request under the documents in force, and were spent on no other. */
export function countedVotes(core: Core, { statement }: Request): readonly Vote[] {
  const { requestId } = statement.message;
  return core.journal.statementsAbout("Approval", requestId).flatMap((stored) => {
    const approval = verifiedAgain(core, stored, "Approval");
    const holder = approval === undefined ? undefined : core.standing().roster.index.credential(approval.credential);
    if (approval === undefined || holder === undefined || holder.service || approval.message.decision !== "approve")
      return [];
    const { approvalId, expiresAt } = approval.message;
    const spent = core.journal.approvalSpentBy(spendKey(holder.member.id, approvalId));
    if (spent !== undefined && spent !== requestId) return [];
    if (unbound(approval.message, statement.message, holder.member.id, core.standing()) !== undefined) return [];
    return [voteOf(holder, stored, { approvalId, expiresAt })];
  });
}

/** The same of every batch that the request stands in; each word is verified once, however many requests it is about. */
export function countedBatches(core: Core, { statement }: Request, now: Instant): readonly BatchFact[] {
  const { requestId } = statement.message;
  return core.journal.batchesWith(requestId).flatMap(({ merkleRoot, count, total, largest, at: firstSeen }) => {
    const votes = wordsOnBatch(core, merkleRoot).flatMap((stored): readonly Vote[] => {
      const approval = verifiedAgain(core, stored, "BatchApproval");
      const holder = approval === undefined ? undefined : core.standing().roster.index.credential(approval.credential);
      if (approval === undefined || holder === undefined || holder.service || approval.message.decision !== "approve")
        return [];
      const { batchId, expiresAt } = approval.message;
      if (expiresAt <= now || outdated(approval.message, holder.member.id, core.standing()) !== undefined) return [];
      return [voteOf(holder, stored, { approvalId: batchId, expiresAt })];
    });
    // Of several words by one credential the last that lives counts: who says it again may do so for an order of seats.
    const last = votes.filter(
      ({ credential }, index) => votes.findLastIndex((one) => one.credential === credential) === index,
    );
    return last.length === 0 ? [] : [{ merkleRoot, count, total, largest, firstSeen, votes: last }];
  });
}

function voteOf(
  { member, credential }: Holder,
  { hash: statement, leaf: position }: StoredStatement,
  word: Pick<Vote, "approvalId" | "expiresAt">,
): Vote {
  return {
    person: member.id,
    credential: credential.id,
    credentialKind: credential.kind,
    ...word,
    statement,
    position,
  };
}

/** Vetoes that still verify and bind this request, of people whom the policy in force may give one. */
export function countedVetoes(core: Core, { statement, policy }: Request): readonly VetoFact[] {
  const { requestId, intentHash, operation } = statement.message;
  const groups = vetoRights(policy.policy, operation).map(({ group }) => group);
  const { index } = core.standing().roster;
  const said = groups.length === 0 ? [] : core.journal.statementsAbout("Veto", requestId);
  return said.flatMap((stored) => {
    const veto = verifiedAgain(core, stored, "Veto");
    const holder = veto === undefined ? undefined : index.credential(veto.credential);
    if (veto?.message.intentHash !== intentHash || holder === undefined || holder.service) return [];
    const person = holder.member.id;
    const hasRight = groups.some((group) => index.inGroup(person, group));
    return hasRight ? [{ person, statement: stored.hash, at: stored.at }] : [];
  });
}

function refused(code: Parameters<typeof refusal>[0], why: string): LoadedRequest {
  return { kind: "refused", refusal: refusal(code, why) };
}

const unknown = refused("gate.unknown-request", "no valid submission of this request was admitted");

/** An approvalId is its author's own: nobody spends it for somebody else. */
export function spendKey(author: Name, approvalId: Bytes32): Bytes32 {
  return hash({ author, approvalId });
}
