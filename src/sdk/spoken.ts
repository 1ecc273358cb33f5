/** Who asked for a request and who spoke to it, by their own signatures: what a service says of people is held against what they signed. */
import { batchWords, isLeg } from "../gate/batch.ts";
import { outdated, unbound } from "../gate/binding.ts";
import type { Standing } from "../gate/standing.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { RequestView } from "../request/api.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { BatchApproval, Submission } from "../statement/message.ts";
import { readStatement, type Statement } from "../statement/read.ts";
import type { ProofVerdict } from "../statement/verdict.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { readSubmission } from "./approval.ts";

export type Listening = {
  /** The one in force. */
  readonly roster: RosterIndex;
  readonly verify: (envelope: Envelope, credential: Credential) => ProofVerdict;
};

type View = Pick<RequestView, "submission" | "initiator" | "signed" | "votes">;
type InBatches = Pick<RequestView, "batches">;

/**
 * Throws `InvalidValue` `client.untrue` unless the initiator signed exactly this submission: another one, with every word and hash
 * made again, is one that nobody asked for.
 */
export function checkSubmitted({ submission, initiator, signed = [] }: View, listening: Listening): void {
  const said = signed.find(
    ({ kind, message }) => kind === "Submission" && canonical(message) === canonical(submission),
  );
  const by = said === undefined ? undefined : speakerOf(said, listening);
  if (by === undefined)
    throw untrue(`it is not signed by ${initiator}, who is said to have asked for it, nor by anybody`);
  if (by !== initiator) throw untrue(`${by} signed it, and ${initiator} is said to have asked for it`);
}

/** Why the submission of a request that is over is not known to be its initiator's: they may have left the roster since. Throws as `checkSubmitted` does before that. */
export function submissionDoubt(view: View & Pick<RequestView, "state">, listening: Listening): string | undefined {
  try {
    checkSubmitted(view, listening);
    return undefined;
  } catch (error) {
    const state = stateSchema.safeParse(view.state).data;
    if (error instanceof InvalidValue && state !== undefined && isEnd(state)) return error.message;
    throw error;
  }
}

export type Vote = RequestView["votes"][number];

/** The votes that are signed by whom they are said to be of, about this very request. */
export function provedVotes(
  view: View & InBatches & Pick<RequestView, "requestId">,
  listening: Listening,
): ReadonlySet<Vote> {
  const statements = (view.signed ?? []).flatMap((envelope) =>
    speakerOf(envelope, listening) === undefined ? [] : [readStatement(envelope)],
  );
  return new Set(view.votes.filter((vote) => statements.some((statement) => isVote(statement, vote, view, listening))));
}

/**
 * People whose own approval of exactly this request counts for a seat now, as the gate counts it: whoever rejected has none. With the
 * root of a batch, those whose approval of that very batch does.
 */
export function approvers(
  view: Pick<RequestView, "signed"> & InBatches,
  submission: Submission,
  listening: Listening & { readonly standing: Standing; readonly now: number },
  batch?: Bytes32,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const against = new Set<string>();
  for (const envelope of view.signed ?? []) {
    const person = speakerOf(envelope, listening);
    const word =
      person === undefined ? undefined : wordOf(readStatement(envelope), view, { submission, person, listening });
    if (person === undefined || word === undefined) continue;
    if (word.decision === "reject") against.add(person);
    else if (word.counts && word.batch === batch) found.set(person, word.reason);
  }
  return new Map([...found].filter(([person]) => !against.has(person)));
}

type Word = {
  readonly decision: string;
  readonly reason: string;
  /** Whether it binds this request now, under the documents in force. */
  readonly counts: boolean;
  readonly batch: Bytes32 | undefined;
};

type Hearing = {
  readonly submission: Submission;
  readonly person: Name;
  readonly listening: { readonly standing: Standing; readonly now: number };
};

function wordOf(
  { kind, message }: Statement,
  view: InBatches,
  { submission, person, listening: { standing, now } }: Hearing,
): Word | undefined {
  if (kind === "Approval" && message.requestId === submission.requestId) {
    const counts = message.expiresAt > now && unbound(message, submission, person, standing) === undefined;
    return { decision: message.decision, reason: message.reason, counts, batch: undefined };
  }
  if (kind !== "BatchApproval" || !standsIn(view, submission, message)) return undefined;
  const counts = message.expiresAt > now && outdated(message, person, standing) === undefined;
  return { decision: message.decision, reason: batchWords(message), counts, batch: message.merkleRoot };
}

/** Whether the request is one of those that the word is about, by the proof that the service shows. */
function standsIn({ batches = [] }: InBatches, request: Submission, word: BatchApproval): boolean {
  const place = batches.find(({ merkleRoot }) => merkleRoot === word.merkleRoot);
  return place !== undefined && isLeg(request, word, place);
}

function isVote(
  { kind, message, credential }: Statement,
  { person, decision, reason, batch }: Vote,
  view: Pick<RequestView, "requestId" | "submission" | "initiator"> & InBatches,
  { roster }: Listening,
): boolean {
  const { requestId } = view;
  if (roster.credential(credential)?.member.id !== person) return false;
  if (kind === "BatchApproval") return isBatchVote(message, { decision, reason, batch }, view);
  if (batch !== undefined) return false;
  if (kind === "Approval")
    return message.requestId === requestId && message.decision === decision && message.reason === reason;
  return kind === "Veto" && decision === "veto" && message.target === requestId && message.reason === reason;
}

function isBatchVote(
  message: BatchApproval,
  { decision, reason, batch }: Pick<Vote, "decision" | "reason" | "batch">,
  view: Pick<RequestView, "requestId" | "submission" | "initiator"> & InBatches,
): boolean {
  const request = submissionOf(view);
  const isSame = message.decision === decision && message.merkleRoot === batch && batchWords(message) === reason;
  return isSame && request?.requestId === view.requestId && standsIn(view, request, message);
}

/** The request as the service shows it; its words and hashes are checked elsewhere. */
function submissionOf(view: Parameters<typeof readSubmission>[0]): Submission | undefined {
  try {
    return readSubmission(view);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

/** Whose valid signature it is; undefined when it is nobody's of this roster. */
function speakerOf(envelope: Envelope, { roster, verify }: Listening): Name | undefined {
  try {
    const holder = roster.credential(readStatement(envelope).credential);
    if (holder === undefined || verify(envelope, holder.credential).kind !== "valid") return undefined;
    return holder.member.id;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

function untrue(why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: what the server shows is not so; ${why}`, "submission");
}
