/** A filler beside a transaction that was signed: only the request's own quorum, in cancellations of their own, closes that nonce. */
import { assign, type Ballot } from "../policy/decide/quorum.ts";
import type { LeafOf } from "./bundle.ts";
import { differs, finding, type Finding } from "./finding.ts";
import { eraAt } from "./history.ts";
import type { Matter } from "./matter.ts";
import { join } from "./path.ts";
import { completedAt, type Roles, type Said } from "./roles.ts";

/** Those written after a signature of the request's own transaction; what they rest on stands in the bundle. */
export function overrulingFillers({ permits, fillers, signatures }: Roles): readonly LeafOf<"filler">[] {
  const own = new Set(permits.map(({ entry }) => entry.digest));
  const signed = signatures.filter(({ entry }) => own.has(entry.digest));
  return fillers.filter((filler) => signed.some(({ position }) => position < filler.position));
}

export function checkOverruling(matter: Matter): readonly Finding[] {
  const { cancellations, submission } = matter.roles;
  const { requestId, intentHash } = submission.statement.message;
  const fillers = overrulingFillers(matter.roles);
  const needed = new Set(fillers.flatMap(({ entry }) => entry.statements));
  const words = cancellations.flatMap(({ field, statement: { hash, message } }) => [
    ...(needed.has(hash) ? [] : [finding(field, "nothing in the bundle needs this leaf")]),
    ...differs(`${field}.entry.statement.message.requestId`, message.requestId, requestId, "the submission"),
    ...differs(`${field}.entry.statement.message.intentHash`, message.intentHash, intentHash, "the submission"),
  ]);
  return words.length > 0 ? words : fillers.flatMap((filler) => checkQuorum(matter, filler));
}

/** The quorum that the decision asked for, by whoever had a seat when the last of them said so; the initiator never counts. */
function checkQuorum(matter: Matter, filler: LeafOf<"filler">): readonly Finding[] {
  const { roles, history, signers, initiator, intent } = matter;
  const at = `${filler.field}.entry`;
  const { code, statements } = filler.entry;
  if (code !== "gate.cancelled")
    return [finding(`${at}.code`, "a transaction that was signed is overruled by a cancellation alone")];
  const said: Said<"Cancellation">[] = [];
  for (const [position, statement] of statements.entries()) {
    const leaf = roles.cancellations.find((one) => one.statement.hash === statement && one.position < filler.position);
    if (leaf === undefined)
      return [finding(join(`${at}.statements`, position), "no leaf of the bundle before it holds this statement")];
    said.push(leaf);
  }
  const standing = eraAt(history, completedAt(filler, roles))?.standing;
  const groups = standing?.policies.get(intent.asset)?.policy.groups;
  const quorum = roles.allocation.entry.decision.requires;
  if (standing === undefined || groups === undefined || quorum === null)
    return [finding(`${at}.statements`, "nobody could cancel it then")];
  const ballots = said.flatMap(({ position }): readonly Ballot[] => {
    const holder = signers.get(position);
    if (holder === undefined || holder.service || holder.member.id === initiator.member.id) return [];
    const { id: credential, kind: credentialKind } = holder.credential;
    return [{ person: holder.member.id, credential, credentialKind, position }];
  });
  return assign(quorum, ballots, standing.roster.index, groups).met
    ? []
    : [finding(`${at}.statements`, "too few of the request's quorum cancelled it")];
}
