/** A refusal names the field, and its message begins with it. */
import { expect, it } from "vitest";
import { refusal } from "../../../../src/policy/compile/refusal.ts";
import { InvalidValue } from "../../../../src/values/errors.ts";

it("has a code of the policy, the field, and the field in its message", () => {
  const error = refusal("tier", "rules.0.tiers.1", "too low");
  expect(error).toBeInstanceOf(InvalidValue);
  expect(error).toMatchObject({ code: "policy.tier", field: "rules.0.tiers.1", message: "rules.0.tiers.1: too low" });
});
