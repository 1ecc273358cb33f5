/** Compiling: every unit, name and bound is found or refused by its field. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { always } from "../../../../src/policy/compile/condition.ts";
import { bankA, document, documentWith, gld, refusalOf } from "../example.ts";

const [mint, redeem] = document.rules;
const [tier] = mint!.tiers;
const rules = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  rules: [{ ...mint, ...fields }],
});
const tiers = (...upTo: string[]): Record<string, unknown> =>
  rules({ tiers: upTo.map((text) => ({ ...tier, upTo: text })) });
const limit = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  limits: [{ ...document.limits![0], ...fields }],
});
const reserves = (
  fields: Readonly<Record<string, unknown>>,
  filter: Readonly<Record<string, unknown>> = { when: { operation: "mint" } },
): Record<string, unknown> => ({
  guards: [{ id: "reserves-cover", ...filter, require: { ...document.guards![0]!.require, ...fields } }],
});
const two = {
  any: [
    { group: "custodians", min: 1 },
    { group: "compliance", min: 1 },
  ],
};

describe("compile", () => {
  it("turns tiers into intervals that meet without a gap, beginning at 0", () => {
    const compiled = compile(documentWith(tiers("100 GLD", "1000 GLD", "max")));
    expect(compiled.rules[0]!.tiers.map(({ from, below }) => [from, below])).toEqual([
      [0n, gld("100") + 1n],
      [gld("100") + 1n, gld("1000") + 1n],
      [gld("1000") + 1n, 1n << 256n],
    ]);
  });

  it("turns lists into sets, durations into seconds, and ratios into integers", () => {
    const compiled = compile(
      documentWith({
        lists: { treasury: { minAge: "48h", entries: [{ address: bankA, label: "Bank A" }] } },
        ...reserves({ cover: { ratio: "1.050" } }),
      }),
    );
    expect(compiled.lists.get("treasury" as never)).toEqual({
      minAgeSeconds: 172_800,
      entries: new Map([[bankA, "Bank A"]]),
    });
    expect(compiled.guards[0]!.then).toMatchObject({
      kind: "reserves",
      maxAgeSeconds: 86_400,
      cover: { ratio: { numerator: 1_050n, denominator: 1_000n, text: "1.050" }, warn: undefined, price: undefined },
      lots: false,
    });
    expect(compiled.observersMin).toBe(2);
  });

  it("takes a filter that is absent for every operation that the token offers", () => {
    const fee = compile(document).guards.find((guard) => guard.id === "fee");
    expect([...(fee?.when.operations ?? [])].sort()).toEqual([...always("role-erc20").operations].sort());
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["an amount in another asset", tiers("100 SLV"), "policy.amount", "rules.0.tiers.0.upTo"],
    ["surplus decimals", tiers("0.0000000000000000001 GLD"), "policy.amount", "rules.0.tiers.0.upTo"],
    ["more than 256 bits", limit({ max: `${(1n << 256n).toString()} GLD` }), "policy.amount", "limits.0.max"],
    ["a limit without a bound", limit({ max: "max" }), "policy.amount", "limits.0.max"],
    [
      "a fee in the asset",
      { guards: [{ id: "fee", unless: { maxFee: { lte: "1 GLD" } }, deny: true }] },
      "policy.amount",
      "guards.0.unless.maxFee.lte",
    ],
    ["tiers that do not ascend", tiers("100 GLD", "100 GLD"), "policy.tier", "rules.0.tiers.1.upTo"],
    ["a tier above `max`", tiers("max", "max"), "policy.tier", "rules.0.tiers.1.upTo"],
    ["an empty first tier", tiers("0 GLD"), "policy.tier", "rules.0.tiers.0.upTo"],
    [
      "a list that is not there",
      rules({ when: { ...mint!.when, to: { in: "banks" } } }),
      "policy.list",
      "rules.0.when.to.in",
    ],
    [
      "a list by the name of a method",
      rules({ when: { ...mint!.when, to: { in: "toString" } } }),
      "policy.list",
      "rules.0.when.to.in",
    ],
    [
      "a recipient of a burn",
      rules({ when: { ...mint!.when, operation: { in: ["mint", "burn"] } } }),
      "policy.recipient",
      "rules.0.when.to",
    ],
    [
      "an address twice",
      {
        lists: {
          treasury: {
            entries: [
              { address: bankA, label: "A" },
              { address: bankA, label: "B" },
            ],
          },
        },
      },
      "policy.duplicate",
      "lists.treasury.entries.1.address",
    ],
    [
      "nobody as a recipient",
      { lists: { treasury: { entries: [{ address: `0x${"00".repeat(20)}`, label: "A" }] } } },
      "policy.recipient",
      "lists.treasury.entries.0.address",
    ],
    ["two rules of one name", { rules: [mint, { ...redeem, id: "mint" }] }, "policy.duplicate", "rules.1.id"],
    [
      "two guards of one name",
      { guards: [document.guards![1], document.guards![1]] },
      "policy.duplicate",
      "guards.1.id",
    ],
    [
      "two limits of one name",
      { limits: [document.limits![0], document.limits![0]] },
      "policy.duplicate",
      "limits.1.id",
    ],
    ["a rule with the name of other clauses", rules({ id: "guard" }), "policy.reserved", "rules.0.id"],
    ["no word of observers", { groups: { custodians: { min: 3 } } }, "policy.observers", "groups.observers"],
    ["a first version with a past", { previous: `sha256:${"0".repeat(64)}` }, "policy.previous", "previous"],
    ["a later version without a past", { version: 2 }, "policy.previous", "previous"],
    ["a group apart from itself", { separation: [["issuers", "issuers"]] }, "policy.separation", "separation.0"],
    ["reserves for a burn", reserves({}, { when: { operation: "burn" } }), "policy.guard", "guards.0.when"],
    ["reserves for everything", reserves({}, {}), "policy.guard", "guards.0.when"],
    ["a ratio of 0", reserves({ cover: { ratio: "0.00" } }), "policy.ratio", "guards.0.require.cover.ratio"],
    [
      "a ratio that is no number",
      reserves({ cover: { ratio: "1e3" } }),
      "policy.ratio",
      "guards.0.require.cover.ratio",
    ],
    ["an age of nothing", reserves({ maxAge: "0s" }), "policy.duration", "guards.0.require.maxAge"],
    ["a calendar window without a calendar", limit({ window: "calendar month" }), "policy.calendar", "limits.0.window"],
    ["a window of nothing", limit({ window: "rolling 0h" }), "policy.duration", "limits.0.window"],
    ["a window in weeks", limit({ window: "rolling 2w" }), "policy.duration", "limits.0.window"],
    ["a limit on pauses", limit({ when: { operation: "pause" } }), "policy.limit", "limits.0.when.operation"],
    [
      "a limit per recipient on burns",
      limit({ per: "to", when: { operation: { in: ["mint", "burn"] } } }),
      "policy.limit",
      "limits.0.per",
    ],
    [
      "a quorum too wide to decide",
      rules({ tiers: [{ ...tier, quorum: { all: [two, two, two, two, two, two, two] } }] }),
      "policy.quorum",
      "rules.0.tiers.0.quorum",
    ],
    [
      "a change quorum of too many seats",
      {
        change: {
          ...document.change,
          loosen: {
            quorum: {
              all: [
                { group: "officers", min: 50 },
                { group: "officers", min: 50 },
              ],
            },
          },
        },
      },
      "policy.quorum",
      "change.loosen.quorum",
    ],
  ])("refuses %s", (_, fields, code, field) => {
    expect(refusalOf(() => compile(documentWith(fields)))).toMatchObject({ code, field });
  });
});
