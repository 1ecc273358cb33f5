/** Brings documents into force: at the start from the journal, later when a change is agreed and its wait is over. */
import {
  enact,
  isAgreed,
  readProposal,
  standingFromGenesis,
  type ChangeStatement,
  type Proposal,
} from "../../gate/change.ts";
import type { Ballot } from "../../policy/decide/quorum.ts";
import type { Veto } from "../../policy/document/requirement.ts";
import type { Standing } from "../../gate/standing.ts";
import { checkGenesis } from "../../genesis/check.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as duration from "../../values/duration.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import { plus, type Instant } from "../../values/instant.ts";
import { canonical } from "../../values/json.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { Core } from "./core.ts";
import type { Journal, StoredDocument, StoredStatement } from "./journal.port.ts";
import { isSignedBy, statementIn } from "./reading.ts";

/** Step 1 of signing, at the start: every document in force follows from the genesis by statements that verify. */
export function loadStanding(journal: Journal, genesisFile: unknown, checks: SignatureChecks): Standing {
  const first = standingFromGenesis(checkGenesis(genesisFile, checks));
  const known = new Set([first.roster.hash, ...[...first.policies.values()].map((policy) => policy.hash)]);
  const later = journal.activatedDocuments().filter((document) => !known.has(document.hash));
  return later.reduce((standing, document) => {
    const agreed = agreement(standing, document, journal, checks);
    if (agreed === undefined) {
      const what = `${document.kind} ${document.name} version ${String(document.version)}`;
      throw new Fault("gate.document", `${what} was not agreed by those who must`, "never");
    }
    return enact(standing, agreed.proposal);
  }, first);
}

/** Puts every change into force that is agreed and has waited long enough, in the order in which their waits ended, all at one instant. */
export function activateDue(core: Core): void {
  const now = core.now();
  // Each activation ends or supersedes at least one proposal, so this ends.
  for (let [next] = allDue(core, now); next !== undefined; [next] = allDue(core, now)) activate(core, next, now);
}

/** The one that a leaf of the log names, if it is due: what came into force with it has a leaf of its own. */
export function activateAgain(core: Core, document: Bytes32): void {
  const now = core.now();
  const named = allDue(core, now).find((due) => due.document.hash === document);
  if (named !== undefined) activate(core, named, now);
}

/** After a change statement was stored: notes whether its quorum is complete, so that the wait is looked at. */
export function noteAgreement(core: Core, document: StoredDocument): void {
  if (document.state !== "proposed") return;
  const agreed = agreementOf(core, document);
  if (agreed !== undefined) core.journal.updateDocument(document.hash, { completeAt: agreed.completeAt });
}

type Signed = { readonly stored: StoredStatement; readonly statement: ChangeStatement; readonly signer: Ballot };

/** Statements under a proposed document that verify now, by the message they sign: two messages are two proposals. */
function signedChanges(
  standing: Standing,
  document: StoredDocument,
  journal: Journal,
  checks: SignatureChecks,
): readonly (readonly Signed[])[] {
  const kind = document.kind === "Policy" ? "PolicyChange" : "RosterChange";
  const groups = new Map<string, Signed[]>();
  for (const stored of journal.statementsAbout(kind, document.hash)) {
    const statement = statementIn(stored.envelope);
    const holder = standing.roster.index.credential(statement.credential);
    if (holder === undefined || holder.service || holder.member.id !== stored.member || !isChange(statement)) continue;
    const { deploymentId } = standing;
    if (!isSignedBy(stored.envelope, holder.credential, { deploymentId, checks })) continue;
    const words = canonical(stored.envelope.message);
    const { credential } = holder;
    const signer = { person: holder.member.id, credential: credential.id, credentialKind: credential.kind };
    groups.set(words, [...(groups.get(words) ?? []), { stored, statement, signer }]);
  }
  return [...groups.values()];
}

/** The vetoes of every rule under which the document may still come into force; a message that no longer can gives and takes none. */
export function vetoesOn(core: Core, document: StoredDocument): readonly Veto[] {
  const standing = core.standing();
  return signedChanges(standing, document, core.journal, core.checks).flatMap(([first]) => {
    const proposal = first === undefined ? undefined : readOrNot(standing, first, core.checks);
    return proposal?.rule.veto ?? [];
  });
}

type Agreement = {
  readonly proposal: Proposal;
  readonly statements: readonly Bytes32[];
  /** When the statement was stored with which the quorum, as it stands now, was first complete: from there the wait counts. */
  readonly completeAt: Instant;
};

/** The first message under a document on which the quorum agrees now. */
function agreement(
  standing: Standing,
  document: StoredDocument,
  journal: Journal,
  checks: SignatureChecks,
): Agreement | undefined {
  for (const group of signedChanges(standing, document, journal, checks)) {
    const [first] = group;
    const proposal = first === undefined ? undefined : readOrNot(standing, first, checks);
    if (proposal === undefined) continue;
    const last = group.findIndex((_, index) =>
      isAgreed(
        standing,
        proposal,
        group.slice(0, index + 1).map(({ signer }) => signer),
      ),
    );
    const completing = group[last];
    if (completing !== undefined)
      return { proposal, statements: group.map(({ stored }) => stored.hash), completeAt: completing.stored.at };
  }
  return undefined;
}

function agreementOf(core: Core, document: StoredDocument): Agreement | undefined {
  return agreement(core.standing(), document, core.journal, core.checks);
}

function readOrNot(standing: Standing, { statement, stored }: Signed, checks: SignatureChecks): Proposal | undefined {
  try {
    return readProposal(standing, statement, stored.attachment, checks);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

type Due = { readonly document: StoredDocument; readonly agreed: Agreement; readonly at: Instant };

/** The longest due first. */
function allDue(core: Core, now: Instant): readonly Due[] {
  const due = core.journal
    .proposedDocuments()
    .filter((document) => document.completeAt !== undefined)
    .flatMap((document): Due[] => {
      const agreed = agreementOf(core, document);
      if (agreed === undefined) return [];
      const { delay } = agreed.proposal.rule;
      return [{ document, agreed, at: plus(agreed.completeAt, delay === undefined ? 0 : duration.parse(delay)) }];
    })
    .filter(({ at }) => at <= now);
  return due.sort((a, b) => a.at - b.at);
}

function activate(core: Core, { document, agreed }: Due, now: Instant): void {
  const { journal } = core;
  journal.transaction(() => {
    const before = journal.activeDocument(document.kind, document.name);
    if (before !== undefined) journal.updateDocument(before.hash, { state: "superseded" });
    journal.updateDocument(document.hash, { state: "active", activeAt: now });
    const stamp = { epoch: journal.epoch(), instant: now };
    journal.append({ kind: "activation", ...stamp, document: document.hash, statements: [...agreed.statements] });
    // Nothing that did not follow this version can follow it any more.
    for (const other of journal.proposedDocuments()) {
      const lost = other.kind === document.kind && other.name === document.name && other.version <= document.version;
      if (lost) journal.updateDocument(other.hash, { state: "superseded" });
    }
    journal.advance(now);
  });
  core.setStanding(enact(core.standing(), agreed.proposal));
}

function isChange(statement: { readonly kind: string }): statement is ChangeStatement {
  return statement.kind === "PolicyChange" || statement.kind === "RosterChange";
}
