/** Judges what people say of requests: submissions, approvals and rejections, cancellations. */
import { groupsOf } from "../../policy/decide/approval.ts";
import { quorumsOf } from "../../policy/decide/demand.ts";
import type { Quorum } from "../../policy/document/requirement.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import { unbound } from "../../gate/binding.ts";
import { intentOf } from "../../gate/submission.ts";
import type { Approval } from "../../statement/message.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import { toIso, type Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import { admitReversal } from "./admit-delivery.ts";
import type { Admission, Case } from "./admission.ts";
import { maySay, maySayAgain, noteCancelled } from "./cancelling.ts";
import type { Core } from "./core.ts";
import { mayBeOut } from "./fill.ts";
import type { StoredStatement } from "./journal.port.ts";
import { admitPart } from "./distribution.ts";
import { statementIn } from "./reading.ts";
import { spendKey } from "./request.ts";
import { verifiedAgain } from "./verified.ts";

/** The same requestId with the same intent by the same member is the same request; with anything else it is taken. */
export function admitSubmission(
  core: Core,
  { statement, author, service, attachment, now }: Case<"Submission">,
): Admission {
  const { message } = statement;
  const standing = core.standing();
  const policy = standing.policies.get(message.asset);
  if (policy === undefined)
    throw new InvalidValue(
      "submission.unknown-asset",
      `no policy is in force for \`${message.asset}\``,
      "message.asset",
    );
  const intent = intentOf(message, policy.policy.token.decimals);
  const first = submissionOf(core, message.requestId);
  if (first !== undefined) {
    if (first.statement.message.intentHash === message.intentHash && first.stored.member === author)
      return { kind: "known", hash: first.stored.hash };
    throw new InvalidValue(
      "submission.request-id-taken",
      "this requestId belongs to another intent",
      "message.requestId",
    );
  }
  if (now >= intent.expiresAt)
    throw new InvalidValue("submission.expired", `it expired at ${toIso(intent.expiresAt)}`, "message.expiresAt");
  const longest = duration.parse(standing.genesis.lifetimes.submission);
  if (intent.expiresAt - now > longest)
    throw new InvalidValue(
      "submission.lifetime",
      `a submission lives at most ${standing.genesis.lifetimes.submission}`,
      "message.expiresAt",
    );
  const { requestId } = message;
  const part = admitPart(core, {
    ...{ author, service, requestId, intent, policy, attachment, now },
    statement: statement.hash,
  });
  if (part === undefined) return { kind: "store", about: requestId };
  return { kind: "store", about: requestId, then: part.then, bare: !part.brings };
}

/** Stored only when it binds the request under the documents in force; a rejection counts from here. */
export function admitApproval(core: Core, { statement, author, service, now }: Case<"Approval">): Admission {
  const { message } = statement;
  const first = submissionOf(core, message.requestId);
  if (first === undefined)
    throw new InvalidValue("approval.unknown-request", "no request with this id was admitted", "message.requestId");
  if (service) throw new InvalidValue("approval.service", `${author} is a service and approves nothing`, "credential");
  if (first.stored.member === author)
    throw new InvalidValue("approval.initiator", `${author} made this request and does not decide on it`, "credential");
  const differs = unbound(message, first.statement.message, author, core.standing());
  if (differs !== undefined)
    throw new InvalidValue(differs.code, differs.why, `message.${differs.code.slice("approval.".length)}`);
  checkVoter(core, { message, author, now });
  checkRepetition(core, message, author);
  return { kind: "store", about: message.requestId };
}

type Voting = {
  readonly message: Pick<Approval, "asset" | "expiresAt">;
  readonly author: Name;
  readonly now: Instant;
};

/** Of an approval of one request or of many: it lives, no longer than it may, and its author has a seat. */
export function checkVoter(core: Core, { message: { asset, expiresAt }, author, now }: Voting): void {
  if (now >= expiresAt)
    throw new InvalidValue("approval.expired", `it expired at ${toIso(expiresAt)}`, "message.expiresAt");
  const { approval } = core.standing().genesis.lifetimes;
  if (expiresAt - now > duration.parse(approval))
    throw new InvalidValue("approval.lifetime", `an approval lives at most ${approval}`, "message.expiresAt");
  if (!hasASeat(core, asset, author))
    throw new InvalidValue("approval.no-seat", `${author} has no seat in any quorum of ${asset}`, "credential");
}

