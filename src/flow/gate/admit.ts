/** Admission: a statement is read, verified, judged by its kind, written as a leaf, and answered with a signed receipt. */
import type { Admitted, Problem } from "../../gate/wire.ts";
import type { Kind } from "../../statement/message.ts";
import { signsStatements } from "../../roster/passkey-place.ts";
import { readStatement, type Statement } from "../../statement/read.ts";
import { verifyStatement } from "../../statement/verify.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import { canonical, type Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import { admitAttested } from "./admit-attested.ts";
import { admitBatch } from "./admit-batch.ts";
import { admitCeremony } from "./admit-ceremony.ts";
import { admitChange } from "./admit-change.ts";
import { admitAttestation, admitObservation } from "./admit-evidence.ts";
import type { Admission, Case } from "./admission.ts";
import { admitDelivery } from "./admit-delivery.ts";
import { admitFreeze, admitUnfreeze } from "./admit-freeze.ts";
import { admitApproval, admitCancellation, admitSubmission } from "./admit-request.ts";
import { admitPromotion, admitResumption } from "./admit-resumption.ts";
import { admitVeto } from "./admit-veto.ts";
import type { Core } from "./core.ts";
import { activateDue } from "./documents.ts";
import { signReceipt } from "./log-head.ts";
import { keepSigned } from "./reading.ts";

export async function admit(core: Core, envelope: unknown, attachment: Json | undefined): Promise<Admitted | Problem> {
  try {
    activateDue(core);
    const statement = readStatement(envelope);
    const known = receiptOf(core, statement.hash);
    if (known !== undefined) return known;
    checkAttachment(statement.kind, attachment);
    const found = authorOf(core, statement);
    checkPlace(core, statement);
    await core.faults.at("gate:statement-verified");
    // From here to the receipt nothing awaits: what was judged is what is written.
    const meanwhile = receiptOf(core, statement.hash);
    if (meanwhile !== undefined) return meanwhile;
    const now = core.now();
    const admission = judge(core, statement, { ...found, attachment, now });
    const receipt = record(core, { statement, author: found.author, attachment, now }, admission);
    // Only now that the statement is stored may it bring a document into force.
    activateDue(core);
    await core.journal.durable();
    await core.faults.at("gate:statement-stored");
    return receipt;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    core.journal.recordRefusal({
      verb: "admit",
      about: aboutOf(envelope),
      code: error.code,
      why: error.message,
      at: core.now(),
    });
    return { kind: "problem", code: error.code, message: error.message, field: error.field };
  }
}

/** The same at once, for whoever writes a log anew that has it already; throws `InvalidValue` where it would not be admitted. */
export function admitAgain(core: Core, envelope: unknown, attachment: Json | undefined): void {
  const statement = readStatement(envelope);
  const now = core.now();
  const found = { ...authorOf(core, statement), attachment, now };
  record(core, { statement, author: found.author, attachment, now }, judge(core, statement, found));
}

/** A passkey of a site that serves pages signs whatever those pages make of it, so it opens sessions, which the gate never sees. */
function checkPlace(core: Core, { credential }: Statement): void {
  const holder = core.standing().roster.index.credential(credential);
  if (holder !== undefined && !signsStatements(holder.credential))
    throw new InvalidValue(
      "statement.passkey-place",
      `\`${credential}\` was made at a site and opens sessions only; one that signs is made in one's own console`,
      "credential",
    );
}

/** Kinds that bind something the message does not hold; nothing else may ride into the log on somebody's statement. */
const bringers: ReadonlySet<Kind> = new Set([
  "Submission",
  "PolicyChange",
  "RosterChange",
  "Unfreeze",
  "KeyCeremony",
  "ReserveAttestation",
  "BatchApproval",
]);
const longestAttachment = 1_000_000;
/** The most legs there may be, each with two hashes; and of a distribution, the most holders. */
const longestList = 2_000_000;

function checkAttachment(kind: Kind, attachment: Json | undefined): void {
  if (attachment === undefined) return;
  if (!bringers.has(kind))
    throw new InvalidValue("statement.attachment", `a ${kind} brings no attachment`, "attachment");
  const longest = kind === "BatchApproval" || kind === "Submission" ? longestList : longestAttachment;
  if (canonical(attachment).length > longest)
    throw new InvalidValue("statement.attachment", `the attachment is longer than ${longest} characters`, "attachment");
}

export function authorOf(core: Core, statement: Statement): { author: Name; service: boolean } {
  const holder = core.standing().roster.index.credential(statement.credential);
  if (holder === undefined) {
    throw new InvalidValue(
      "statement.unknown-credential",
      `\`${statement.credential}\` is no credential of the roster in force`,
      "credential",
    );
  }
  const verdict = verifyStatement({
    deploymentId: core.deploymentId,
    statement,
    credential: holder.credential,
    checks: core.checks,
  });
  if (verdict.kind === "invalid") throw new InvalidValue(verdict.code, verdict.why, "proof");
  keepSigned(statement, holder.credential, core);
  return { author: holder.member.id, service: holder.service };
}

