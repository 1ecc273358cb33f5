/** The verdict on a stored statement is kept as long as nothing it follows from can change, and no longer. */
import { expect, test } from "vitest";
import { nativeChecks } from "../../../../src/adapters/crypto-native/checks.ts";
import { isSignedBy, keepSigned, statementIn } from "../../../../src/flow/gate/reading.ts";
import type { Credential } from "../../../../src/roster/roster.ts";
import type { Envelope } from "../../../../src/statement/envelope.ts";
import { readStatement } from "../../../../src/statement/read.ts";
import type { SignatureChecks } from "../../../../src/values/signature-checks.ts";
import { goldDeployment, sightings } from "../../../place/gold.ts";
import { memberOf } from "../../../place/people.ts";

const deployment = goldDeployment();
const { deploymentId } = deployment;

function said(isFrozen = true): Envelope {
  const [envelope] = sightings(deployment, { blockNumber: 10, blockTime: 1_800_000_000 });
  if (envelope === undefined) throw new Error("an observer saw something");
  const copy: Envelope = { ...envelope, message: { ...envelope.message }, proof: { ...envelope.proof } };
  if (!isFrozen) return copy;
  Object.freeze(copy.message);
  Object.freeze(copy.proof);
  return Object.freeze(copy);
}

function counting(): { readonly checks: SignatureChecks; readonly asked: () => number } {
  const native = nativeChecks();
  let count = 0;
  const verifyEd25519: SignatureChecks["verifyEd25519"] = (...given) => {
    count += 1;
    return native.verifyEd25519(...given);
  };
  return { checks: { ...native, verifyEd25519 }, asked: () => count };
}

const holderOf = ({ credential: id }: Envelope): Credential => {
  const own = [...memberOf("obs-1").credentials, ...memberOf("obs-2").credentials].find((one) => one.id === id);
  if (own === undefined) throw new Error(`nobody has ${id}`);
  return own;
};

test("asks the library once about an envelope that nobody can change", () => {
  const { checks, asked } = counting();
  const envelope = said();
  const credential = holderOf(envelope);
  const answers = [1, 2, 3].map(() => isSignedBy(envelope, credential, { deploymentId, checks }));
  expect(answers).toEqual([true, true, true]);
  expect(asked()).toBe(1);
  expect(statementIn(envelope)).toBe(statementIn(envelope));
});

test("what was found signed when it came in is not asked again, and can no longer be changed", () => {
  const { checks, asked } = counting();
  const statement = readStatement(said(false));
  const { envelope } = statement;
  const credential = holderOf(envelope);
  keepSigned(statement, credential, { deploymentId, checks });
  expect([isSignedBy(envelope, credential, { deploymentId, checks }), asked()]).toEqual([true, 0]);
  expect(statementIn(envelope)).toBe(statement);
  expect(() => Object.assign(envelope.message, { blockNumber: 11 })).toThrow(TypeError);
  expect(() => Object.assign(envelope.proof, { signature: "0x" })).toThrow(TypeError);
  const copy = { ...credential };
  expect([isSignedBy(envelope, copy, { deploymentId, checks }), asked()]).toEqual([true, 1]);
});

test("a roster with another key for the credential is another question", () => {
  const { checks, asked } = counting();
  const envelope = said();
  const credential = holderOf(envelope);
  const [stranger] = memberOf("vault-auditor").credentials;
  if (credential.kind !== "key" || stranger?.kind !== "key") throw new Error("services sign with keys");
  const changed: Credential = { ...credential, publicKey: stranger.publicKey };
  expect(isSignedBy(envelope, credential, { deploymentId, checks })).toBe(true);
  expect(isSignedBy(envelope, changed, { deploymentId, checks })).toBe(false);
  expect(isSignedBy(envelope, credential, { deploymentId, checks })).toBe(true);
  expect(asked()).toBe(3);
});

test("another deployment is another question", () => {
  const { checks } = counting();
  const envelope = said();
  const credential = holderOf(envelope);
  const other = goldDeployment({ overrides: { salt: `0x${"77".repeat(32)}` } }).deploymentId;
  expect(other).not.toBe(deploymentId);
  expect(isSignedBy(envelope, credential, { deploymentId, checks })).toBe(true);
  expect(isSignedBy(envelope, credential, { deploymentId: other, checks })).toBe(false);
});

test.each(["message", "proof"] as const)("an envelope whose %s can still change is looked at every time", (part) => {
  const { checks } = counting();
  const envelope = said(false);
  const credential = holderOf(envelope);
  if (part === "message") Object.freeze(envelope.proof);
  else Object.freeze(envelope.message);
  Object.freeze(envelope);
  expect(isSignedBy(envelope, credential, { deploymentId, checks })).toBe(true);
  if (part === "message") Object.assign(envelope.message, { blockNumber: 11 });
  else Object.assign(envelope.proof, { signature: `0x${"ab".repeat(64)}` });
  expect(isSignedBy(envelope, credential, { deploymentId, checks })).toBe(false);
});
