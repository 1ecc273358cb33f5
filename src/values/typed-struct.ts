/** EIP-712 hashes of flat structs: each field is one word of 32 bytes, so that encoding is a table and not a library's tree. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { utf8 } from "./digest.ts";
import { InvariantViolation } from "./errors.ts";
import { concat, toBytes, type Hex } from "./hex.ts";

/** A field as wallets take it; only the types below have an encoding here. */
export type TypedField = { readonly name: string; readonly type: string };

/** hashStruct of one type: takes parsed values or their JSON form, ignores other fields, throws on a value of another type. */
export type StructHash = (message: Readonly<Record<string, unknown>>) => Uint8Array;

const wordBytes = 32;

/** `typeHash ‖ word ‖ word …`; the type is encoded once, here, and not for every message. */
export function structHash(name: string, fields: readonly TypedField[]): StructHash {
  const type = `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(",")})`;
  const typeHash = keccak_256(utf8(type));
  const columns = fields.map((field) => ({ name: field.name, encode: encoderOf(field) }));
  return (message) => {
    const words = new Uint8Array(wordBytes * (1 + columns.length));
    words.set(typeHash);
    let at = wordBytes;
    for (const column of columns) {
      const word = column.encode(message[column.name]);
      words.set(word, at + wordBytes - word.length);
      at += wordBytes;
    }
    return keccak_256(words);
  };
}

/** The 32 bytes that a wallet signs for a struct in a domain. */
export function typedDigest(domainSeparator: Uint8Array, struct: Uint8Array): Uint8Array {
  return keccak_256(concat(Uint8Array.of(0x19, 0x01), domainSeparator, struct));
}

/** Answers at most 32 bytes; shorter ones are filled with zeros from the left. */
type Encode = (value: unknown) => Uint8Array;

function encoderOf({ name, type }: TypedField): Encode {
  const refuse = (): never => {
    throw new InvariantViolation(`\`${name}\` is no ${type}`);
  };
  const [, bits] = /^uint([0-9]+)$/.exec(type) ?? [];
  if (bits !== undefined) return (value) => encodeUint(value, BigInt(bits)) ?? refuse();
  switch (type) {
    case "string":
      return (value) => (typeof value === "string" && !surrogate.test(value) ? hashText(value) : refuse());
    case "bytes32":
      return (value) => encodeHex(value, 32) ?? refuse();
    case "address":
      return (value) => encodeHex(value, 20) ?? refuse();
    case "bool":
      return (value) => (typeof value === "boolean" ? Uint8Array.of(value ? 1 : 0) : refuse());
    default:
      throw new InvariantViolation(`no field of type ${type} can be encoded`);
  }
}

/** Half of a pair: text that UTF-8 cannot carry. */
const surrogate = /\p{Surrogate}/u;

/** Hashes of texts by the texts: the statements of one request say the same words again and again. */
const hashes = new Map<string, Uint8Array>();
/** Texts are short (a message has no longer one than 2,000 characters); when there are more, all are hashed anew. */
const hashesMax = 1_000;

function hashText(text: string): Uint8Array {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  const hash = keccak_256(utf8(text));
  if (hashes.size >= hashesMax) hashes.clear();
  hashes.set(text, hash);
  return hash;
}

function encodeHex(value: unknown, bytes: number): Uint8Array | undefined {
  const fits = typeof value === "string" && value.length === 2 + 2 * bytes && /^0x[0-9a-f]+$/.test(value);
  return fits ? toBytes(value as Hex) : undefined;
}

function encodeUint(value: unknown, bits: bigint): Uint8Array | undefined {
  const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
  if (!isWhole && !(typeof value === "string" && /^[0-9]{1,78}$/.test(value))) return undefined;
  const whole = BigInt(value as bigint | number | string);
  if (whole < 0n || whole >> bits !== 0n) return undefined;
  const digits = whole.toString(16);
  return toBytes(`0x${digits.length % 2 === 0 ? digits : `0${digits}`}`);
}
