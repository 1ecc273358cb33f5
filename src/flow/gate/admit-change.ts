/** Judges changes of policies and of the roster, and vetoes against them. */
import { readProposal } from "../../gate/change.ts";
import { readStatement } from "../../statement/read.ts";
import type { Quorum } from "../../policy/requirement.ts";
import { InvalidValue } from "../../values/errors.ts";
import { canonical } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import { activateDue, noteAgreement, proposalOf } from "./documents.ts";

/** Stores the document with the first signature under it; when the quorum is complete its wait begins. */
export function admitChange(
  core: Core,
  { statement, author, service, attachment, now }: Case<"PolicyChange" | "RosterChange">,
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
  const sameMessage = core.journal
    .statementsAbout(statement.kind, documentHash)
    .every((stored) => canonical(stored.envelope.message) === canonical(statement.envelope.message));
  if (!sameMessage)
    throw new InvalidValue(
      "change.other-message",
      "this document was proposed with another class or report",
      "message",
    );
  return {
    kind: "store",
    about: documentHash,
    then: () => {
      const { journal } = core;
      if (journal.document(documentHash) === undefined) {
        journal.putDocument({
          hash: documentHash,
          kind: proposal.kind,
          name: proposal.name,
          version: proposal.next.version,
          document: proposal.document,
          state: "proposed",
          completeAt: undefined,
          activeAt: undefined,
        });
      }
      const document = journal.document(documentHash);
      if (document !== undefined) noteAgreement(core, document, now);
      activateDue(core);
    },
  };
}

/** A veto within the wait ends a proposal for ever. */
export function admitVeto(core: Core, { statement, author, service }: Case<"Veto">): Admission {
  const { target } = statement.message;
  const document = core.journal.document(target);
  if (document?.state !== "proposed")
    throw new InvalidValue("veto.nothing-proposed", "no proposed document has this hash", "message.target");
  const { proposal } = proposalOf(core.standing(), document, core.journal, core.checks);
  const { veto } = proposal.rule;
  const { index } = core.standing().roster;
  if (veto === undefined || service || !index.inGroup(author, veto.group)) {
    throw new InvalidValue("veto.not-entitled", `${author} has no veto on this change`, "credential");
  }
  const before = core.journal
    .statementsAbout("Veto", target)
    .flatMap((stored) => (readStatement(stored.envelope).kind === "Veto" ? [stored.member] : []));
  const people = new Set<Name>([author, ...before].filter((person) => index.inGroup(person, veto.group)));
  return {
    kind: "store",
    about: target,
    ...(people.size >= veto.min
      ? {
          then: () => {
            core.journal.updateDocument(target, { state: "vetoed" });
          },
        }
      : {}),
  };
}

/** Every group that has a seat somewhere in the quorum. */
function groupsOf(quorum: Quorum): readonly Name[] {
  if ("group" in quorum) return [quorum.group];
  return ("all" in quorum ? quorum.all : quorum.any).flatMap(groupsOf);
}
