/** The two hash functions of the house: SHA-256 for documents and the log, Keccak-256 where Ethereum wants it. */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { fromBytes } from "./hex.ts";
import type { Bytes32 } from "./bytes32.ts";

export function sha256(bytes: Uint8Array): Bytes32 {
  return fromBytes(nobleSha256(bytes)) as Bytes32;
}

export function keccak256(bytes: Uint8Array): Bytes32 {
  return fromBytes(keccak_256(bytes)) as Bytes32;
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
