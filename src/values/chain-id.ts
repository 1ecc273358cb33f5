/** The EIP-155 number of a chain. */
import { InvalidValue } from "./errors.ts";
import { quote } from "./hex.ts";

export type ChainId = number & { readonly brandChain: true };

export function parse(value: unknown): ChainId {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidValue("value.chain-id", `\`${quote(value)}\` is not a chain id`);
  }
  return value as ChainId;
}
