/** Brings documents into force: at the start from the journal, later when a change is agreed and its wait is over. */
import {
  enact,
  isAgreed,
  readProposal,
  standingFromGenesis,
  type ChangeStatement,
  type Proposal,
} from "../../gate/change.ts";
import type { Standing } from "../../gate/standing.ts";
import { checkGenesis } from "../../genesis/check.ts";
import { readStatement } from "../../statement/read.ts";
import { verifyStatement } from "../../statement/verify.ts";
import * as duration from "../../values/duration.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import { plus, type Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { Core } from "./core.ts";
import type { Journal, StoredDocument, StoredStatement } from "./journal.port.ts";

/** Step 1 of signing, at the start: every document in force follows from the genesis by statements that verify. */
export function loadStanding(journal: Journal, genesisFile: unknown, checks: SignatureChecks): Standing {
  const first = standingFromGenesis(checkGenesis(genesisFile, checks));
  const known = new Set([first.roster.hash, ...[...first.policies.values()].map((policy) => policy.hash)]);
  const later = journal.activatedDocuments().filter((document) => !known.has(document.hash));
  return later.reduce((standing, document) => {
    const { proposal, people } = proposalOf(standing, document, journal, checks);
    if (!isAgreed(standing, proposal, people))
      throw new Fault(
        "gate.document",
        `${document.kind} ${document.name} version ${String(document.version)} was not agreed`,
        "never",
      );
    return enact(standing, proposal);
  }, first);
}

/** Puts every change into force that is agreed and has waited long enough; says whether anything changed. */
export function activateDue(core: Core): void {
  const now = core.now();
  const due = core.journal.proposedDocuments().filter((document) => document.completeAt !== undefined);
  for (const document of due) activateOne(core, document, now);
}

/** After a change statement was stored: notes when the quorum became complete, and vetoes. */
export function noteAgreement(core: Core, document: StoredDocument, now: Instant): void {
  if (document.state !== "proposed" || document.completeAt !== undefined) return;
  const { proposal, people } = proposalOf(core.standing(), document, core.journal, core.checks);
  if (isAgreed(core.standing(), proposal, people)) core.journal.updateDocument(document.hash, { completeAt: now });
}

/** The proposal as it stands now and the people who signed it; throws when it no longer follows what is in force. */
export function proposalOf(
  standing: Standing,
  document: StoredDocument,
  journal: Journal,
  checks: SignatureChecks,
): { proposal: Proposal; people: Set<Name>; statements: readonly StoredStatement[] } {
  const statements = journal.statementsAbout(
    document.kind === "Policy" ? "PolicyChange" : "RosterChange",
    document.hash,
  );
  const valid = statements.flatMap((stored) => {
    const statement = readStatement(stored.envelope);
    const holder = standing.roster.index.credential(statement.credential);
    const counts =
      holder !== undefined &&
      !holder.service &&
      verifyStatement({ deploymentId: standing.deploymentId, statement, credential: holder.credential, checks })
        .kind === "valid";
    return counts && isChange(statement) ? [{ stored, statement, person: holder.member.id }] : [];
  });
  const [one] = valid;
  if (one === undefined) throw new InvalidValue("change.unsigned", "nobody in the roster signed this change");
  const proposal = readProposal(standing, one.statement, one.stored.attachment, checks);
  return {
    proposal,
    people: new Set(valid.map(({ person }) => person)),
    statements: valid.map(({ stored }) => stored),
  };
}

function activateOne(core: Core, document: StoredDocument, now: Instant): void {
  const { journal } = core;
  try {
    const { proposal, people, statements } = proposalOf(core.standing(), document, journal, core.checks);
    const waits = proposal.rule.delay === undefined ? 0 : duration.parse(proposal.rule.delay);
    if (now < plus(document.completeAt ?? now, waits) || !isAgreed(core.standing(), proposal, people)) return;
    const standing = enact(core.standing(), proposal);
    journal.transaction(() => {
      const before = journal.activeDocument(document.kind, document.name);
      if (before !== undefined) journal.updateDocument(before.hash, { state: "superseded" });
      journal.updateDocument(document.hash, { state: "active", activeAt: now });
      journal.append({
        kind: "activation",
        epoch: journal.epoch(),
        instant: now,
        document: document.hash,
        statements: statements.map(({ hash }) => hash),
      });
      journal.advance(now);
    });
    core.setStanding(standing);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    // Something else came into force meanwhile: this proposal can never follow it.
    journal.updateDocument(document.hash, { state: "superseded" });
  }
}

function isChange(statement: { readonly kind: string }): statement is ChangeStatement {
  return statement.kind === "PolicyChange" || statement.kind === "RosterChange";
}
