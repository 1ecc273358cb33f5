/** What the log key signs of a release: every field of its leaf, and where that stands. */
import fc from "fast-check";
import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { instructed, instructionBytes, isGenuineInstruction, type ReleaseEntry } from "../../../src/gate/release.ts";
import { instructionSchema, type Instruction } from "../../../src/log/entry.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { fromBytes, toBytes } from "../../../src/values/hex.ts";
import { toWire } from "../../../src/values/wire.ts";

const secret = toBytes(sha256(utf8("log key of the releases")));
const publicKey = fromBytes(ed25519.getPublicKey(secret));
const named = (word: string): ReturnType<typeof sha256> => sha256(utf8(word));
const deployment = named("deployment");
const entry = {
  kind: "release",
  epoch: 1,
  instant: 1_793_000_000,
  requestId: named("request"),
  burn: named("burn"),
  asset: "GLD",
  chainId: 31_337,
  amount: 10n ** 20n,
  amountText: "100 GLD",
  destination: "vault-zrh-7",
  reference: "RDM-1",
  policyHash: named("policy"),
  deliveredBy: { group: "vaults", min: 2 },
  deliverBefore: 1_793_259_200,
} as unknown as ReleaseEntry;
const unsigned = instructed(entry, deployment, 77);
const instruction: Instruction = {
  ...unsigned,
  signature: fromBytes(ed25519.sign(instructionBytes(unsigned), secret)),
};
const pinned = { deployment, publicKey };

it("is a domain of its own and the canonical JSON of every field", () => {
  const text = new TextDecoder().decode(instructionBytes(unsigned));
  expect(text.startsWith('countersign-release/v1\n{"amount":"100000000000000000000","amountText":"100 GLD",')).toBe(
    true,
  );
  const { kind, ...said } = entry;
  expect(kind).toBe("release");
  expect(JSON.parse(text.slice(text.indexOf("\n")))).toEqual(toWire({ ...said, deployment, leafIndex: 77 }));
});

it("travels as JSON and verifies with either library", () => {
  const read = instructionSchema.parse(JSON.parse(JSON.stringify(toWire(instruction))));
  expect(read).toEqual(instruction);
  for (const checks of [nativeChecks(), nobleChecks]) expect(isGenuineInstruction(read, pinned, checks)).toBe(true);
});

it("of which any field was changed is nobody's", () => {
  const others: Readonly<Record<string, unknown>> = {
    amount: 10n ** 20n + 1n,
    deliveredBy: { group: "vaults", min: 1 },
    asset: "SLV",
    destination: "vault-lon-2",
    amountText: "1000 GLD",
    reference: "RDM-2",
  };
  const names = Object.keys(unsigned) as (keyof Instruction)[];
  fc.assert(
    fc.property(fc.constantFrom(...names), (name) => {
      const value = instruction[name];
      const other = others[name] ?? (typeof value === "number" ? value + 1 : named("something else"));
      expect(isGenuineInstruction({ ...instruction, [name]: other }, pinned, nativeChecks())).toBe(false);
    }),
    { numRuns: 200 },
  );
});

it("is of one deployment and one log key, under a signature of 64 bytes", () => {
  expect(isGenuineInstruction(instruction, { ...pinned, deployment: named("other") }, nativeChecks())).toBe(false);
  const stranger = fromBytes(ed25519.getPublicKey(toBytes(named("stranger"))));
  expect(isGenuineInstruction(instruction, { ...pinned, publicKey: stranger }, nativeChecks())).toBe(false);
  const short = { ...instruction, signature: instruction.signature.slice(0, 100) as Instruction["signature"] };
  expect(isGenuineInstruction(short, pinned, nativeChecks())).toBe(false);
});
