/** Judges changes of policies and of the roster. */
import { readProposal, type Proposal } from "../../gate/change.ts";
import { checkProposable } from "../../gate/proposable.ts";
import { groupsOf } from "../../policy/decide/approval.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import { checkCeremonies } from "./admit-ceremony.ts";
import type { Core } from "./core.ts";
import { noteAgreement } from "./documents.ts";
import { contradiction } from "./key-places.ts";

/** Stores the document with the first signature under it; when the quorum is complete its wait begins. */
export function admitChange(
  core: Core,
  { statement, author, service, attachment }: Case<"PolicyChange" | "RosterChange">,
): Admission {
  const proposal = readProposal(core.standing(), statement, attachment, core.checks);
  const { index } = core.standing().roster;
  if (service || !groupsOf(proposal.rule.quorum).some((group) => index.inGroup(author, group))) {
    throw new InvalidValue(
      "change.not-entitled",
      `${author} has no seat in the quorum that governs this change`,
      "credential",
    );
  }
  const { documentHash } = statement.message;
  const known = core.journal.document(documentHash);
  if (known !== undefined && known.state !== "proposed")
    throw new InvalidValue("change.ended", `this document is ${known.state} already`, "message.documentHash");
  if (known === undefined && openProposals(core, author) >= mostOpen)
    throw new InvalidValue(
      "change.too-many-open",
      `${author} has ${String(mostOpen)} open proposals already`,
      "credential",
    );
  if (
    core.journal.statementsAbout(statement.kind, documentHash).filter(({ member }) => member === author).length >=
    mostSigned
  )
    throw new InvalidValue(
      "change.too-many",
      `${author} signed this document ${String(mostSigned)} times already`,
      "message.documentHash",
    );
  // Whoever signs after the first signs what was found sound.
  if (known === undefined) checkNew(core, statement, proposal);
  return {
    kind: "store",
    about: documentHash,
    then: () => {
      const { journal } = core;
      const document = known ?? {
        hash: documentHash,
        kind: proposal.kind,
        name: proposal.name,
        version: proposal.next.version,
        document: proposal.document,
        state: "proposed",
        completeAt: undefined,
        activeAt: undefined,
      };
      if (known === undefined) journal.putDocument(document);
      noteAgreement(core, document);
    },
  };
}

/** A tightening, by the gate's own list, is not kept waiting by examples of what it takes away, which it could not change without loosening. */
function checkNew(
  core: Core,
  { message }: Case<"PolicyChange" | "RosterChange">["statement"],
  proposal: Proposal,
): void {
  if (proposal.kind === "Roster") {
    checkCeremonies(core, proposal.next.roster);
    const why = contradiction(core.places.all, proposal.next.roster.keys);
    if (why !== undefined) throw new InvalidValue("roster.other-backend", why, "attachment.document.keys");
    return;
  }
  checkToken(core, proposal);
  if (message.class === "loosen") checkProposable(proposal.next, core.standing().roster);
}

/** What is counted in units of a token, and waits on its lane, is about that token: another one is another asset while anything is open. */
function checkToken({ standing, journal, now }: Core, { name, next }: Extract<Proposal, { kind: "Policy" }>): void {
  const before = standing().policies.get(name)?.policy.token;
  if (before === undefined) return;
  const { token } = next.policy;
  if (token.decimals !== before.decimals)
    throw new InvalidValue(
      "change.decimals",
      `${name} has ${String(before.decimals)} decimals: what was asked for is counted in them`,
      "attachment.document.token.decimals",
    );
  if (token.chain === before.chain && token.address === before.address) return;
  const isOpen = journal.openAllocations().some(({ asset }) => asset === name);
  if (isOpen || journal.owed(name, now()).length > 0)
    throw new InvalidValue(
      "change.token-open",
      `something of ${name} is open on ${before.address}, or owed to who redeemed it there`,
      "attachment.document.token.address",
    );
}

/** One person keeps at most this many documents open that nobody else proposed. */
const mostOpen = 5;

/** Each message of one person under a document is verified again at every look, by whoever vetoes it too. */
const mostSigned = 10;

function openProposals(core: Core, author: Name): number {
  return core.journal.proposedDocuments().filter((document) => {
    const kind = document.kind === "Policy" ? "PolicyChange" : "RosterChange";
    return core.journal.statementsAbout(kind, document.hash)[0]?.member === author;
  }).length;
}
