/** A statement is named by its words and speaker, whatever its proof. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { envelopeSchema, proofSchema, statementHash } from "../../../src/statement/envelope.ts";
import { signedBy, vectors } from "./vectors.ts";

it.each(vectors)("names the $kind of the vectors as they say", (vector) => {
  for (const { credential, statementHash: expected } of vector.signed) {
    expect(statementHash({ kind: vector.kind, message: vector.message, credential: credential.id })).toBe(expected);
  }
});

it("is the SHA-256 of sorted JSON, which anybody can compute", () => {
  const message = { requestId: `0x${"1".repeat(64)}`, intentHash: `0x${"2".repeat(64)}`, reason: "no" };
  const text = `{"credential":"ida-1","kind":"Cancellation","message":{"intentHash":"${message.intentHash}","reason":"no","requestId":"${message.requestId}"}}`;
  const expected = `0x${createHash("sha256").update(text).digest("hex")}`;
  expect(statementHash({ kind: "Cancellation", message, credential: "ida-1" as never })).toBe(expected);
});

it("leaves the proof out of the name", () => {
  const { envelope } = signedBy(vectors[0]!, "key");
  expect(statementHash({ ...envelope, proof: { kind: "key", signature: "0x00" } } as never)).toBe(
    statementHash(envelope),
  );
});

it("has exactly its four members", () => {
  const { envelope } = signedBy(vectors[0]!, "key");
  expect(envelopeSchema.safeParse(envelope).success).toBe(true);
  expect(envelopeSchema.safeParse({ ...envelope, note: "x" }).success).toBe(false);
  for (const member of ["kind", "message", "credential", "proof"]) {
    expect(envelopeSchema.safeParse({ ...envelope, [member]: undefined }).success, member).toBe(false);
  }
});

it("takes no proof with members of another kind", () => {
  expect(proofSchema.safeParse({ kind: "key", signature: "0x00", clientDataJSON: "0x00" }).success).toBe(false);
  expect(proofSchema.safeParse({ kind: "passkey", signature: "0x00" }).success).toBe(false);
  expect(proofSchema.safeParse({ kind: "key", signature: "0xAB" }).success).toBe(false);
});
