/** The space of requests in cells: every request in exactly one, and no more cells than conditions ask for. */
import { describe, expect, it } from "vitest";
import { always } from "../../../../src/policy/compile/condition.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Policy } from "../../../../src/policy/policy.ts";
import type { Placed, Spot } from "../../../../src/policy/analyse/spot.ts";
import { mayMeet, spaceOf, spotsIn, Undecided } from "../../../../src/policy/analyse/spots.ts";
import * as amount from "../../../../src/values/amount.ts";
import { gld, rosterIndex } from "../example.ts";
import { bank, compliance, custodians, lists, mintRule, small, upTo, zurich } from "../small.ts";

function cellsOf(
  fields: Readonly<Record<string, unknown>>,
  more: { budget?: number; edges?: readonly bigint[] } = {},
): readonly Spot[] {
  const policy = compile(small({ lists: lists("a", "b"), ...fields }));
  return walk(policy, more);
}

function walk(
  policy: Policy,
  { budget = 10_000, edges = [] }: { budget?: number; edges?: readonly bigint[] },
): readonly Spot[] {
  const within: Placed = { condition: policy.rules[0]!.when, policy };
  const breakers = policy.guards.map(({ when }): Placed => ({ condition: when, policy }));
  return [
    ...spotsIn(within, breakers, spaceOf([policy], rosterIndex, [within, ...breakers]), {
      budget: { left: budget },
      edges,
    }),
  ];
}

const guard = (when: object): Readonly<Record<string, unknown>> => ({
  guards: [{ id: "guard", when, add: { quorum: compliance } }],
});
const anybody = {
  id: "mint",
  when: { operation: "mint", initiator: { group: "issuers" } },
  tiers: [upTo("max", custodians(2))],
};

describe("the cells of a rule", () => {
  it("are one where nothing tells requests apart", () => {
    const [cell, ...others] = cellsOf({});
    expect(others).toEqual([]);
    expect(cell).toMatchObject({
      operation: "mint",
      amount: { from: 1n, below: amount.max + 1n },
      maxFee: { from: 0n },
    });
    expect(cell?.initiators.map(({ id }) => id)).toEqual(["ida", "ivan"]);
  });

  it("cover every amount once, cut where a condition or a tier begins or ends", () => {
    const cells = cellsOf(guard({ operation: "mint", amount: { gt: "10 GLD", lte: "20 GLD" } }), {
      edges: [gld("50")],
    });
    expect(cells.map(({ amount: { from, below } }) => [from, below])).toEqual([
      [1n, gld("10") + 1n],
      [gld("10") + 1n, gld("20") + 1n],
      [gld("20") + 1n, gld("50")],
      [gld("50"), amount.max + 1n],
    ]);
  });

  it("are cut by fees, and no operation without an amount by amounts", () => {
    expect(cellsOf(guard({ maxFee: { gt: "0.01 ETH" } }))).toHaveLength(2);
    const stop = {
      id: "stop",
      when: { operation: "pause", initiator: { group: "officers" } },
      tiers: [upTo("max", custodians(1))],
    };
    expect(cellsOf({ rules: [stop] }, { edges: [gld("50")] })).toMatchObject([
      { amount: { from: 0n, below: 1n }, recipients: undefined },
    ]);
  });

  it("hold recipients that some list tells apart", () => {
    const recipients = (cells: readonly Spot[]): string[] =>
      cells.map((cell) => `${cell.recipients?.kind ?? ""} ${String(cell.recipients?.members.length)}`);
    expect(recipients(cellsOf({ rules: [anybody] }))).toEqual(["strangers 4"]);
    expect(recipients(cellsOf({ rules: [anybody], ...guard({ operation: "mint", to: { in: "other" } }) }))).toEqual([
      "strangers 3",
      "listed 1",
    ]);
    expect(
      recipients(cellsOf({ rules: [anybody], ...guard({ operation: "mint", args: { to: { is: bank("e") } } }) })),
    ).toEqual(["strangers 4", "listed 1"]);
    expect(recipients(cellsOf({ ...guard({ operation: "mint", to: { in: "other" } }) }))).toEqual(["listed 1"]);
  });

  it("are at moments that stand for open and closed windows, and for no local time", () => {
    expect(cellsOf({ ...zurich, ...guard({ time: { days: ["mon"] } }) })).toHaveLength(3);
    expect(cellsOf({ ...zurich, rules: [mintRule({ time: { days: ["mon"] } })] })).toHaveLength(1);
  });

  it("are counted, and looked at no further than the budget", () => {
    expect(() => cellsOf(guard({ maxFee: { gt: "0.01 ETH" } }), { budget: 1 })).toThrow(Undecided);
    expect(cellsOf(guard({ maxFee: { gt: "0.01 ETH" } }), { budget: 2 })).toHaveLength(2);
  });
});

describe("two conditions", () => {
  it("may meet unless operations, amounts or fees keep them apart", () => {
    const policy = compile(small());
    const placed = (part: object): Placed => ({ condition: { ...always, ...part }, policy });
    const low = placed({ amount: { from: 0n, below: 5n } });
    const high = placed({ amount: { from: 5n, below: 9n } });
    expect(mayMeet(low, high, "mint")).toBe(false);
    expect(mayMeet(low, placed({}), "mint")).toBe(true);
    expect(
      mayMeet(placed({ maxFee: { from: 0n, below: 5n } }), placed({ maxFee: { from: 5n, below: 9n } }), "mint"),
    ).toBe(false);
    expect(mayMeet(placed({ operations: new Set(["burn"]) }), placed({}), "mint")).toBe(false);
  });
});
