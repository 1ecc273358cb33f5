/** Step 2 of signing: what stands in a request's way, and in which order it is said. */
import { expect, test } from "vitest";
import { ended, inadmissible, type Said } from "../../../src/gate/admissible.ts";
import { readStatement } from "../../../src/statement/read.ts";
import * as instant from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";
import { goldDeployment, submission } from "../../place/gold.ts";

const now = 1_800_000_000;
const statement = readStatement(submission(goldDeployment(), { now }));
if (statement.kind !== "Submission") throw new Error(statement.kind);
const cora = name.parse("cora");
const said: Said = {
  submission: statement,
  rejections: [],
  cancellations: [],
  declined: undefined,
  freezes: [],
  key: name.parse("hsm-mint"),
  now: instant.parse(now),
};
const reason = { person: cora, reason: "no" };

test("nothing stands in the way of a fresh request", () => {
  expect(inadmissible(said)).toBeUndefined();
});

test.each([
  ["a rejection", { rejections: [reason] }, "gate.rejected"],
  ["a cancellation", { cancellations: [reason] }, "gate.cancelled"],
  ["a person's no at the device", { declined: "a person at ledger-cold: it was rejected" }, "gate.declined"],
  ["a freeze", { freezes: [{ scope: "asset", target: "GLD", reason: "x", by: cora }] }, "gate.frozen"],
  ["the instant of expiry", { now: statement.message.expiresAt }, "gate.expired"],
] as const)("%s does", (_, change, code) => {
  expect(inadmissible({ ...said, ...change })?.code).toBe(code);
});

test("one second before its expiry a request is alive", () => {
  expect(inadmissible({ ...said, now: instant.parse(statement.message.expiresAt - 1) })).toBeUndefined();
});

test("a freeze is no end, and what ended is not frozen", () => {
  const freeze = { scope: "asset", target: "GLD", reason: "x", by: cora } as const;
  expect(ended(said)).toBeUndefined();
  expect(inadmissible({ ...said, freezes: [freeze], rejections: [reason] })?.code).toBe("gate.rejected");
  expect(ended({ ...said, now: statement.message.expiresAt })?.code).toBe("gate.expired");
});
