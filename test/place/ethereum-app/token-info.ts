/** ERC-20 token entries: signed by Ledger, kept in five slots until the app ends. */
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { Reader, status, StatusWord } from "./apdu.ts";

/** The key of the app that checks them (ethapp.adoc), as an uncompressed point. */
const point =
  "045e6c1020c14dc46442fe89f97c0b68cdb15976dc24f24c316e7b30fe4e8cc76b" +
  "1489150c21514ebf440ff5dea5393d83de5358cd098fce8fd0f81daa94979183";

const slots = 5;

export class TokenInfo {
  readonly #tokens: string[] = [];
  #next = 0;

  /** `len ticker | address | decimals | chainId | DER signature`; answers the slot. */
  add(data: Buffer): Buffer {
    const reader = new Reader(data);
    const ticker = reader.take(reader.u8());
    const entry = reader.take(28);
    if (!verify("sha256", Buffer.concat([ticker, entry]), { key: key(), dsaEncoding: "der" }, reader.rest()))
      throw new StatusWord(status.badData);
    const slot = this.#next;
    this.#tokens[slot] = nameOf(entry.subarray(0, 20).toString("hex"), entry.readUInt32BE(24));
    this.#next = (slot + 1) % slots;
    return Buffer.from([slot]);
  }

  knows(address: string, chainId: number): boolean {
    return this.#tokens.some((one) => one === nameOf(address, chainId) || (chainId === 0 && one.startsWith(address)));
  }
}

function nameOf(address: string, chainId: number): string {
  return `${address}@${String(chainId)}`;
}

/** SubjectPublicKeyInfo of secp256k1. */
const spkiHead = "3056301006072a8648ce3d020106052b8104000a034200";

function key(): KeyObject {
  return createPublicKey({ key: Buffer.from(spkiHead + point, "hex"), format: "der", type: "spki" });
}
