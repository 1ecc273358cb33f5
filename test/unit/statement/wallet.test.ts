/** A wallet's proof has one form, whatever a library would take. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyWallet } from "../../../src/statement/wallet.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import { toBytes, type Hex } from "../../../src/values/hex.ts";
import { vectorOf } from "./vectors.ts";

const vector = vectorOf("Approval");
const [signed] = vector.signed;
const credential = signed!.credential as Extract<Credential, { kind: "wallet" }>;
const { signature } = signed!.proof as { signature: Hex };
const digest = toBytes(vector.digest);
const checks = nativeChecks();
const verdict = (changed: string, by = checks) =>
  verifyWallet(credential, { kind: "wallet", signature: changed as Hex }, digest, by);

describe("a wallet's proof", () => {
  it("holds when the account signed the digest", () => {
    expect(verdict(signature)).toEqual({ kind: "valid" });
  });

  it("is 65 bytes", () => {
    for (const bad of ["0x", signature.slice(0, -2), `${signature}00`, signature.slice(0, 130)]) {
      expect(verdict(bad)).toMatchObject({ kind: "invalid", code: "statement.wallet-signature" });
    }
  });

  it("ends in 27 or 28 even if a library would take 0 or 1", () => {
    const obliging = { recoverSecp256k1: () => credential.address };
    for (const v of ["00", "01", "1a", "1d", "25", "ff"])
      expect(
        verifyWallet(
          credential,
          { kind: "wallet", signature: `${signature.slice(0, -2)}${v}` as Hex },
          digest,
          obliging,
        ).kind,
        v,
      ).toBe("invalid");
  });

  it("is low-s even if a library would take high s", () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${signature.slice(66, 130)}`);
    const twin = `${signature.slice(0, 66)}${(order - s).toString(16).padStart(64, "0")}${signature.endsWith("1b") ? "1c" : "1b"}`;
    const obliging = { recoverSecp256k1: () => credential.address };
    expect(verifyWallet(credential, { kind: "wallet", signature: twin as Hex }, digest, obliging)).toMatchObject({
      why: expect.stringContaining("low-s") as string,
    });
  });

  it("does not hold for another account", () => {
    const other = { ...credential, address: `0x${"1".repeat(40)}` as typeof credential.address };
    expect(verifyWallet(other, { kind: "wallet", signature }, digest, checks).kind).toBe("invalid");
  });

  it("does not hold when nothing can be recovered", () => {
    expect(
      verifyWallet(credential, { kind: "wallet", signature }, digest, { recoverSecp256k1: () => undefined }).kind,
    ).toBe("invalid");
  });
});
