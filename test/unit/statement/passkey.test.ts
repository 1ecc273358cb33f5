/** Assertions that a browser made hold, and everything a dishonest page or authenticator may change does not. */
import { p256 } from "@noble/curves/nist.js";
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import { digest } from "../../../src/statement/digest.ts";
import { verifyPasskey } from "../../../src/statement/passkey.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { concat, fromBytes, toBytes, type Hex } from "../../../src/values/hex.ts";
import * as name from "../../../src/values/name.ts";
import { passkeys, type Assertion } from "./vectors.ts";

type Passkey = Extract<Credential, { kind: "passkey" }>;

const { origin, rpId, deploymentId, good, unverified, otherCredential } = passkeys;
const registered: Passkey = { kind: "passkey", id: name.parse("carla-phone"), origin, rpId, ...passkeys.credential };
const checks = nativeChecks();
const verdict = (assertion: Assertion, credential = registered, by = checks) =>
  verifyPasskey(credential, assertion.proof, toBytes(assertion.digest), by);
const [approval, freeze] = good as [Assertion, Assertion];

describe("an assertion that a browser made", () => {
  it.each(good)("holds: $kind", (assertion) => {
    expect(digest(deploymentId, assertion.kind, assertion.message)).toBe(assertion.digest);
    expect(verdict(assertion)).toEqual({ kind: "valid" });
    expect(verdict(assertion, registered, nobleChecks)).toEqual({ kind: "valid" });
  });

  it("holds as the proof of a whole statement", () => {
    const { kind, message, proof } = approval;
    const statement = readStatement({ kind, message, credential: registered.id, proof });
    expect(verifyStatement({ deploymentId, statement, credential: registered, checks })).toEqual({ kind: "valid" });
  });

  it("does not hold when the authenticator did not verify the person", () => {
    expect(verdict(unverified)).toMatchObject({ kind: "invalid", code: "statement.passkey-unverified-user" });
  });

  it("does not hold for another passkey", () => {
    expect(verdict(otherCredential)).toMatchObject({ code: "statement.passkey-signature" });
    expect(verdict(otherCredential, { ...registered, ...passkeys.other })).toEqual({ kind: "valid" });
  });

  it("does not hold for another statement", () => {
    expect(verdict({ ...freeze, digest: approval.digest })).toMatchObject({ code: "statement.passkey-challenge" });
  });

  it("does not hold for another origin, however alike", () => {
    for (const other of [
      `${origin}/`,
      origin.toUpperCase(),
      origin.replace("localhost", "127.0.0.1"),
      `${origin}0`,
      "https://localhost",
    ]) {
      expect(verdict(approval, { ...registered, origin: other })).toMatchObject({ code: "statement.passkey-origin" });
    }
  });

  it("does not hold for another relying party", () => {
    expect(verdict(approval, { ...registered, rpId: "example.org" })).toMatchObject({
      code: "statement.passkey-authenticator",
    });
  });

  it("does not hold with any bit of it flipped", () => {
    for (const part of ["authenticatorData", "clientDataJSON", "signature"] as const) {
      const bytes = toBytes(approval.proof[part]);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = bytes.slice();
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(
          verdict({ ...approval, proof: { ...approval.proof, [part]: fromBytes(changed) } }).kind,
          `${part} ${bit}`,
        ).toBe("invalid");
      }
    }
  });
});

describe("an assertion by an authenticator that signs anything", () => {
  const secret = toBytes(sha256(utf8("a dishonest authenticator")));
  const own: Passkey = { ...registered, publicKey: fromBytes(p256.getPublicKey(secret, false)) };
  const honest = JSON.parse(new TextDecoder().decode(toBytes(approval.proof.clientDataJSON))) as Record<
    string,
    unknown
  >;
  const head = toBytes(approval.proof.authenticatorData);

  const made = (clientData: string, authenticatorData: Uint8Array = head) => {
    const client = utf8(clientData);
    const signature = fromBytes(
      p256.sign(concat(authenticatorData, toBytes(sha256(client))), secret, { format: "der" }),
    );
    return verdict(
      {
        ...approval,
        proof: {
          kind: "passkey",
          authenticatorData: fromBytes(authenticatorData),
          clientDataJSON: fromBytes(client),
          signature,
        },
      },
      own,
    );
  };
  const withFlags = (flags: number, rest: Uint8Array = new Uint8Array()): Uint8Array => {
    const data = concat(head, rest);
    data[32] = flags;
    return data;
  };

  it("holds when it tells the truth", () => {
    expect(made(JSON.stringify(honest))).toEqual({ kind: "valid" });
    expect(made(JSON.stringify({ ...honest, crossOrigin: undefined }))).toEqual({ kind: "valid" });
  });

  it.each([
    ["a registration", { type: "webauthn.create" }, "statement.passkey-client-data"],
    ["no type", { type: undefined }, "statement.passkey-client-data"],
    ["a page inside another site", { crossOrigin: true }, "statement.passkey-client-data"],
    ["a page above it", { topOrigin: "https://example.org" }, "statement.passkey-client-data"],
    ["no challenge", { challenge: undefined }, "statement.passkey-client-data"],
    ["a padded challenge", { challenge: `${String(honest["challenge"])}=` }, "statement.passkey-challenge"],
    ["a challenge in hex", { challenge: approval.digest }, "statement.passkey-challenge"],
    ["another origin", { origin: "https://evil.example" }, "statement.passkey-origin"],
  ])("does not hold with %s", (_, change, code) => {
    expect(made(JSON.stringify({ ...honest, ...change }))).toMatchObject({ code });
  });

  it("does not hold with a key twice, text that is not JSON, or a byte order mark", () => {
    const text = JSON.stringify(honest);
    for (const bad of [
      text.replace("{", '{"origin":"https://evil.example",'),
      "",
      "[]",
      "null",
      `\ufeff${text}`,
      `${text} ${" ".repeat(5_000)}`,
    ]) {
      expect(made(bad)).toMatchObject({ code: "statement.passkey-client-data" });
    }
  });

  it.each([
    ["nobody present", 0x04, "statement.passkey-unverified-user"],
    ["nobody verified", 0x01, "statement.passkey-unverified-user"],
    ["attested data", 0x45, "statement.passkey-authenticator"],
    ["extensions announced and absent", 0x85, "statement.passkey-authenticator"],
  ])("does not hold with %s", (_, flags, code) => {
    expect(made(JSON.stringify(honest), withFlags(flags))).toMatchObject({ code });
  });

  it("does not hold with bytes nobody announced, and does with extensions", () => {
    expect(made(JSON.stringify(honest), withFlags(0x05, Uint8Array.of(0xa0)))).toMatchObject({
      code: "statement.passkey-authenticator",
    });
    expect(made(JSON.stringify(honest), withFlags(0x85, Uint8Array.of(0xa0)))).toEqual({ kind: "valid" });
  });

  it("does not hold with authenticator data cut short", () => {
    for (const length of [0, 32, 33, 36])
      expect(made(JSON.stringify(honest), head.slice(0, length))).toMatchObject({
        code: "statement.passkey-authenticator",
      });
    expect((approval.proof.signature satisfies Hex).length).toBeGreaterThan(130);
  });
});
