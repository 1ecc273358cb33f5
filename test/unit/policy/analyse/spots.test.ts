/** The space of requests in cells: every request in exactly one, and no more cells than conditions ask for. */
import { describe, expect, it } from "vitest";
import { always, type ValueTest } from "../../../../src/policy/compile/condition.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Policy } from "../../../../src/policy/policy.ts";
import type { Placed, Spot } from "../../../../src/policy/analyse/spot.ts";
import { mayMeet, spaceOf, spotsIn, Undecided } from "../../../../src/policy/analyse/spots.ts";
import { isOpen } from "../../../../src/policy/analyse/time-slots.ts";
import type { Credential } from "../../../../src/roster/roster.ts";
import * as amount from "../../../../src/values/amount.ts";
import { gld, n, rosterIndex, rosterWith } from "../example.ts";
import { bank, compliance, custodians, lists, mintRule, small, sum, upTo, zurich } from "../small.ts";
import { visitsOf } from "../terrain.ts";

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
    const refused = (): unknown => cellsOf(guard({ maxFee: { gt: "0.01 ETH" } }), { budget: 1 });
    expect(refused).toThrow(Undecided);
    expect(() => cellsOf(guard({ operation: "mint", amount: { gt: "9 GLD" } }), { budget: 1 })).toThrow(Undecided);
    expect(refused).toThrow(
      expect.objectContaining({ name: "Undecided", message: "there are more cases than this check looks at" }) as Error,
    );
    expect(cellsOf(guard({ maxFee: { gt: "0.01 ETH" } }), { budget: 2 })).toHaveLength(2);
  });
});

describe("people who ask", () => {
  const asking = (fields: Readonly<Record<string, unknown>>, roster = rosterIndex): string[] =>
    visitsOf(fields, roster)
      .filter(({ spot }) => spot.amount.from === 1n)
      .map(({ spot }) => spot.initiators.map(({ id }) => id).join(" "));
  const units = rosterWith({ ida: { unit: n("desk") }, ivan: { unit: n("vault") } });
  const distinct = { units: 2 };
  const add = { add: { distinct } };

  it.each<[string, Readonly<Record<string, unknown>>]>([
    [
      "a tier",
      { rules: [mintRule({}, [upTo("50 GLD", custodians(2)), upTo("100 GLD", custodians(2), { distinct })])] },
    ],
    [
      "a guard",
      {
        guards: [
          { id: "a", when: { operation: "burn" }, add: { delay: "1h" } },
          { id: "b", when: { operation: "burn" }, ...add },
        ],
      },
    ],
    [
      "a full limit",
      {
        limits: [
          { id: "a", when: { operation: "burn" }, ...sum, max: "1 GLD", over: { add: { delay: "1h" } } },
          { id: "b", when: { operation: "burn" }, ...sum, max: "1 GLD", over: add },
        ],
      },
    ],
  ])("are told apart by their unit where %s counts units", (_, fields) => {
    expect(asking(fields, units)).toEqual(["ida", "ivan"]);
  });

  it("are alike whatever their unit where nothing counts units", () => {
    expect(asking({}, units)).toEqual(["ida ivan"]);
    expect(
      asking({ rules: [mintRule({}, [upTo("100 GLD", custodians(2), { distinct: { people: 2 } })])] }, units),
    ).toEqual(["ida ivan"]);
  });

  it("are alike whichever way round their groups and credentials stand, and apart where they have others", () => {
    const groups = ["issuers", "custodians"].map(n);
    expect(asking({}, rosterWith({ ida: { groups }, ivan: { groups: groups.toReversed() } }))).toEqual(["ida ivan"]);
    expect(asking({}, rosterWith({ ida: { groups } }))).toHaveLength(2);
    const of = (id: string): readonly Credential[] => rosterIndex.member(n(id))?.credentials ?? [];
    const nobody = Object.fromEntries(["carla", "chris", "cora", "cyril"].map((id) => [id, { credentials: [] }]));
    const holding = (ida: readonly Credential[], ivan: readonly Credential[]): string[] =>
      asking({}, rosterWith({ ...nobody, ida: { credentials: [...ida] }, ivan: { credentials: [...ivan] } }));
    expect(holding([...of("carla"), ...of("chris")], [...of("cyril"), ...of("cora")])).toEqual(["ida ivan"]);
    expect(holding([...of("carla"), ...of("chris")], of("cyril"))).toEqual(["ida", "ivan"]);
    expect(holding([...of("chris"), ...of("ida")], of("cyril"))).toEqual(["ida ivan"]);
  });

  it("are everybody, services too, where a condition says no group", () => {
    const policy = compile(small());
    const within: Placed = { condition: { ...always("role-erc20"), operations: new Set(["pause"]) }, policy };
    const cells = [...spotsIn(within, [], spaceOf([policy], rosterIndex, [within]), { budget: { left: 100 } })];
    const { people, services } = rosterIndex.roster;
    expect(cells.flatMap(({ initiators }) => initiators.map(({ id }) => id)).sort()).toEqual(
      [...people, ...services].map(({ id }) => id).sort(),
    );
  });
});

