/** Ledger's Ethereum app as commands see it: what is asked, what stands on the screen, and what a person then does. */
import { createHash } from "node:crypto";
import { keccak256 } from "ethers";
import { answer, readCommand, Reader, status, StatusWord, type Command } from "./apdu.ts";
import { readAuthorization } from "./authorization.ts";
import { approving, Gone, type Deed, type Review } from "./review.ts";
import type { Settings, Told } from "./settings.ts";
import { TokenInfo } from "./token-info.ts";
import { IncomingTransaction } from "./transaction.ts";
import { TypedData } from "./typed-data.ts";
import { createWallet, readPath, speculosWords, type DeviceKey, type Path } from "./wallet.ts";

const instruction = {
  address: 0x02,
  transaction: 0x04,
  configuration: 0x06,
  message: 0x08,
  token: 0x0a,
  typedData: 0x0c,
  define: 0x1a,
  fill: 0x1c,
  challenge: 0x20,
  authorization: 0x34,
} as const;

/** Plugins, tokens without a name, filters, names: taken and not looked at. */
const taken = [0x12, 0x14, 0x16, 0x1e, 0x22];
/** A command on these while a review is on the screen ends the app. */
const harmless: readonly number[] = [instruction.configuration, instruction.challenge];

type Message = { readonly path: Path; readonly length: number; readonly parts: Buffer[] };
type Pending = { readonly review: Review; readonly settle: (deed: Exclude<Deed, "ignore">) => void };

export class EthereumApp {
  readonly settings: Settings;
  /** Every command since the start. */
  readonly heard: Buffer[] = [];
  readonly #keyAt: (path: Path) => DeviceKey;
  readonly #tokens = new TokenInfo();
  #transaction: IncomingTransaction | undefined;
  #message: Message | undefined;
  #typed: TypedData | undefined;
  #pending: Pending | undefined;
  #gone = false;
  readonly #leave: (() => void)[] = [];
  #challenges = 0;

  constructor({ words = speculosWords, password = "", ...told }: Told = {}) {
    this.#keyAt = createWallet(words, password);
    this.settings = {
      app: "Ethereum",
      version: [1, 22, 0],
      locked: false,
      blindSigning: true,
      alwaysHash: true,
      smartAccounts: false,
      delegates: [],
      otherAppWord: status.otherClass,
      person: approving,
      bend: (bytes) => bytes,
      ...told,
    };
  }

  /** What is on the screen. */
  review(): Review | undefined {
    return this.#pending?.review;
  }

  /** A person does at last what they did not do when the review came up. */
  press(deed: "approve" | "reject"): void {
    this.#pending?.settle(deed);
  }

