/** Thirty-two bytes: a hash, a request id, an approval id. */
import { InvalidValue } from "./errors.ts";
import { quote, type Hex } from "./hex.ts";

export type Bytes32 = Hex & { readonly brand32: true };

const pattern = /^0x[0-9a-f]{64}$/;

export const zero = `0x${"0".repeat(64)}` as Bytes32;

export function parse(text: unknown): Bytes32 {
  if (typeof text !== "string" || !pattern.test(text)) {
    throw new InvalidValue("value.bytes32", `\`${quote(text)}\` is not 32 bytes of lower-case hex`);
  }
  return text as Bytes32;
}

export function is(text: unknown): text is Bytes32 {
  return typeof text === "string" && pattern.test(text);
}
