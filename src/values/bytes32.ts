/** Thirty-two bytes: a hash, a request id, an approval id. */
import { InvalidValue } from "./errors.ts";
import { fromBytes as hexOf, quote, type Hex } from "./hex.ts";

export type Bytes32 = Hex & { readonly brand32: true };

const pattern = /^0x[0-9a-f]{64}$/;

export const zero = `0x${"0".repeat(64)}` as Bytes32;

export function parse(text: unknown): Bytes32 {
  if (typeof text !== "string" || !pattern.test(text)) {
    throw new InvalidValue("value.bytes32", `\`${quote(text)}\` is not 32 bytes of lower-case hex`);
  }
  return text as Bytes32;
}

/** Of a hash as bytes; another length is a bug of the caller's. */
export function fromBytes(bytes: Uint8Array): Bytes32 {
  return parse(hexOf(bytes));
}

export function is(text: unknown): text is Bytes32 {
  return typeof text === "string" && pattern.test(text);
}