  /** The cable is pulled, or the app died: whoever reads gets an error from now on. */
  unplug(): void {
    this.#gone = true;
    this.#pending = undefined;
    for (const leave of this.#leave.splice(0)) leave();
  }

  /** Plugged in again: the app is open and remembers nothing. */
  plugIn(): void {
    this.#gone = false;
    this.#forget();
  }

  isGone(): boolean {
    return this.#gone;
  }

  /** One command; the promise stays open for as long as a person looks at the screen, and rejects with `Gone`. */
  async exchange(apdu: Uint8Array): Promise<Buffer> {
    if (this.#gone) throw new Gone();
    this.heard.push(Buffer.from(apdu));
    const left = new Promise<never>((_, reject) => {
      this.#leave.push(() => {
        reject(new Gone());
      });
    });
    left.catch(() => undefined);
    return Promise.race([left, this.#answer(apdu)]);
  }

  async #answer(apdu: Uint8Array): Promise<Buffer> {
    try {
      return await this.#carryOut(readCommand(apdu));
    } catch (error) {
      if (!(error instanceof StatusWord)) throw error;
      this.#forget();
      return answer(undefined, error.word);
    }
  }

  async #carryOut(command: Command): Promise<Buffer> {
    const { app, version, locked, otherAppWord } = this.settings;
    const { cla, ins, p1, p2, data } = command;
    if (locked) throw new StatusWord(status.locked);
    if (cla === 0xb0 && ins === 0x01) {
      this.#drownReview();
      const text = (value: string): Buffer => Buffer.from([value.length, ...Buffer.from(value)]);
      return answer(Buffer.concat([Buffer.from([1]), text(app), text(version.join(".")), Buffer.from([1, 0])]));
    }
    if (app !== "Ethereum") throw new StatusWord(otherAppWord);
    if (cla !== 0xe0) throw new StatusWord(status.otherClass);
    this.#meetReview(ins);
    switch (ins) {
      case instruction.address:
        return this.#address(p1, p2, new Reader(data));
      case instruction.transaction:
        return this.#sign(p1, p2, data);
      case instruction.configuration:
        return answer(Buffer.from([this.settings.blindSigning ? 3 : 2, ...version]));
      case instruction.message:
        return this.#signMessage(p1, data);
      case instruction.token:
        return answer(this.#tokens.add(data));
      case instruction.typedData:
        return this.#signTyped(p2, new Reader(data));
      case instruction.define:
        this.#typed ??= new TypedData();
        this.#typed.define(p2, data);
        return answer();
      case instruction.fill:
        if (this.#typed === undefined) throw new StatusWord(status.badData);
        this.#typed.fill(p1, p2, data, this.settings.blindSigning);
        return answer();
      case instruction.challenge:
        this.#challenges += 1;
        return answer(
          createHash("sha256")
            .update(`challenge ${String(this.#challenges)}`)
            .digest()
            .subarray(0, 4),
        );
      case instruction.authorization:
        return this.#authorize(new Reader(data));
      default:
        if (taken.includes(ins)) return answer();
        throw new StatusWord(status.unknownInstruction);
    }
  }

  #address(p1: number, p2: number, reader: Reader): Promise<Buffer> | Buffer {
    if (p1 > 1 || p2 > 1) throw new StatusWord(status.badParameter);
    const key = this.#keyAt(readPath(reader));
    if (reader.left() === 8) reader.take(8);
    if (reader.left() > 0) throw new StatusWord(status.badData);
    const told = Buffer.concat([
      Buffer.from([65]),
      key.publicKey,
      Buffer.from([40]),
      Buffer.from(key.address.slice(2), "ascii"),
      p2 === 1 ? key.chainCode : Buffer.alloc(0),
    ]);
    if (p1 === 0) return answer(told);
    return this.#show({ kind: "address", screens: [["Address", key.address]] }, () => answer(told));
  }

  #sign(p1: number, p2: number, data: Buffer): Promise<Buffer> | Buffer {
    if ((p1 !== 0x00 && p1 !== 0x80) || p2 !== 0) throw new StatusWord(status.badParameter);
    const reader = new Reader(data);
    if (p1 === 0x00) {
      const rules = {
        isBlind: this.settings.blindSigning,
        knowsToken: (address: string, chainId: number) => this.#tokens.knows(address, chainId),
      };
      this.#transaction = new IncomingTransaction(readPath(reader), rules);
    }
    const incoming = this.#transaction;
    if (incoming === undefined) throw new StatusWord(status.conditions);
    if (!incoming.add(reader.rest())) return answer();
    this.#transaction = undefined;
    const digest = keccak256(incoming.bytes());
    const key = this.#keyAt(incoming.path);
    return this.#show(
      { kind: "transaction", digest, screens: incoming.screens(digest, this.settings.alwaysHash) },
      () =>
        this.#signature(key, digest, (parity) =>
          incoming.type() === 0 ? legacyV(incoming.chainId(), parity) : parity,
        ),
    );
  }

  #signMessage(p1: number, data: Buffer): Promise<Buffer> | Buffer {
    const reader = new Reader(data);
    if (p1 === 0x00) {
      if (this.#message !== undefined) throw new StatusWord(status.conditions);
      this.#message = { path: readPath(reader), length: reader.u32(), parts: [] };
    } else if (p1 !== 0x80) throw new StatusWord(status.badParameter);
    if (this.#message === undefined) throw new StatusWord(status.badData);
    const { path, length, parts } = this.#message;
    parts.push(reader.rest());
    const text = Buffer.concat(parts);
    if (text.length > length) throw new StatusWord(status.badData);
    if (text.length < length) return answer();
    this.#message = undefined;
    const head = Buffer.from(`\u0019Ethereum Signed Message:\n${String(length)}`);
    const digest = keccak256(Buffer.concat([head, text]));
    return this.#show({ kind: "message", digest, screens: [["Message", text.toString("utf8")]] }, () =>
      this.#signature(this.#keyAt(path), digest, (parity) => 27 + parity),
    );
  }

  #signTyped(p2: number, reader: Reader): Promise<Buffer> | Buffer {
    const key = this.#keyAt(readPath(reader));
    if (p2 === 0x00) {
      if (!this.settings.blindSigning) throw new StatusWord(status.badData);
      const hashes = reader.take(64);
      const digest = keccak256(Buffer.concat([Buffer.from("1901", "hex"), hashes]));
      const screens: [string, string][] = [
        ["Domain hash", hashes.subarray(0, 32).toString("hex")],
        ["Message hash", hashes.subarray(32).toString("hex")],
      ];
      return this.#show({ kind: "typed-data", digest, screens }, () =>
        this.#signature(key, digest, (parity) => 27 + parity),
      );
    }
    if (p2 !== 0x01) throw new StatusWord(status.badParameter);
    if (this.#typed === undefined) throw new StatusWord(status.conditions);
    const { digest, screens } = this.#typed.finish();
    this.#typed = undefined;
    return this.#show({ kind: "typed-data", digest, screens }, () =>
      this.#signature(key, digest, (parity) => 27 + parity),
    );
  }

  #authorize(reader: Reader): Promise<Buffer> {
    const key = this.#keyAt(readPath(reader));
    const { digest, screens } = readAuthorization(reader, this.settings);
    return this.#show({ kind: "authorization", digest, screens }, () =>
      this.#signature(key, digest, (parity) => parity),
    );
  }

  #signature(key: DeviceKey, digest: string, v: (parity: 0 | 1) => number): Buffer {
    const { rs, parity } = key.sign(digest);
    return this.settings.bend(answer(Buffer.concat([Buffer.from([v(parity)]), rs])));
  }

  /** On the screen until somebody does something. */
  #show(review: Review, agreed: () => Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      const settle = (deed: Exclude<Deed, "ignore">): void => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        if (deed === "unplug") this.unplug();
        else resolve(deed === "approve" ? agreed() : answer(undefined, status.rejected));
      };
      const pending: Pending = { review, settle };
      this.#pending = pending;
      const deed = this.settings.person(review);
      // A person is never as quick as the cable.
      if (deed !== "ignore") setImmediate(settle, deed);
    });
  }

  /** As the real app behaves: a second signing takes the screen, and the first one is never answered; most else crashes it. */
  #meetReview(ins: number): void {
    if (this.#pending === undefined) return;
    if (harmless.includes(ins)) this.#drownReview();
    else if (ins === instruction.transaction || ins === instruction.message || ins === instruction.typedData)
      this.#pending = undefined;
    else {
      this.unplug();
      throw new Gone();
    }
  }

  /** It is answered, and the review's own answer is lost with it. */
  #drownReview(): void {
    this.#pending = undefined;
  }

  #forget(): void {
    this.#transaction = undefined;
    this.#message = undefined;
    this.#typed = undefined;
  }
}

/** One byte of EIP-155: the first four bytes of the chain id, doubled, and 35. */
export function legacyV(chainId: Buffer, parity: 0 | 1): number {
  const first = chainId.length === 0 ? 0 : chainId.readUIntBE(0, Math.min(4, chainId.length));
  return (first * 2 + 35 + parity) % 256;
}
