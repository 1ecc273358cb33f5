/** What may be written as a condition: a map of known keys, of which at least one is said. */
import { expect, it } from "vitest";
import {
  conditionSchema,
  intervalSchema,
  ruleConditionSchema,
  timeSchema,
} from "../../../../src/policy/document/condition-schema.ts";

it("a condition says something, and nothing that it does not know", () => {
  expect(conditionSchema.safeParse({}).success).toBe(false);
  expect(conditionSchema.safeParse({ operation: "mint" }).success).toBe(true);
  expect(conditionSchema.safeParse({ operation: "mint", regex: ".*" }).success).toBe(false);
  expect(conditionSchema.safeParse({ operation: { in: [] } }).success).toBe(false);
});

it("a rule says what for and for whom", () => {
  const initiator = { group: "issuers" };
  expect(ruleConditionSchema.safeParse({ operation: "mint", initiator }).success).toBe(true);
  expect(ruleConditionSchema.safeParse({ operation: "mint" }).success).toBe(false);
  expect(ruleConditionSchema.safeParse({ initiator }).success).toBe(false);
});

it.each<[object, boolean]>([
  [{ eq: "1" }, true],
  [{ gt: "1", lte: "2" }, true],
  [{ eq: "1", gt: "0" }, false],
  [{ gt: "1", gte: "1" }, false],
  [{ lt: "1", lte: "1" }, false],
  [{}, false],
  [{ ne: "1" }, false],
  [{ gt: 1 }, false],
])("an interval %j is taken: %s", (interval, taken) => {
  expect(intervalSchema.safeParse(interval).success).toBe(taken);
});

it.each<[object, boolean]>([
  [{ from: "00:00", to: "24:00" }, true],
  [{ to: "24:01" }, false],
  [{ from: "8:00" }, false],
  [{ from: "23:60" }, false],
  [{ days: [] }, false],
  [{ days: ["mon", "tue"], holidays: "target2" }, true],
])("a window %j is taken: %s", (time, taken) => {
  expect(timeSchema.safeParse(time).success).toBe(taken);
});
