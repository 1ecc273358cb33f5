/** What an issuer of claims signs is what its own contract asks for, and whoever signed is found out. */
import { AbiCoder } from "ethers/abi";
import { SigningKey } from "ethers/crypto";
import { hashMessage } from "ethers/hash";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeAbiParameters, hashMessage as viemMessage, keccak256 as viemKeccak, parseAbiParameters } from "viem";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { claimDigest, claimIdOf, claimSigner } from "../../../src/intent/claim.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { parse as parseBytes32 } from "../../../src/values/bytes32.ts";
import { keccak256 } from "../../../src/values/digest.ts";
import { parse as parseHex, toBytes } from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { addressOf, claimKey, claimOf } from "../../place/profiles.ts";

const addresses = fc.stringMatching(/^[0-9a-f]{40}$/).map((digits) => parseAddress(`0x${digits}`));
const topics = fc.bigInt(1n, 2n ** 256n - 1n).map(fromBigInt);
const hashes = fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => parseBytes32(`0x${digits}`));
const abi = AbiCoder.defaultAbiCoder();
const hashed = (encoded: string): string => keccak256(toBytes(parseHex(encoded)));

describe("a claim", () => {
  it("is signed over what ethers and viem make of its identity, topic and data", () => {
    fc.assert(
      fc.property(addresses, topics, hashes, (identity, topic, claim) => {
        const said = hashed(abi.encode(["address", "uint256", "bytes"], [identity, topic, claim]));
        expect(claimDigest(identity, topic, claim)).toBe(hashMessage(toBytes(parseHex(said))));
        const theirs = viemKeccak(
          encodeAbiParameters(parseAbiParameters("address, uint256, bytes"), [identity, topic, claim]),
        );
        expect(claimDigest(identity, topic, claim)).toBe(viemMessage({ raw: theirs }));
      }),
    );
  });

  it("is named by issuer and topic", () => {
    fc.assert(
      fc.property(addresses, topics, (issuer, topic) => {
        expect(claimIdOf(issuer, topic)).toBe(hashed(abi.encode(["address", "uint256"], [issuer, topic])));
      }),
    );
  });
});

describe("whoever signed a claim", () => {
  const identity = addressOf("identity");
  const made = claimOf(identity);
  const given = {
    identity,
    topic: fromBigInt(1n),
    claim: parseBytes32(made["claim"]),
    signature: parseHex(made["signature"]),
  };

  it("is whose key it was", () => {
    expect(claimSigner(given, nobleChecks)).toBe(claimKey.address);
    const other = new SigningKey(account("somebody else").privateKey).sign(
      claimDigest(identity, given.topic, given.claim),
    );
    expect(claimSigner({ ...given, signature: parseHex(other.serialized) }, nobleChecks)).toBe(
      account("somebody else").address,
    );
  });

  it("is somebody else once the claim says anything else", () => {
    const others = [
      { identity: addressOf("another identity") },
      { topic: fromBigInt(2n) },
      { claim: parseBytes32(`0x${"11".repeat(32)}`) },
    ];
    for (const other of others) expect(claimSigner({ ...given, ...other }, nobleChecks)).not.toBe(claimKey.address);
  });

  it("is nobody of half a claim, or of a signature in another spelling", () => {
    for (const name of ["identity", "topic", "claim", "signature"] as const)
      expect(claimSigner({ ...given, [name]: undefined }, nobleChecks)).toBeUndefined();
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const { r, s, v } = {
      r: given.signature.slice(2, 66),
      s: BigInt(`0x${given.signature.slice(66, 130)}`),
      v: Number(`0x${given.signature.slice(130)}`),
    };
    const high = `0x${r}${(order - s).toString(16).padStart(64, "0")}${(55 - v).toString(16)}`;
    const zeroV = `${given.signature.slice(0, 130)}0${String(v - 27)}`;
    for (const signature of [high, zeroV, `0x${"00".repeat(65)}`])
      expect(claimSigner({ ...given, signature: parseHex(signature) }, nobleChecks)).toBeUndefined();
  });
});
