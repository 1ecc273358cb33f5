/** A claim of ONCHAINID (ERC-735): its name on the identity contract, and what its issuer signs. */
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as bytes32 from "../values/bytes32.ts";
import { keccak256, utf8 } from "../values/digest.ts";
import { concat, parse as parseHex, toBytes, type Hex } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { FurtherArguments } from "./further-argument.ts";

/** Keccak-256 of the ABI encoding of (issuer, topic): an identity has one claim of an issuer about a topic. */
export function claimIdOf(issuer: Address, topic: Amount): Bytes32 {
  return hashOf(word(issuer), word(topic));
}

/** Keccak-256 of the ABI encoding of (identity, topic, data), under the prefix of a personal message (EIP-191, version 0x45). */
export function claimDigest(identity: Address, topic: Amount, claim: Bytes32): Bytes32 {
  const said = hashOf(word(identity), word(topic), word(0x60n), word(32n), claim.slice(2));
  return keccak256(concat(utf8("\x19Ethereum Signed Message:\n32"), toBytes(said)));
}

/** Whose key signed the claim; undefined for what is no claim, and for a signature that is none or has another spelling. */
export function claimSigner(
  { identity, topic, claim, signature }: FurtherArguments,
  { recoverSecp256k1 }: Pick<SignatureChecks, "recoverSecp256k1">,
): Address | undefined {
  if (identity === undefined || topic === undefined || claim === undefined || signature === undefined) return undefined;
  return recoverSecp256k1(toBytes(claimDigest(identity, topic, claim)), toBytes(signature));
}

function word(value: bigint | Hex): string {
  return (typeof value === "bigint" ? value.toString(16) : value.slice(2)).padStart(64, "0");
}

function hashOf(...words: readonly string[]): Bytes32 {
  return bytes32.parse(keccak256(toBytes(parseHex(`0x${words.join("")}`))));
}