describe("the cells of one rule", () => {
  it("are not cut by what is said of other operations and of other arguments", () => {
    const both = { operation: { in: ["mint", "transfer"] }, initiator: { group: "issuers" }, to: { in: "treasury" } };
    const rules = [{ id: "both", when: both, tiers: [upTo("max", custodians(2))] }];
    const cells = cellsOf({ rules, ...guard({ operation: "transfer", amount: { gt: "5 GLD" } }) });
    expect(cells.map(({ operation }) => operation)).toEqual(["mint", "transfer", "transfer"]);
    const policy = compile(small({ lists: lists("a", "b"), rules: [anybody] }));
    const within: Placed = { condition: policy.rules[0]!.when, policy };
    const beside = (name: string, test: ValueTest): number => {
      const other: Placed = { condition: { ...always("role-erc20"), args: [{ name, test }] }, policy };
      return [...spotsIn(within, [other], spaceOf([policy], rosterIndex, [within, other]), { budget: { left: 100 } })]
        .length;
    };
    expect(beside("amount", { kind: "is", value: "7" })).toBe(3);
    expect(beside("memo", { kind: "is", value: "7" })).toBe(1);
    expect(beside("to", { kind: "in", list: n("other") })).toBe(2);
    expect(beside("memo", { kind: "in", list: n("other") })).toBe(1);
    expect(beside("to", { kind: "is", value: bank("e") })).toBe(2);
    for (const value of [`${bank("e")}e`, `a${bank("e")}`]) expect(beside("to", { kind: "is", value })).toBe(1);
  });

  it("take from the budget what they cost", () => {
    const policy = compile(small());
    const within: Placed = { condition: policy.rules[0]!.when, policy };
    const budget = { left: 10 };
    expect([...spotsIn(within, [], spaceOf([policy], rosterIndex, [within]), { budget })]).toHaveLength(1);
    expect(budget.left).toBe(9);
  });

  it("are at the times of their own windows, and of their own calendar, though others were asked before", () => {
    const fields = {
      ...zurich,
      guards: [
        { id: "monday", when: { time: { days: ["mon"] } }, add: { quorum: compliance } },
        { id: "night", when: { time: { from: "20:00" } }, add: { quorum: compliance } },
      ],
    };
    const policy = compile(small(fields));
    const elsewhere = {
      ...policy,
      calendar: { ...zurich.calendar, offsets: zurich.calendar.offsets.slice(3) } as never,
    };
    const within: Placed = { condition: policy.rules[0]!.when, policy };
    const space = spaceOf([policy], rosterIndex, [within]);
    const times = (...breakers: readonly Placed[]): readonly (boolean | undefined)[][] =>
      [...spotsIn(within, breakers, space, { budget: { left: 1_000 } })].map(({ at }) =>
        breakers.map(({ condition, policy: { calendar } }) => isOpen({ window: condition.time!, calendar }, at)),
      );
    const [monday, night] = policy.guards.map(({ when }): Placed => ({ condition: when, policy }));
    const each = [[undefined], [false], [true]];
    expect(times(monday!)).toHaveLength(3);
    expect(times(night!)).toEqual(expect.arrayContaining(each));
    expect(times(monday!)).toEqual(expect.arrayContaining(each));
    expect(times({ ...night!, policy: elsewhere })).toEqual(expect.arrayContaining(each));
    expect(times(monday!, { ...monday!, policy: elsewhere })).toContainEqual([true, undefined]);
  });
});