function judge(core: Core, statement: Statement, found: Omit<Case<Kind>, "statement">): Admission {
  switch (statement.kind) {
    case "Submission":
      return admitSubmission(core, { ...found, statement });
    case "Approval":
      return admitApproval(core, { ...found, statement });
    case "Cancellation":
      return admitCancellation(core, { ...found, statement });
    case "ReserveAttestation":
      return admitAttestation(core, { ...found, statement });
    case "ChainObservation":
      return admitObservation(core, { ...found, statement });
    default:
      return judgeControl(core, statement, found);
  }
}

type Control = Exclude<
  Statement,
  { kind: "Submission" | "Approval" | "Cancellation" | "ReserveAttestation" | "ChainObservation" }
>;

/** Statements about the deployment itself, and what its policies may ask attestors for. */
function judgeControl(core: Core, statement: Control, found: Omit<Case<Kind>, "statement">): Admission {
  switch (statement.kind) {
    case "Veto":
      return admitVeto(core, { ...found, statement });
    case "Freeze":
      return admitFreeze(core, { ...found, statement });
    case "Unfreeze":
      return admitUnfreeze(core, { ...found, statement });
    case "PolicyChange":
    case "RosterChange":
      return admitChange(core, { ...found, statement });
    case "PriceAttestation":
    case "IdentityAttestation":
    case "DocumentAttestation":
      return admitAttested(core, { ...found, statement });
    default:
      return judgeRare(core, statement, found);
  }
}

type Rare = Extract<
  Statement,
  { kind: "BatchApproval" | "Delivery" | "KeyCeremony" | "Resumption" | "GatePromotion" | "Possession" | "Session" }
>;

function judgeRare(core: Core, statement: Rare, found: Omit<Case<Kind>, "statement">): Admission {
  switch (statement.kind) {
    case "BatchApproval":
      return admitBatch(core, { ...found, statement });
    case "Delivery":
      return admitDelivery(core, { ...found, statement });
    case "KeyCeremony":
      return admitCeremony(core, { ...found, statement });
    case "Resumption":
      return admitResumption(core, { ...found, statement });
    case "GatePromotion":
      return admitPromotion(core, { ...found, statement });
    case "Possession":
    case "Session":
      throw new InvalidValue("statement.not-for-the-gate", `a ${statement.kind} is not admitted by itself`, "kind");
  }
}

type Found = {
  readonly statement: Statement;
  readonly author: Name;
  readonly attachment: Json | undefined;
  readonly now: Instant;
};

function record(core: Core, { statement, author, attachment, now }: Found, admission: Admission): Admitted {
  const { journal } = core;
  const again = admission.kind === "known" ? receiptOf(core, admission.hash) : receiptOf(core, statement.hash);
  if (again !== undefined) return again;
  return journal.transaction(() => {
    let leaf: number | null = null;
    if (admission.kind === "keep") admission.put();
    if (admission.kind === "store") {
      admission.before?.();
      const kept = admission.bare === true ? undefined : attachment;
      leaf = journal.append({
        kind: "statement",
        epoch: journal.epoch(),
        instant: now,
        statement: statement.envelope,
        ...(kept === undefined ? {} : { attachment: kept }),
      });
      journal.putStatement({
        hash: statement.hash,
        kind: statement.kind,
        about: admission.about,
        member: author,
        at: now,
        leaf,
        envelope: statement.envelope,
        attachment: kept,
      });
    }
    if (admission.kind !== "known") admission.then?.();
    journal.advance(now);
    return receipt(core, statement.hash, leaf, now);
  });
}

/** The receipt of a statement that is stored already: the same words again are answered the same. */
function receiptOf(core: Core, hash: Bytes32): Admitted | undefined {
  const stored = core.journal.statement(hash) ?? core.journal.observation(hash);
  return stored === undefined ? undefined : receipt(core, hash, stored.leaf ?? null, stored.at);
}

function receipt(core: Core, statementHash: Bytes32, leafIndex: number | null, instant: Instant): Admitted {
  return {
    kind: "admitted",
    receipt: signReceipt(core, {
      statementHash,
      leafIndex,
      instant,
      epoch: core.journal.epoch(),
      deployment: core.deploymentId,
    }),
  };
}

/** What a refused envelope was about, as far as it can be told; for the journal of refusals. */
function aboutOf(envelope: unknown): string {
  const message =
    typeof envelope === "object" && envelope !== null && "message" in envelope ? envelope.message : undefined;
  const id = typeof message === "object" && message !== null && "requestId" in message ? message.requestId : undefined;
  return typeof id === "string" ? id.slice(0, 80) : "";
}
