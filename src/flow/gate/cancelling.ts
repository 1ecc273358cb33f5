/** The cancellation of a request that a token may have signed: it takes the quorum that let the request be signed, each in a statement of their own. */
import { entrySchema } from "../../log/entry.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { groupsOf } from "../../policy/decide/approval.ts";
import { assign, type Ballot } from "../../policy/decide/quorum.ts";
import type { Quorum } from "../../policy/document/requirement.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";
import { verifiedAgain } from "./verified.ts";

/** What the decision at the allocation asked for; undefined before there is one. */
export function quorumOf({ journal }: Core, requestId: Bytes32): Quorum | undefined {
  const allocation = journal.allocation(requestId);
  const [leaf] = allocation === undefined ? [] : journal.leaves(allocation.leaf, 1);
  const entry = leaf === undefined ? undefined : entrySchema.parse(decodeLeaf(leaf.bytes));
  return entry?.kind === "allocation" ? (entry.decision.requires ?? undefined) : undefined;
}

/** Whether somebody has a seat in that quorum. */
export function maySay(core: Core, requestId: Bytes32, person: Name): boolean {
  const quorum = quorumOf(core, requestId);
  const { index } = core.standing().roster;
  return quorum !== undefined && groupsOf(quorum).some((group) => index.inGroup(person, group));
}

/** The statements by which the quorum cancelled the request; none while it is not complete. */
export function agreedCancellations({ journal }: Core, requestId: Bytes32): readonly StoredStatement[] {
  return journal.cancelledBy(requestId).flatMap((statement) => journal.statement(statement) ?? []);
}

type Cancelled = { readonly statement: StatementOf<"Submission">; readonly stored: Pick<StoredStatement, "member"> };

/** INVARIANT: the seats are filled once, by whoever has them when the statement is stored that fills the last; nobody's leaving takes it back. */
export function noteCancelled(core: Core, submission: Cancelled): void {
  const { requestId } = submission.statement.message;
  const filling = isCancelled(core, requestId) ? [] : fillingNow(core, submission);
  if (filling.length === 0) return;
  const statements = filling.map(({ hash }) => hash);
  core.journal.putCancelled(requestId, statements);
}

/** Somebody says it again where they would be the last: what was said fills the seats only since documents changed. */
export function maySayAgain(core: Core, submission: Cancelled): boolean {
  return !isCancelled(core, submission.statement.message.requestId) && fillingNow(core, submission).length > 0;
}

function isCancelled({ journal }: Core, requestId: Bytes32): boolean {
  return journal.cancelledBy(requestId).length > 0;
}

/** What fills the seats as documents are now; none where they are not filled. The initiator never counts. */
function fillingNow(core: Core, { statement, stored: { member } }: Cancelled): readonly StoredStatement[] {
  const { requestId, intentHash, asset } = statement.message;
  const { roster, policies } = core.standing();
  const said = core.journal.statementsAbout("Cancellation", requestId).flatMap((stored) => {
    const words = stored.member === member ? undefined : verifiedAgain(core, stored, "Cancellation");
    const holder = words === undefined ? undefined : roster.index.credential(words.credential);
    if (words?.message.intentHash !== intentHash || holder === undefined || holder.service) return [];
    const { id: credential, kind: credentialKind } = holder.credential;
    return [
      {
        stored,
        ballot: { person: holder.member.id, credential, credentialKind, position: stored.leaf } satisfies Ballot,
      },
    ];
  });
  const quorum = said.length === 0 ? undefined : quorumOf(core, requestId);
  const groups = policies.get(asset)?.policy.groups;
  if (quorum === undefined || groups === undefined) return [];
  const ballots = said.map(({ ballot }) => ballot);
  return assign(quorum, ballots, roster.index, groups).met ? said.map(({ stored }) => stored) : [];
}
