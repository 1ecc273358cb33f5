/** Receipts: genuine only as the log key signed them. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { expect, test } from "vitest";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { isGenuine, receiptBytes, type UnsignedReceipt } from "../../../src/gate/receipt.ts";
import type { Receipt } from "../../../src/log/entry.ts";
import { fromBytes, toBytes } from "../../../src/values/hex.ts";
import * as instant from "../../../src/values/instant.ts";
import { idOf } from "../../place/gold.ts";
import { testSecret } from "../../place/people.ts";

const secret = toBytes(testSecret("log"));
const logKey = fromBytes(ed25519.getPublicKey(secret));
const unsigned: UnsignedReceipt = {
  statementHash: idOf("s"),
  leafIndex: 4,
  instant: instant.parse(1_800_000_000),
  epoch: 1,
  deployment: idOf("d"),
};
const receipt: Receipt = { ...unsigned, signature: fromBytes(ed25519.sign(receiptBytes(unsigned), secret)) };

test("is genuine as it was signed", () => {
  expect(isGenuine(receipt, logKey, nobleChecks)).toBe(true);
});

test.each([
  ["statementHash", { statementHash: idOf("t") }],
  ["leafIndex", { leafIndex: 5 }],
  ["leafIndex", { leafIndex: null }],
  ["instant", { instant: instant.parse(1_800_000_001) }],
  ["epoch", { epoch: 2 }],
  ["deployment", { deployment: idOf("e") }],
  ["signature", { signature: fromBytes(new Uint8Array(64)) }],
  ["signature", { signature: fromBytes(new Uint8Array(3)) }],
])("is not genuine with another %s", (_, change) => {
  expect(isGenuine({ ...receipt, ...change }, logKey, nobleChecks)).toBe(false);
});

test("is not genuine under another key", () => {
  expect(isGenuine(receipt, fromBytes(ed25519.getPublicKey(toBytes(testSecret("other")))), nobleChecks)).toBe(false);
});
