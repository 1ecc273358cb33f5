/** Typed data in cells: every field as its tests read it, or not there. */
import { describe, expect, it } from "vitest";
import { addressClasses } from "../../../../src/policy/analyse/address-classes.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { TypedDataTest } from "../../../../src/policy/compile/condition.ts";
import type { Policy } from "../../../../src/policy/policy.ts";
import type { FieldSlot } from "../../../../src/policy/analyse/spot.ts";
import { edgesOf, leastNumber, typedSlots } from "../../../../src/policy/analyse/typed-slots.ts";
import * as amount from "../../../../src/values/amount.ts";
import * as instant from "../../../../src/values/instant.ts";
import { custodians, bank, lists, small, upTo } from "../small.ts";

const typedData = (fields: object, more: object = {}): object => ({
  domain: { verifyingContract: bank("1"), chainId: 31_337, ...more },
  primaryType: "Permit",
  fields,
});
const policyWith = (rule: object, ...guards: readonly object[]): Policy =>
  compile(
    small({
      lists: lists("a", "b"),
      rules: [
        {
          id: "permit",
          when: { operation: "signTypedData", initiator: { group: "issuers" }, typedData: rule },
          tiers: [upTo("max", custodians(2))],
        },
      ],
      guards: guards.map((one, index) => ({
        id: `guard-${String(index)}`,
        when: { operation: "signTypedData", typedData: one },
        deny: true,
      })),
    }),
  );
const at = instant.parse(1_000);

function slotsOf(rule: object, ...guards: readonly object[]): ReturnType<typeof typedSlots> {
  const policy = policyWith(rule, ...guards);
  const test = (of: { readonly typedData: TypedDataTest | undefined }): TypedDataTest => of.typedData!;
  const classes = addressClasses([...policy.lists.values()], []);
  const breakers = policy.guards.map(({ when }) => ({ test: test(when), policy }));
  return typedSlots({ test: test(policy.rules[0]!.when), policy }, breakers, { classes, at });
}

const text = (slot: FieldSlot | undefined): string => {
  switch (slot?.kind) {
    case "number":
      return `${slot.from === leastNumber ? "least" : String(slot.from)} to ${slot.below > amount.max ? "max" : String(slot.below)}`;
    case "text":
      return slot.value;
    case "address":
      return slot.members.kind === "strangers" ? "strangers" : [...slot.members.members].join(",").slice(0, 3);
    default:
      return slot?.kind ?? "nothing";
  }
};
const fieldsOf = (rule: object, ...guards: readonly object[]): string[] =>
  slotsOf(rule, ...guards).map(({ fields }) => text(fields.get("value")));

describe("the cells of typed data", () => {
  it("of a number are cut at its tests, below 0 too", () => {
    expect(fieldsOf(typedData({ value: { lte: "10" } }))).toEqual(["absent", "least to 0", "0 to 11", "11 to max"]);
    expect(fieldsOf(typedData({ value: { within: "1m" } }))).toEqual([
      "absent",
      "least to 0",
      "0 to 1061",
      "1061 to max",
    ]);
    expect(fieldsOf(typedData({ value: { is: "7" } }))).toEqual([
      "absent",
      "least to 0",
      "0 to 7",
      "7 to 8",
      "8 to max",
    ]);
  });

  it("of an address are its lists", () => {
    expect(fieldsOf(typedData({ value: { in: "treasury" } }))).toEqual(["absent", "0xa", "strangers"]);
  });

  it("of a text are what it is compared with, and another", () => {
    expect(fieldsOf(typedData({ value: { is: "yes" } }), typedData({ value: { is: "another" } }))).toEqual([
      "absent",
      "yes",
      "another",
      "another-one",
    ]);
  });

  it("are told apart by tests of the same domain and type alone", () => {
    expect(
      fieldsOf(typedData({ value: { lte: "10" } }), typedData({ value: { lte: "20" } }, { chainId: 1 })),
    ).toHaveLength(4);
    expect(fieldsOf(typedData({ value: { lte: "10" } }), typedData({ value: { lte: "20" } }))).toHaveLength(5);
  });

  it("have names of the domain where some test asks for one", () => {
    const names = slotsOf(
      typedData({ value: { is: "yes" } }),
      typedData({ value: { is: "yes" } }, { name: "GLD" }),
    ).map(({ domain }) => domain.name);
    expect([...new Set(names)]).toEqual(["GLD", "another"]);
    const own = slotsOf(typedData({ value: { is: "yes" } }, { name: "SLV" })).map(({ domain }) => domain.name);
    expect([...new Set(own)]).toEqual(["SLV"]);
  });
});

describe("the edges of a test", () => {
  it("are where it begins and ends to hold", () => {
    expect(edgesOf({ kind: "between", from: 3n, below: 5n }, at)).toEqual([3n, 5n]);
    expect(edgesOf({ kind: "within", seconds: 60 }, at)).toEqual([1_061n]);
    expect(edgesOf({ kind: "is", value: "7" }, at)).toEqual([7n, 8n]);
    expect(edgesOf({ kind: "is", value: "yes" }, at)).toEqual([]);
  });
});
