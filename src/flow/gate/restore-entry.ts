/** What each entry of the log leaves in a journal, written again: statements by their judges, what the gate did by itself as its leaf has it. */
import { attach } from "../../chain/transaction.ts";
import type { Entry } from "../../log/entry.ts";
import { readStatement, type StatementOf } from "../../statement/read.ts";
import { Fault } from "../../values/errors.ts";
import { admitAgain } from "./admit.ts";
import { putBatchAgain } from "./admit-batch.ts";
import type { Core } from "./core.ts";
import { activateAgain } from "./documents.ts";
import { raiseRounds } from "./feed-rounds.ts";
import { noteBurn } from "./release.ts";
import { loadAdmitted, spendKey, type Request } from "./request.ts";

type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;

/** The leaf and its rows; the caller holds the leaf against the one there was. */
export function restoreEntry(core: Core, index: number, entry: Exclude<Entry, { kind: "genesis" }>): void {
  const { journal } = core;
  switch (entry.kind) {
    case "statement":
      restoreStatement(core, entry);
      return;
    case "activation":
      activateAgain(core, entry.document);
      return;
    case "freeze": {
      const { freezeId, scope, target, reason, by, instant: at } = entry;
      journal.append(entry);
      journal.putFreeze({ freezeId, scope, target, reason, by, at, lifted: false });
      return;
    }
    case "restoration":
      journal.append(entry);
      journal.putRestoration(entry);
      return;
    case "promotion":
      // The statement that completes its quorum writes it.
      throw wrong("nobody promoted this gate");
    case "allocation":
      restoreAllocation(core, index, entry);
      return;
    case "permit":
    case "filler":
      restorePermit(core, entry);
      return;
    case "signature":
      restoreSignature(core, entry);
      return;
    case "outcome": {
      const { requestId, status: outcome, blockNumber: outcomeBlock, instant: at } = entry;
      journal.append(entry);
      journal.settleAllocation(requestId, { outcome, outcomeBlock, at });
      if (outcome === "success") noteBurn(core, requestOf(core, entry), entry.txHash);
      return;
    }
    default:
      restoreOther(core, entry);
  }
}

function restoreOther(core: Core, entry: EntryOf<"batch" | "release" | "run">): void {
  const { journal } = core;
  if (entry.kind === "batch") putBatchAgain(core, entry, entry.instant);
  else if (entry.kind === "release") journal.putRelease(entry.requestId, journal.append(entry));
  // A run brings nothing else about: every permit without a signature is in doubt already.
  else journal.append(entry);
}

function restoreStatement(core: Core, entry: EntryOf<"statement">): void {
  const statement = readStatement(entry.statement);
  if (statement.kind === "ChainObservation") restoreObservation(core, entry, statement);
  else admitAgain(core, entry.statement, entry.attachment);
}

/** An observation that a decision used: what it brought about has leaves of its own. */
function restoreObservation(
  core: Core,
  entry: EntryOf<"statement">,
  { hash, credential, message, envelope }: StatementOf<"ChainObservation">,
): void {
  const { journal } = core;
  const leaf = journal.append(entry);
  const observer = core.standing().roster.index.credential(credential)?.member.id;
  if (observer === undefined) return;
  const { chainId, subject, fact, blockNumber } = message;
  const at = entry.instant;
  const kept = journal.putObservation({ hash, chainId, subject, fact, observer, blockNumber, at, envelope });
  if (kept) journal.setObservationLeaf(hash, leaf);
}

function restoreAllocation(core: Core, index: number, entry: EntryOf<"allocation">): void {
  const { journal } = core;
  const { requestId, chainId, account, nonce, facts, instant: at } = entry;
  const { intent, initiator, policy } = requestOf(core, entry);
  const key = core.standing().roster.index.keyByAccount(account);
  if (key === undefined) throw wrong(`${account} is no managed key`);
  journal.append(entry);
  const { asset, operation, reference, to, amount, feeCeilingWei, distribution } = intent;
  const about = { requestId, chainId, account, nonce, key: key.id, asset, operation, reference, initiator, to, amount };
  const put = journal.putAllocation({
    ...about,
    feeCeilingWei,
    at,
    leaf: index,
    outcome: "open",
    outcomeBlock: undefined,
    distribution,
  });
  if (put.kind === "taken") throw wrong(`the ${put.by} is tied already`);
  for (const { person, approvalId } of facts.votes)
    if (!journal.spendApproval(spendKey(person, approvalId), requestId)) throw wrong("an approval is spent twice");
  for (const { subject, fact, blockNumber } of Object.values(facts.observed))
    journal.raiseUsedBlock(chainId, subject, fact, blockNumber);
  raiseRounds(journal, { ...intent, policy: policy.policy }, facts);
}

/** A token may have been asked: the log does not tell. A filler says of its request's own permits that none was, or that people overruled it. */
function restorePermit(core: Core, entry: EntryOf<"permit"> | EntryOf<"filler">): void {
  const { journal } = core;
  const { requestId, digest, transaction } = entry;
  const before = journal.permits(requestId);
  const filler = entry.kind === "filler";
  if (filler && journal.cancelledBy(requestId).length === 0)
    for (const permit of before) if (!permit.filler && permit.signed === undefined) journal.markUnsigned(permit.digest);
  journal.append(entry);
  journal.putPermit({ digest, requestId, ordinal: before.length + 1, transaction, filler });
  journal.markAsked(digest);
}

function restoreSignature({ journal }: Core, entry: EntryOf<"signature">): void {
  const { requestId, digest, r, s, yParity, txHash } = entry;
  const permit = journal.permits(requestId).find((one) => one.digest === digest);
  if (permit === undefined) throw wrong("nothing permitted this signature");
  const { raw, hash } = attach(permit.transaction, { r, s, yParity });
  if (hash !== txHash) throw wrong("the signed transaction has another hash");
  journal.append(entry);
  journal.storeSignature(digest, { raw, txHash });
}

function requestOf(core: Core, { requestId }: { readonly requestId: Request["stored"]["hash"] }): Request {
  const loaded = loadAdmitted(core, requestId);
  if (loaded.kind === "refused") throw wrong(loaded.refusal.why);
  return loaded.request;
}

function wrong(why: string): Fault {
  return new Fault("restore.differs", `the log cannot be written again: ${why}`, "never");
}
