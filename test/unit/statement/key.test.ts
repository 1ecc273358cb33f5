/** An Ed25519 proof holds over the digest alone. */
import { expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyKey } from "../../../src/statement/key.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import { toBytes, type Hex } from "../../../src/values/hex.ts";
import { vectorOf } from "./vectors.ts";

const vector = vectorOf("Freeze");
const signed = vector.signed[1]!;
const credential = signed.credential as Extract<Credential, { kind: "key" }>;
const { signature } = signed.proof as { signature: Hex };
const digest = toBytes(vector.digest);
const verdict = (changed: Hex, bytes = digest) =>
  verifyKey(credential, { kind: "key", signature: changed }, bytes, nativeChecks());

it("holds when the key signed the 32 bytes of the digest", () => {
  expect(verdict(signature)).toEqual({ kind: "valid" });
});

it("does not hold over another digest", () => {
  expect(verdict(signature, toBytes(vectorOf("Unfreeze").digest))).toMatchObject({
    kind: "invalid",
    code: "statement.key-signature",
  });
});

it("is 64 bytes even if a library would take more", () => {
  const obliging = { verifyEd25519: () => true };
  for (const bad of ["0x", `${signature}00`, signature.slice(0, -2)] as Hex[]) {
    expect(verifyKey(credential, { kind: "key", signature: bad }, digest, obliging).kind, bad).toBe("invalid");
  }
});
