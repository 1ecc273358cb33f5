/** The lanes of a whole log, looked at again: nonces without a gap, nothing signed on one but its request's transaction or what closes it, and one release of a burn. */
import { attach, digest as digestOf } from "../chain/transaction.ts";
import type { Entry } from "../log/entry.ts";
import { readStatement } from "../statement/read.ts";
import type { Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { concat, toBytes } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { isFiller } from "./filler.ts";
import type { Logged } from "./usage-from-log.ts";

export type LaneFault = { readonly leaf: number; readonly requestId: Bytes32; readonly why: string };

export type Lanes = {
  readonly lanes: number;
  readonly nonces: number;
  /** Nonces that a filler used, finally. */
  readonly closed: number;
  /** Burns for which what backed the tokens was released. */
  readonly released: number;
  readonly faults: readonly LaneFault[];
};

/** Of leaves whose root the caller has checked. */
export function checkLanes(leaves: Iterable<Logged>, checks: Pick<SignatureChecks, "recoverSecp256k1">): Lanes {
  const walk = new Walk(checks);
  for (const leaf of leaves) walk.read(leaf);
  return walk;
}

type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
type Permit = EntryOf<"permit"> | EntryOf<"filler">;

/** What the log says of one nonce. */
type Slot = {
  readonly account: Address;
  readonly chainId: number;
  readonly nonce: number;
  readonly permits: Permit[];
  readonly signed: Map<Bytes32, Permit["kind"]>;
  /** The last leaf by which something of the request's own was permitted or signed. */
  used: number;
  /** The transaction that did what was approved, finally. */
  done?: Bytes32;
};

class Walk implements Lanes {
  readonly faults: LaneFault[] = [];
  nonces = 0;
  closed = 0;
  released = 0;
  readonly #checks: Pick<SignatureChecks, "recoverSecp256k1">;
  readonly #highest = new Map<string, number>();
  readonly #slots = new Map<Bytes32, Slot>();
  readonly #burns = new Set<Bytes32>();
  /** Statements by which somebody cancelled a request, by their own hash. */
  readonly #cancellations = new Map<Bytes32, { readonly requestId: Bytes32; readonly leaf: number }>();

  constructor(checks: Pick<SignatureChecks, "recoverSecp256k1">) {
    this.#checks = checks;
  }

  get lanes(): number {
    return this.#highest.size;
  }

  read({ index, entry }: Logged): void {
    const why = this.#wrong(index, entry);
    if (why !== undefined && "requestId" in entry) this.faults.push({ leaf: index, requestId: entry.requestId, why });
  }

  #wrong(index: number, entry: Entry): string | undefined {
    switch (entry.kind) {
      case "statement":
        this.#hear(index, entry);
        return undefined;
      case "allocation":
        return this.#allocate(entry);
      case "permit":
      case "filler":
        return this.#permit(index, entry);
      case "signature":
        return this.#sign(index, entry);
      case "outcome":
        return this.#end(entry);
      case "release":
        return this.#release(entry);
      default:
        return undefined;
    }
  }

  #allocate({ requestId, chainId, account, nonce }: EntryOf<"allocation">): string | undefined {
    const lane = `${chainId} ${account}`;
    const before = this.#highest.get(lane);
    if (this.#slots.has(requestId)) return "the request has a nonce already";
    this.#highest.set(lane, Math.max(nonce, before ?? 0));
    this.#slots.set(requestId, { account, chainId, nonce, permits: [], signed: new Map(), used: -1 });
    this.nonces += 1;
    // The first nonce of a lane is what the observers saw then.
    return before === undefined || nonce === before + 1 ? undefined : `nonce ${nonce} does not follow ${before}`;
  }

  #permit(index: number, entry: Permit): string | undefined {
    const slot = this.#slots.get(entry.requestId);
    if (slot === undefined) return "the request has no nonce";
    const { transaction, digest } = entry;
    const { permits, account } = slot;
    permits.push(entry);
    if (transaction.nonce !== slot.nonce || transaction.chainId !== slot.chainId) return "it is of another nonce";
    if (digestOf(transaction) !== digest) return "the digest is not the transaction's";
    if (entry.kind === "filler") {
      if (!isFiller(transaction, account)) return "a filler sends nothing to its own account";
      return this.#mayClose(slot, entry);
    }
    slot.used = index;
    return permits.some(({ kind }) => kind === "filler") ? "a filler closes this nonce already" : undefined;
  }

  #hear(leaf: number, { statement }: EntryOf<"statement">): void {
    if (statement.kind !== "Cancellation") return;
    const { kind, hash, message } = readStatement(statement);
    if (kind === "Cancellation") this.#cancellations.set(hash, { requestId: message.requestId, leaf });
  }

  /**
   * Beside a signature a filler names who overruled it, and nothing of the request comes after the last of them; that they filled the
   * seats, the request's bundle shows.
   */
  #mayClose({ signed, used }: Slot, { requestId, code, statements }: EntryOf<"filler">): string | undefined {
    const said = statements.map((statement) => this.#cancellations.get(statement));
    const isCancelled =
      code === "gate.cancelled" && said.length > 0 && said.every((one) => one?.requestId === requestId);
    if (isCancelled && used > Math.max(...said.map((one) => one?.leaf ?? 0)))
      return "something was permitted or signed after it was cancelled";
    const isSigned = [...signed.values()].includes("permit");
    return isCancelled || !isSigned ? undefined : "the request was signed before, and nobody cancelled it";
  }

  #sign(index: number, { requestId, digest, r, s, yParity, txHash }: EntryOf<"signature">): string | undefined {
    const slot = this.#slots.get(requestId);
    const permit = slot?.permits.find((one) => one.digest === digest);
    if (slot === undefined || permit === undefined) return "nothing permitted this signature";
    if (permit.kind === "permit" && slot.permits.some(({ kind }) => kind === "filler"))
      return "a filler closes this nonce already";
    if (permit.kind === "permit") slot.used = index;
    slot.signed.set(txHash, permit.kind);
    const bytes = concat(toBytes(r), toBytes(s), Uint8Array.of(27 + yParity));
    if (this.#checks.recoverSecp256k1(toBytes(digest), bytes) !== slot.account) return "the account did not sign it";
    const { hash } = attach(permit.transaction, { r, s, yParity });
    return hash === txHash ? undefined : "the signed transaction has another hash";
  }

  #release({ requestId, burn }: EntryOf<"release">): string | undefined {
    if (this.#burns.has(burn)) return "this burn was released before";
    this.#burns.add(burn);
    this.released += 1;
    return this.#slots.get(requestId)?.done === burn ? undefined : "its burn is not final";
  }

  #end({ requestId, txHash, status }: EntryOf<"outcome">): string | undefined {
    const slot = this.#slots.get(requestId);
    const kind = slot?.signed.get(txHash);
    if (slot === undefined || kind === undefined) return "the transaction was not signed for this request";
    if (status === "success") slot.done = txHash;
    if (kind === "filler") this.closed += 1;
    return (status === "closed") === (kind === "filler") ? undefined : `a ${kind} does not end as ${status}`;
  }
}
