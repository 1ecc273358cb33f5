/** Which of what may be asked has an amount and a recipient. */
import { expect, it } from "vitest";
import { operations, operationSchema } from "../../../src/intent/operation.ts";
import { hasAmount, hasRecipient, withoutAmount, withoutRecipient } from "../../../src/policy/asked.ts";
import { policyOperationSchema } from "../../../src/policy/document/condition-schema.ts";

it("an operation has what its table says, and typed data has neither", () => {
  for (const operation of operationSchema.options) {
    expect(hasAmount(operation)).toBe(operations[operation].amount);
    expect(hasRecipient(operation)).toBe(operations[operation].recipient);
  }
  expect([hasAmount("signTypedData"), hasRecipient("signTypedData")]).toEqual([false, false]);
});

it("those without are named", () => {
  const all = new Set(policyOperationSchema.options);
  expect(withoutAmount(all)).toEqual([
    ...["pause", "unpause", "grantRole", "revokeRole", "freeze", "unfreeze", "registerIdentity"],
    ...["addClaim", "removeClaim", "signTypedData"],
  ]);
  expect(withoutRecipient(all)).toEqual(["burn", "redeem", "pause", "unpause", "raiseMultiplier", "signTypedData"]);
});
