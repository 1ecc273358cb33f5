/** The cancellation of a request that a token may have signed: it takes the quorum that let the request be signed, each in a statement of their own. */
import type { StandingPolicy } from "../../gate/standing.ts";
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

type Cancelled = {
  readonly statement: StatementOf<"Submission">;
  readonly initiator: Name;
  readonly policy: StandingPolicy;
};

/** The statements by which the quorum cancelled the request; none while it is not complete. The initiator never counts. */
export function agreedCancellations(
  core: Core,
  { statement, initiator, policy }: Cancelled,
): readonly StoredStatement[] {
  const { requestId, intentHash } = statement.message;
  const { index } = core.standing().roster;
  const said = core.journal.statementsAbout("Cancellation", requestId).flatMap((stored) => {
    const words = stored.member === initiator ? undefined : verifiedAgain(core, stored, "Cancellation");
    const holder = words === undefined ? undefined : index.credential(words.credential);
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
  if (quorum === undefined) return [];
  const seating = assign(
    quorum,
    said.map(({ ballot }) => ballot),
    index,
    policy.policy.groups,
  );
  return seating.met ? said.map(({ stored }) => stored) : [];
}
