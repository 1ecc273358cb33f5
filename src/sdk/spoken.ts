/** Who asked for a request and who spoke to it, by their own signatures: what a service says of people is held against what they signed. */
import { unbound } from "../gate/binding.ts";
import type { Standing } from "../gate/standing.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Credential } from "../roster/roster.ts";
import type { RequestView } from "../request/api.ts";
import { isEnd, stateSchema } from "../request/state.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Submission } from "../statement/message.ts";
import { readStatement, type Statement } from "../statement/read.ts";
import type { ProofVerdict } from "../statement/verdict.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import type { Name } from "../values/name.ts";

export type Listening = {
  /** The one in force. */
  readonly roster: RosterIndex;
  readonly verify: (envelope: Envelope, credential: Credential) => ProofVerdict;
};

type View = Pick<RequestView, "submission" | "initiator" | "signed" | "votes">;

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
export function provedVotes(view: View & Pick<RequestView, "requestId">, listening: Listening): ReadonlySet<Vote> {
  const statements = (view.signed ?? []).flatMap((envelope) =>
    speakerOf(envelope, listening) === undefined ? [] : [readStatement(envelope)],
  );
  return new Set(view.votes.filter((vote) => statements.some((statement) => isVote(statement, vote, view, listening))));
}

/** People whose own approval of exactly this request counts for a seat now, as the gate counts it: whoever rejected has none. */
export function approvers(
  { signed = [] }: Pick<RequestView, "signed">,
  submission: Submission,
  listening: Listening & { readonly standing: Standing; readonly now: number },
): ReadonlyMap<string, string> {
  const { standing, now } = listening;
  const found = new Map<string, string>();
  const against = new Set<string>();
  for (const envelope of signed) {
    const person = speakerOf(envelope, listening);
    const statement = person === undefined ? undefined : readStatement(envelope);
    if (person === undefined || statement?.kind !== "Approval") continue;
    const { message } = statement;
    if (message.requestId === submission.requestId && message.decision === "reject") against.add(person);
    else if (message.expiresAt > now && unbound(message, submission, person, standing) === undefined)
      found.set(person, message.reason);
  }
  return new Map([...found].filter(([person]) => !against.has(person)));
}

function isVote(
  { kind, message, credential }: Statement,
  { person, decision, reason }: Vote,
  { requestId }: Pick<RequestView, "requestId">,
  { roster }: Listening,
): boolean {
  if (roster.credential(credential)?.member.id !== person) return false;
  if (kind === "Approval")
    return message.requestId === requestId && message.decision === decision && message.reason === reason;
  return kind === "Veto" && decision === "veto" && message.target === requestId && message.reason === reason;
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
