/** An Ethereum account or contract, kept in lower case and shown with its EIP-55 checksum. */
import { keccak256, utf8 } from "./digest.ts";
import { InvalidValue } from "./errors.ts";
import { quote, toBytes, type Hex } from "./hex.ts";

export type Address = Hex & { readonly brandAddress: true };

export const zero = `0x${"0".repeat(40)}` as Address;

/** Accepts all lower case, or mixed case with a right EIP-55 checksum; anything else may be a slip of the hand and is refused. */
export function parse(text: unknown): Address {
  if (typeof text !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new InvalidValue("value.address", `\`${quote(text)}\` is not an address of 20 bytes`);
  }
  const lower = text.toLowerCase() as Address;
  if (text !== lower && text !== checksum(lower)) {
    throw new InvalidValue("value.address-checksum", `\`${text}\` has a wrong EIP-55 checksum`);
  }
  return lower;
}

/** EIP-55. */
export function checksum(address: Address): string {
  const hash = keccak256(utf8(address.slice(2)));
  let out = "0x";
  for (let i = 0; i < 40; i += 1) {
    const digit = address.charAt(i + 2);
    out += Number.parseInt(hash.charAt(i + 2), 16) >= 8 ? digit.toUpperCase() : digit;
  }
  return out;
}

/** The last 20 bytes of the Keccak-256 of the 64-byte point (Yellow Paper, appendix F). */
export function fromPublicKey(uncompressed: Hex): Address {
  return fromPoint(toBytes(uncompressed));
}

/** The same of the bytes of a public key. */
export function fromPoint(bytes: Uint8Array): Address {
  if (bytes.length !== 65 || bytes[0] !== 4) {
    throw new InvalidValue("value.public-key", "the public key is not 65 bytes beginning with 0x04");
  }
  return `0x${keccak256(bytes.subarray(1)).slice(-40)}` as Address;
}
