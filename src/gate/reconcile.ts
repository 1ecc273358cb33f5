/** A whole log held against a chain: every event that moves supply or roles, and every nonce of every managed account, is some request's, and did what was approved. */
import { compare } from "../chain/outcome.ts";
import type { SeenReceipt } from "../evidence/outcome.ts";
import { documentHash } from "../genesis/genesis.ts";
import type { Entry } from "../log/entry.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { rosterSchema } from "../roster/roster.ts";
import { readStatement, type StatementOf } from "../statement/read.ts";
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { invariant } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { attachmentSchema } from "./change.ts";
import type { Logged } from "./usage-from-log.ts";

type Submission = StatementOf<"Submission">["message"];
type Transaction = Extract<Entry, { kind: "permit" }>["transaction"];

/** What was signed, by the hash it has on the chain. */
export type SignedInLog = {
  readonly txHash: Bytes32;
  readonly requestId: Bytes32;
  readonly account: Address;
  readonly transaction: Transaction;
  readonly isFiller: boolean;
  readonly submission: Submission;
};

export type Token = { readonly token: Address; readonly chainId: number };

export type LogSide = {
  readonly from: Instant;
  readonly until: Instant;
  readonly tokens: readonly Token[];
  readonly accounts: readonly Address[];
  readonly signed: readonly SignedInLog[];
};

/** What an endpoint shows of one chain, of final blocks between the log's first leaf and its last. */
export type ChainSide = {
  readonly chainId: number;
  readonly events: readonly TokenEvent[];
  /** Of those in the log, the ones that are in such a block. */
  readonly receipts: ReadonlyMap<Bytes32, SeenReceipt>;
  readonly used: readonly UsedNonces[];
};
export type TokenEvent = {
  readonly token: Address;
  readonly txHash: Bytes32;
  readonly blockNumber: number;
  readonly what: string;
};
/** Nonces from `first` up to but not `next` were used in these blocks. */
export type UsedNonces = { readonly account: Address; readonly first: number; readonly next: number };

export type Unmatched = { readonly what: string; readonly why: string };
export type Reconciled = { readonly events: number; readonly nonces: number; readonly unmatched: readonly Unmatched[] };

/** Of at least one leaf, the genesis first; their root the caller has checked. */
export function readLogSide(leaves: readonly Logged[]): LogSide {
  const reading: Reading = {
    submissions: new Map(),
    documents: new Map(),
    permits: new Map(),
    inForce: [],
    signed: [],
  };
  for (const { entry } of leaves) read(reading, entry);
  const [first, last] = [leaves[0], leaves.at(-1)];
  invariant(first !== undefined && last !== undefined, "a log has its genesis");
  return {
    from: first.entry.instant,
    until: last.entry.instant,
    ...watchedBy(reading.inForce),
    signed: reading.signed,
  };
}

type Reading = {
  readonly submissions: Map<Bytes32, Submission>;
  readonly documents: Map<Bytes32, Json>;
  readonly permits: Map<Bytes32, Extract<Entry, { kind: "permit" | "filler" }>>;
  readonly inForce: Json[];
  readonly signed: SignedInLog[];
};

function read({ submissions, documents, permits, inForce, signed }: Reading, entry: Entry): void {
  switch (entry.kind) {
    case "genesis":
      inForce.push(toWire(entry.file.genesis.roster), ...entry.file.policies.map(toWire));
      return;
    case "statement":
      readSaid(entry, submissions, documents);
      return;
    case "activation":
      inForce.push(documents.get(entry.document) ?? null);
      return;
    case "permit":
    case "filler":
      permits.set(entry.digest, entry);
      return;
    case "signature": {
      const permit = permits.get(entry.digest);
      const submission = submissions.get(entry.requestId);
      if (permit === undefined || submission === undefined) return;
      const { transaction, requestId } = permit;
      const isFiller = permit.kind === "filler";
      signed.push({ txHash: entry.txHash, requestId, account: submission.account, transaction, isFiller, submission });
      return;
    }
    default:
      return;
  }
}

function readSaid(
  { statement, attachment }: Extract<Entry, { kind: "statement" }>,
  submissions: Map<Bytes32, Submission>,
  documents: Map<Bytes32, Json>,
): void {
  if (statement.kind === "Submission") {
    const read = readStatement(statement);
    if (read.kind === "Submission") submissions.set(read.message.requestId, read.message);
  }
  if (statement.kind !== "PolicyChange" && statement.kind !== "RosterChange") return;
  const { document } = attachmentSchema.parse(toWire(attachment));
  documents.set(documentHash(document), document);
}

/** Of every document that ever was in force: a key that left is still one that may be stolen. */
function watchedBy(documents: readonly Json[]): Pick<LogSide, "tokens" | "accounts"> {
  const tokens = new Map<string, Token>();
  const accounts = new Set<Address>();
  for (const document of documents) {
    const roster = rosterSchema.safeParse(document);
    if (roster.success) for (const { account } of roster.data.keys) accounts.add(account);
    else if (document !== null) {
      const { chain, address: token } = readPolicyDocument(document).token;
      tokens.set(`${String(chain)} ${token}`, { token, chainId: chain });
    }
  }
  return { tokens: [...tokens.values()], accounts: [...accounts] };
}

/** Everything that has no leaf, or whose leaf says otherwise. */
export function reconcile(log: LogSide, chain: ChainSide): Reconciled {
  const ours = new Map(
    log.signed.flatMap((one) => (one.transaction.chainId === chain.chainId ? [[one.txHash, one]] : [])),
  );
  const strangers = chain.events.flatMap(({ token, txHash, blockNumber, what }): Unmatched[] => {
    if (ours.has(txHash)) return [];
    const named = `${what} of ${token} in block ${blockNumber}`;
    return [{ what: named, why: `transaction ${txHash} is in no leaf of the log` }];
  });
  const others = [...ours.values()].flatMap((one) => differing(one, chain.receipts.get(one.txHash)));
  const stolen = chain.used.flatMap((used) => unsignedNonces(used, [...ours.values()], chain.receipts));
  const nonces = chain.used.reduce((sum, { first, next }) => sum + Math.max(0, next - first), 0);
  return { events: chain.events.length, nonces, unmatched: [...strangers, ...others, ...stolen] };
}

function differing(
  { txHash, requestId, isFiller, submission, transaction }: SignedInLog,
  receipt: SeenReceipt | undefined,
): Unmatched[] {
  if (receipt === undefined || isFiller) return [];
  const outcome = compare(receipt, submission, transaction.to);
  if (outcome.kind !== "mismatch") return [];
  const why = `${outcome.field} is ${outcome.seen}, not ${outcome.expected} as request ${requestId} has it`;
  return [{ what: `transaction ${txHash} in block ${receipt.blockNumber}`, why }];
}

function unsignedNonces(
  { account, first, next }: UsedNonces,
  ours: readonly SignedInLog[],
  receipts: ReadonlyMap<Bytes32, SeenReceipt>,
): Unmatched[] {
  const mine = ours.filter((one) => one.account === account);
  const landed = new Set(mine.flatMap(({ txHash, transaction }) => (receipts.has(txHash) ? [transaction.nonce] : [])));
  const signed = new Set(mine.map(({ transaction }) => transaction.nonce));
  const missing = Array.from({ length: Math.max(0, next - first) }, (_, i) => first + i).filter((n) => !landed.has(n));
  return missing.map((nonce) => ({
    what: `nonce ${nonce} of ${account}`,
    why: signed.has(nonce)
      ? "it was used by another transaction than those that the log has signatures of"
      : "it was used, and no leaf of the log has a signature on it",
  }));
}