/** Who made a request takes it back until it is signed. Once a token may have signed it, and until its nonce is used, those with a seat in its quorum may cancel it together. */
export function admitCancellation(core: Core, { statement, author, service }: Case<"Cancellation">): Admission {
  const { requestId, intentHash } = statement.message;
  const first = submissionOf(core, requestId);
  if (first === undefined)
    throw new InvalidValue("cancellation.unknown-request", "no request with this id was admitted", "message.requestId");
  if (first.statement.message.intentHash !== intentHash)
    throw new InvalidValue("cancellation.intentHash", "the request has another intent", "message.intentHash");
  const isInitiator = first.stored.member === author;
  const redemption = core.journal.redemption(requestId);
  if (redemption !== undefined) return admitReversal(core, redemption, isInitiator);
  if (isInitiator) {
    checkUnsigned(core, requestId);
    return { kind: "store", about: requestId };
  }
  checkOverruling(core, first, { author, service });
  return {
    kind: "store",
    about: requestId,
    then: () => {
      noteCancelled(core, first);
    },
  };
}

function checkUnsigned({ journal }: Core, requestId: Bytes32): void {
  if (journal.permits(requestId).some(({ filler, signed }) => !filler && signed !== undefined))
    throw new InvalidValue("cancellation.signed", "the transaction is signed already", "message.requestId");
}

/** By one of the quorum, once, of what may be signed and is in no final block. */
function checkOverruling(
  core: Core,
  submission: NonNullable<ReturnType<typeof submissionOf>>,
  { author, service }: Pick<Case<"Cancellation">, "author" | "service">,
): void {
  const { journal } = core;
  const { requestId } = submission.statement.message;
  const isOut = journal.permits(requestId).some((permit) => mayBeOut(permit));
  if (service || !isOut || !maySay(core, requestId, author))
    throw new InvalidValue("cancellation.not-initiator", `${author} did not make this request`, "credential");
  if (journal.allocation(requestId)?.outcome !== "open")
    throw new InvalidValue("cancellation.final", "its nonce is used, finally", "message.requestId");
  const said = journal.statementsAbout("Cancellation", requestId).filter(({ member }) => member === author);
  const isSaid = said.some((stored) => verifiedAgain(core, stored, "Cancellation") !== undefined);
  if (isSaid && !maySayAgain(core, submission))
    throw new InvalidValue("cancellation.said-before", `${author} cancelled this request already`, "message.requestId");
}

/** The submission that owns a requestId. */
export function submissionOf(
  core: Core,
  requestId: Bytes32,
): { readonly stored: StoredStatement; readonly statement: StatementOf<"Submission"> } | undefined {
  const [stored] = core.journal.statementsAbout("Submission", requestId);
  if (stored === undefined) return undefined;
  const statement = statementIn(stored.envelope);
  return statement.kind === "Submission" ? { stored, statement } : undefined;
}

/** More signatures of one person on one request than documents change in its life are noise. */
export const mostApprovals = 20;

/** A rejection is never held up by what anybody approved, and nobody uses up somebody else's approvalId. */
function checkRepetition(core: Core, message: StatementOf<"Approval">["message"], author: Name): void {
  const { requestId, approvalId, decision } = message;
  const own = core.journal.statementsAbout("Approval", requestId).flatMap((stored) => {
    const statement = statementIn(stored.envelope);
    return stored.member === author && statement.kind === "Approval" ? [statement.message] : [];
  });
  if (decision === "reject") {
    if (!own.some((said) => said.decision === "reject")) return;
    throw new InvalidValue("approval.rejected-before", `${author} rejected this request already`, "message.decision");
  }
  const spent = core.journal.approvalSpentBy(spendKey(author, approvalId)) !== undefined;
  if (spent || own.some((said) => said.approvalId === approvalId))
    throw new InvalidValue("approval.id-used", "this approvalId was used before", "message.approvalId");
  if (own.length >= mostApprovals)
    throw new InvalidValue(
      "approval.too-many",
      `${author} signed this request ${String(mostApprovals)} times`,
      "message.requestId",
    );
}

/** Whether somebody is in a group that the policy in force asks for: the others neither approve nor reject. */
function hasASeat(core: Core, asset: Name, person: Name): boolean {
  const { index } = core.standing().roster;
  const policy = core.standing().policies.get(asset)?.policy;
  return policy !== undefined && quorumsOf(policy).some((quorum) => isAskedFor(index, person, quorum));
}

function isAskedFor(index: RosterIndex, person: Name, quorum: Quorum): boolean {
  return groupsOf(quorum).some((group) => index.inGroup(person, group));
}
