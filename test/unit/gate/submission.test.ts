/** A submission's words and hashes against its fields. */
import { expect, test } from "vitest";
import { intentOf as read } from "../../../src/gate/submission.ts";
import { readStatement } from "../../../src/statement/read.ts";
import type { Submission } from "../../../src/statement/message.ts";
import { goldDeployment, idOf, submission } from "../../place/gold.ts";

const message = (): Submission => {
  const statement = readStatement(submission(goldDeployment(), { now: 1_800_000_000 }));
  if (statement.kind !== "Submission") throw new Error(statement.kind);
  return statement.message;
};

test("gives the intent that the fields carry", () => {
  expect(read(message(), 18)).toMatchObject({
    operation: "mint",
    asset: "GLD",
    amount: 100n * 10n ** 18n,
    reference: "DEPOSIT-1",
  });
});

test.each([
  ["amountText", { amountText: "1,000 GLD" }, "submission.amount-text"],
  ["details", { details: "reference DEPOSIT-2" }, "submission.details"],
  ["intentHash", { intentHash: idOf("other") }, "submission.intent-hash"],
] as const)("refuses another %s than the fields say", (field, change, code) => {
  expect(() => read({ ...message(), ...change }, 18)).toThrow(
    expect.objectContaining({ code, field: `message.${field}` }) as Error,
  );
});

test("refuses words written for other decimals", () => {
  expect(() => read(message(), 6)).toThrow(expect.objectContaining({ code: "submission.amount-text" }) as Error);
});