describe("cells of typed data", () => {
  const typedData = (more: object = {}, domain: object = {}): object => ({
    domain: { verifyingContract: bank("1"), chainId: 31_337, ...domain },
    primaryType: "Permit",
    ...more,
  });
  const signing = (typed: object): object => ({
    id: "sign",
    when: { operation: "signTypedData", initiator: { group: "issuers" }, typedData: typed },
    tiers: [upTo("max", custodians(2))],
  });
  const typedGuard = (typed: object): Readonly<Record<string, unknown>> =>
    guard({ operation: "signTypedData", typedData: typed });

  it("cost nothing, so that no fee tells them apart", () => {
    const cells = cellsOf({ rules: [signing(typedData())], ...guard({ maxFee: { gt: "0.01 ETH" } }) });
    expect(cells).toMatchObject([{ maxFee: { from: 0n, below: 1n }, amount: { from: 0n, below: 1n } }]);
  });

  it("are of every kind that somebody else speaks of where the region speaks of none", () => {
    const fields = {
      guards: [
        { id: "a", when: { typedData: typedData({ fields: { value: { lte: "10" } } }, { name: "GLD" }) }, deny: true },
        { id: "b", when: { typedData: typedData({ primaryType: "Order" }) }, deny: true },
        { id: "c", when: { typedData: typedData({ primaryType: "Order" }, { chainId: 1 }) }, deny: true },
        { id: "d", when: { typedData: typedData({ primaryType: "Order" }, { version: "2" }) }, deny: true },
      ],
    };
    const policy = compile(small(fields));
    const within: Placed = {
      condition: { ...always("role-erc20"), operations: new Set(["signTypedData"]), initiator: n("issuers") },
      policy,
    };
    const breakers = policy.guards.map(({ when }): Placed => ({ condition: when, policy }));
    const cells = [
      ...spotsIn(within, breakers, spaceOf([policy], rosterIndex, [within, ...breakers]), { budget: { left: 1_000 } }),
    ].map(({ typed }) => [
      typed?.primaryType,
      typed?.domain.chainId,
      typed?.domain.name,
      typed?.domain.version,
      typed?.fields.get("value")?.kind,
    ]);
    expect(cells).toEqual([
      ...["GLD", "another"].flatMap((name) =>
        ["absent", "number", "number", "number"].map((kind) => ["Permit", 31_337, name, undefined, kind]),
      ),
      ["Order", 31_337, undefined, "2", undefined],
      ["Order", 31_337, undefined, "another", undefined],
      ["Order", 1, undefined, undefined, undefined],
    ]);
  });

  it("are counted before any is made, each as many", () => {
    const rules = [signing(typedData({ fields: { value: { lte: "10" } } }))];
    const least = (fields: Readonly<Record<string, unknown>>): number => {
      const isEnough = (budget: number): boolean => {
        try {
          return cellsOf(fields, { budget }).length > 0;
        } catch {
          return false;
        }
      };
      return Array.from({ length: 200 }, (_, budget) => budget).find(isEnough) ?? 200;
    };
    expect(least({ rules })).toBe(32);
    const others = { more: { lte: "1" }, most: { lte: "2" } };
    expect(least({ rules, ...typedGuard(typedData({ primaryType: "Order", fields: others })) })).toBe(32);
  });

  it("of a field that is compared with the clock and with a number cannot be told", () => {
    const rules = [signing(typedData({ fields: { deadline: { within: "1h" } } }))];
    const message = "field `deadline` is compared with the clock and with a fixed value";
    for (const test of [{ gt: "9" }, { is: "9" }])
      expect(() => cellsOf({ rules, ...typedGuard(typedData({ fields: { deadline: test } })) })).toThrow(message);
    expect(
      cellsOf({ rules, ...typedGuard(typedData({ fields: { deadline: { within: "2h" } } })) }).length,
    ).toBeGreaterThan(1);
  });
});

describe("two conditions", () => {
  it("may meet unless operations, amounts or fees keep them apart", () => {
    const policy = compile(small());
    const placed = (part: object): Placed => ({ condition: { ...always("role-erc20"), ...part }, policy });
    const low = placed({ amount: { from: 0n, below: 5n } });
    const high = placed({ amount: { from: 5n, below: 9n } });
    expect(mayMeet(low, high, "mint")).toBe(false);
    expect(mayMeet(high, low, "mint")).toBe(false);
    expect(mayMeet(placed({ amount: { from: 4n, below: 9n } }), low, "mint")).toBe(true);
    expect(mayMeet(low, placed({}), "mint")).toBe(true);
    expect(
      mayMeet(placed({ maxFee: { from: 0n, below: 5n } }), placed({ maxFee: { from: 5n, below: 9n } }), "mint"),
    ).toBe(false);
    expect(mayMeet(placed({ operations: new Set(["burn"]) }), placed({}), "mint")).toBe(false);
  });
});
