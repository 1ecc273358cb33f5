/** A token of each standard as a policy pins it, and everything that must be observed for an operation on it. */
import { SigningKey } from "ethers/crypto";
import type { Registries } from "../../src/evidence/registries.ts";
import * as subject from "../../src/evidence/subject.ts";
import { claimDigest } from "../../src/intent/claim.ts";
import type { Operation } from "../../src/intent/operation.ts";
import type { Standard } from "../../src/intent/standard.ts";
import type { Asked } from "../../src/policy/asked.ts";
import { needsOf, type Needing } from "../../src/policy/profile.ts";
import { parse as parseAddress, type Address } from "../../src/values/address.ts";
import { fromBigInt } from "../../src/values/amount.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { account } from "./account.ts";

/** An address that is a function of a word. */
export const addressOf = (word: string): Address => parseAddress(`0x${sha256(utf8(`address ${word}`)).slice(-40)}`);

const part = (name: string): { address: Address; implementation: Address } => ({
  address: addressOf(name),
  implementation: addressOf(`${name} implementation`),
});

export const registries = {
  identity: part("registry"),
  storage: part("storage"),
  topics: part("topics"),
  issuers: part("issuers"),
  compliance: part("compliance"),
  modules: [addressOf("supply limit")],
  claims: ["1"],
  trusted: [{ issuer: addressOf("claim issuer"), topics: ["1"] }],
} satisfies Registries;

const claimSigners = [{ issuer: addressOf("claim issuer"), signers: [account("the key of the claim issuer").address] }];
export const identityCode = `0x${"1d".repeat(32)}`;

/** Who signs for the claim issuer. */
export const claimKey = account("the key of the claim issuer");

/** What a claim says of whoever this identity speaks for, under the issuer's signature. */
export function claimOf(
  identity: Address,
  { issuer = addressOf("claim issuer"), topic = 1n } = {},
): Readonly<Record<string, unknown>> {
  const claim = sha256(utf8(`what was seen of ${identity}, and salt`));
  const digest = claimDigest(identity, fromBigInt(topic), claim);
  const { serialized } = new SigningKey(claimKey.privateKey).sign(digest);
  return { identity, issuer, topic: topic.toString(), claim, signature: serialized };
}

/** By 0.42 %, at the beginning of 2030. */
export const raise = {
  newMultiplier: "1004200000000000000",
  oldMultiplier: "1000000000000000000",
  activationTime: 1_893_456_000,
} as const;

/** The further arguments of an operation, as they should be. */
export function furtherFor(operation: Operation): Readonly<Record<string, unknown>> {
  if (operation === "forcedTransfer") return { from: addressOf("holder") };
  if (operation === "registerIdentity") return { identity: addressOf("identity"), country: 756 };
  if (operation === "raiseMultiplier") return raise;
  const { claim, signature, ...named } = claimOf(addressOf("identity"));
  if (operation === "addClaim") return { ...named, claim, signature };
  return operation === "removeClaim" ? named : {};
}

/** Whom a token of shares asks who is stopped. */
export const sanctions = addressOf("list of sanctions");

type Written = Readonly<Record<string, unknown>>;

/** The token of a policy, made one of another standard at the same address. */
export function tokenOf(standard: Standard, token: Written): Written {
  const whole = { ...token, standard };
  if (standard === "backed-token")
    return { ...whole, sanctions, multiplier: { rise: "0.01", ahead: "7300d", late: "1h" } };
  if (standard !== "erc3643") return whole;
  return { ...whole, implementation: addressOf("token implementation"), registries, identityCode, claimSigners };
}

export type Sight = { readonly subject: string; readonly fact: subject.FactName; readonly value: string };

/** Beside code, supply, pause and nonce: what an operation needs, as it should be. */
export function goodSights(policy: Needing, asked: Asked): readonly Sight[] {
  const { implementation, address } = policy.token;
  const behind = implementation && {
    subject: subject.token(address),
    fact: "implementation" as const,
    value: implementation,
  };
  return [
    ...(behind === undefined ? [] : [behind]),
    ...needsOf(policy, asked).map((need) => ({ subject: need.subject, fact: need.fact, value: need.good })),
  ];
}
