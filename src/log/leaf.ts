/** A leaf of the log: the canonical JSON bytes of one entry, stored and hashed verbatim. */
import { utf8 } from "../values/digest.ts";
import { InvalidValue, InvariantViolation } from "../values/errors.ts";
import { equalBytes } from "../values/hex.ts";
import { canonical, checkReadable, parseStrict, type Json } from "../values/json.ts";

/** What cannot travel is no leaf: inside a frame of 4 MiB every quotation mark of a leaf takes two characters. */
const maxBytes = 2_000_000;

/** Canonical bytes of an entry; fields that are `undefined` are left out. Throws rather than write what nobody could read back. */
export function encodeLeaf(entry: unknown): Uint8Array {
  const bytes = utf8(canonical(entry));
  checkReadable(entry);
  checkLength(bytes);
  return bytes;
}

/** The JSON of a leaf, only when these bytes are the one way to write it; which entry it is, the caller parses. */
export function decodeLeaf(bytes: Uint8Array): Json {
  checkLength(bytes);
  const entry = parseStrict(text(bytes));
  if (!equalBytes(reencoded(entry), bytes)) throw notCanonical();
  return entry;
}

function checkLength(bytes: Uint8Array): void {
  if (bytes.length > maxBytes) throw new InvalidValue("log.leaf-too-long", "the leaf is longer than two million bytes");
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidValue("log.leaf-not-text", "the leaf is not UTF-8");
  }
}

function reencoded(entry: Json): Uint8Array {
  try {
    return utf8(canonical(entry));
  } catch (error) {
    // Parsed JSON without a canonical form (-0) is bad input here, not a bug of ours.
    if (error instanceof InvariantViolation) throw notCanonical();
    throw error;
  }
}

function notCanonical(): InvalidValue {
  return new InvalidValue("log.leaf-not-canonical", "the leaf is not written in canonical form");
}
