/** A transaction as it comes in chunks: its type, when it is whole, and what of it may be signed unseen. */
import { status, StatusWord } from "./apdu.ts";
import { readPartialList, type PartialItem } from "./partial-rlp.ts";
import type { Path } from "./wallet.ts";

/** Where a type keeps its recipient; value and data follow. */
const places: Readonly<Record<number, { readonly chainId: number; readonly to: number }>> = {
  0: { chainId: 6, to: 3 },
  1: { chainId: 0, to: 4 },
  2: { chainId: 0, to: 5 },
  4: { chainId: 0, to: 5 },
};

export type Rules = {
  readonly isBlind: boolean;
  readonly knowsToken: (address: string, chainId: number) => boolean;
};

const tokenCalls = ["a9059cbb", "095ea7b3"];

export class IncomingTransaction {
  readonly path: Path;
  readonly #rules: Rules;
  #bytes = Buffer.alloc(0);

  constructor(path: Path, rules: Rules) {
    this.path = path;
    this.#rules = rules;
  }

  bytes(): Buffer {
    return this.#bytes;
  }

  /** True once it is whole. Throws as soon as what is there may not be signed. */
  add(chunk: Buffer): boolean {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length === 0) throw new StatusWord(status.badData);
    const type = this.type();
    const { items, isWhole } = readPartialList(type === 0 ? this.#bytes : this.#bytes.subarray(1));
    const place = places[type];
    if (place === undefined) throw new StatusWord(status.otherType);
    this.#judge(items, place);
    // A legacy list of six is not refused: the app goes on waiting for the chain id.
    return isWhole && (type !== 0 || items.length === 9);
  }

  /** The first byte of a list is above 0x7f. */
  type(): number {
    const [first = 0xff] = this.#bytes;
    return first > 0x7f ? 0 : first;
  }

  chainId(): Buffer {
    return this.#item(places[this.type()]?.chainId ?? 0).content;
  }

  screens(hash: string, alwaysHash: boolean): [string, string][] {
    const to = places[this.type()]?.to ?? 0;
    const data = this.#item(to + 2);
    const isBlind = data.length > 0;
    return [
      ["Review transaction", isBlind ? "Blind signing ahead" : "to send ETH"],
      ["Amount", BigInt(`0x0${this.#item(to + 1).content.toString("hex")}`).toString()],
      ["To", `0x${this.#item(to).content.toString("hex")}`],
      ...(isBlind || alwaysHash ? [["Tx hash", hash] satisfies [string, string]] : []),
    ];
  }

  #judge(items: readonly PartialItem[], { to }: { readonly chainId: number; readonly to: number }): void {
    const [recipient, value, data] = items.slice(to, to + 3);
    if (recipient === undefined || value === undefined || data === undefined || data.length === 0) return;
    if (data.content.length < Math.min(4, data.length)) return;
    if (tokenCalls.includes(data.content.subarray(0, 4).toString("hex"))) {
      if (value.length > 0) throw new StatusWord(status.badData);
      if (this.#isKnownToken(items, recipient)) return;
    }
    if (!this.#rules.isBlind) throw new StatusWord(status.badData);
  }

  /** A legacy transaction names its chain last, so the token's address must do. */
  #isKnownToken(items: readonly PartialItem[], recipient: PartialItem): boolean {
    const chain = this.type() === 0 ? 0 : BigInt(`0x0${items[0]?.content.toString("hex") ?? ""}`);
    return this.#rules.knowsToken(recipient.content.toString("hex"), Number(chain));
  }

  #item(index: number): PartialItem {
    const { items } = readPartialList(this.type() === 0 ? this.#bytes : this.#bytes.subarray(1));
    const item = items[index];
    if (item === undefined) throw new StatusWord(status.badData);
    return item;
  }
}
