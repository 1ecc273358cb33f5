/** A statement holds for the credential it names, in its own deployment, as its own kind. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { readStatement } from "../../../src/statement/read.ts";
import type { ProofVerdict } from "../../../src/statement/verdict.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { signedBy, vectorOf, vectors } from "./vectors.ts";

const native = nativeChecks();

const verify = (
  envelope: Envelope,
  credential: Credential,
  deploymentId = vectors[0]!.deploymentId,
  checks = native,
): ProofVerdict => verifyStatement({ deploymentId, statement: readStatement(envelope), credential, checks });

describe.each(vectors)("a $kind", (vector) => {
  it.each(["wallet", "key"] as const)("holds when its %s signed it", (kind) => {
    const { envelope, credential } = signedBy(vector, kind);
    expect(verify(envelope, credential)).toEqual({ kind: "valid" });
    expect(verify(envelope, credential, vector.deploymentId, nobleChecks)).toEqual({ kind: "valid" });
  });

  it.each(["wallet", "key"] as const)("means nothing in another deployment (%s)", (kind) => {
    const { envelope, credential } = signedBy(vector, kind);
    expect(verify(envelope, credential, sha256(utf8("elsewhere")))).toMatchObject({
      kind: "invalid",
      code: `statement.${kind}-signature`,
    });
  });
});

describe("a statement of somebody else", () => {
  const wallet = signedBy(vectorOf("Approval"), "wallet");
  const key = signedBy(vectorOf("Approval"), "key");

  it("is not checked against a credential it does not name", () => {
    expect(verify(wallet.envelope, key.credential)).toMatchObject({ code: "statement.other-credential" });
  });

  it("does not hold with a proof of another kind", () => {
    const renamed = { ...key.credential, id: wallet.credential.id };
    expect(verify(wallet.envelope, renamed)).toMatchObject({ code: "statement.proof-kind" });
  });

  it("does not hold with the words of one kind under the name of another", () => {
    const policy = signedBy(vectorOf("PolicyChange"), "key");
    const roster = signedBy(vectorOf("RosterChange"), "key");
    expect(verify({ ...roster.envelope, proof: policy.envelope.proof }, policy.credential).kind).toBe("invalid");
  });
});
