/** Parts of a policy side by side; every construct is in the table of change-class-constructs.test.ts. */
import { describe, expect, it } from "vitest";
import { conditionSchema } from "../../../../src/policy/document/condition-schema.ts";
import { additionSchema, quorumSchema } from "../../../../src/policy/document/requirement.ts";
import {
  additionTightens,
  delayTightens,
  distinctTightens,
  isLowered,
  lowersBounds,
  quorumTightens,
  same,
} from "../../../../src/policy/change/tightening.ts";

const unit = { unit: "GLD", decimals: 18 };
const quorum = (written: unknown) => quorumSchema.parse(written);
const seats = (min: number) => ({ group: "custodians", min });

describe("a quorum", () => {
  it("tightens by seats where they stand, and by nothing else", () => {
    const tree = (a: number, b: number) => quorum({ any: [{ ordered: [seats(a), seats(b)] }, { all: [seats(1)] }] });
    expect(quorumTightens(tree(1, 1), tree(1, 2))).toBe(true);
    expect(quorumTightens(tree(1, 2), tree(2, 1))).toBe(false);
    expect(quorumTightens(quorum({ all: [seats(1)] }), quorum(seats(1)))).toBe(false);
    expect(quorumTightens(quorum(seats(1)), quorum({ all: [seats(1)] }))).toBe(false);
    expect(quorumTightens(quorum({ all: [seats(1), seats(1)] }), quorum({ any: [seats(1), seats(1)] }))).toBe(false);
  });
});

describe("floors, waits and additions", () => {
  it("count what is not said as nothing", () => {
    expect(distinctTightens(undefined, { people: 1 })).toBe(true);
    expect(distinctTightens({ people: 1 }, undefined)).toBe(false);
    expect(distinctTightens({ people: 1, units: 2 }, { people: 2, units: 1 })).toBe(false);
    expect(delayTightens("60m", "1h")).toBe(true);
    expect(delayTightens("1h", undefined)).toBe(false);
  });

  it("never come or go as a whole", () => {
    const some = additionSchema.parse({ delay: "1h" });
    expect(additionTightens(undefined, some)).toBe(false);
    expect(additionTightens(some, undefined)).toBe(false);
    expect(additionTightens(undefined, undefined)).toBe(true);
    expect(additionTightens(some, { ...some, delay: "2h" })).toBe(true);
  });
});

describe("bounds", () => {
  const condition = (written: unknown) => conditionSchema.parse(written);
  const lowers = (old: unknown, now: unknown) =>
    lowersBounds(condition(old), condition(now), { keys: ["lt", "lte"], unit });

  it("are lowered in their own unit, where they may be", () => {
    expect(isLowered("max", "5 GLD", unit)).toBe(true);
    expect(isLowered("5 GLD", "max", unit)).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD" } }, { amount: { lte: "4 GLD" } })).toBe(true);
    expect(lowers({ maxFee: { lt: "5 ETH" } }, { maxFee: { lt: "4 ETH" } })).toBe(true);
    expect(lowers({ amount: { gte: "5 GLD" } }, { amount: { gte: "4 GLD" } })).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD" } }, { amount: { lt: "4 GLD" } })).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD" } }, { amount: { lte: "4 GLD" }, operation: "mint" })).toBe(false);
  });

  it("do not come or go", () => {
    expect(lowersBounds(undefined, {}, { keys: ["lte"], unit })).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD" } }, { amount: { lte: "4 GLD", gt: "1 GLD" } })).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD", gt: "1 GLD" } }, { amount: { lte: "4 GLD" } })).toBe(false);
    expect(lowers({ amount: { lte: "5 GLD", gt: undefined } }, { amount: { lte: "4 GLD" } })).toBe(true);
    expect(lowersBounds(undefined, condition({ amount: { lte: "5 GLD" } }), { keys: ["lte"], unit })).toBe(false);
    expect(lowersBounds(undefined, undefined, { keys: ["lte"], unit })).toBe(true);
  });
});

it("what is not said is the same as what is undefined", () => {
  expect(same({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(same(undefined, null)).toBe(true);
  expect(same({ a: 1 }, { a: 2 })).toBe(false);
});
