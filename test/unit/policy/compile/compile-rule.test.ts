/** Rules compiled: loud ones, tiers with floors and vetoes, and quorums that a change cannot have. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { document, documentWith, mintRule, refusalOf, tierWith } from "../example.ts";

const compiled = (fields: Readonly<Record<string, unknown>>): ReturnType<typeof compile> =>
  compile(documentWith(fields));
const ordered = {
  ordered: [
    { group: "officers", min: 1 },
    { group: "compliance", min: 1 },
  ],
};

describe("a tier", () => {
  it("has floors, a wait and a veto", () => {
    const more = { distinct: { people: 3, units: 2 }, delay: "1h", veto: { group: "officers", min: 2 } };
    expect(compiled({ rules: [mintRule({}, tierWith(more))] }).rules[0]!.tiers[0]).toMatchObject({
      distinct: { people: 3, units: 2 },
      delaySeconds: 3_600,
      veto: { group: "officers", min: 2 },
    });
  });

  it("with a veto and no wait is refused", () => {
    const tier = tierWith({ veto: { group: "officers", min: 2 } });
    expect(refusalOf(() => compiled({ rules: [mintRule({}, tier)] }))).toMatchObject({
      code: "policy.veto",
      field: "rules.0.tiers.0.veto",
    });
  });
});

describe("a loud rule", () => {
  const stop = { id: "stop", when: { operation: "pause", initiator: { group: "officers" } }, ...tierWith({}) };

  it("stops things", () => {
    expect(compiled({ rules: [{ ...stop, loud: true }] }).rules[0]!.loud).toBe(true);
    expect(compiled({ rules: [stop] }).rules[0]!.loud).toBe(false);
  });

  it.each(["unpause", "mint", { in: ["pause", "unpause"] }])("that does more is refused: %o", (operation) => {
    const rules = [{ ...stop, when: { ...stop.when, operation }, loud: true }];
    expect(refusalOf(() => compiled({ rules }))).toMatchObject({ code: "policy.loud", field: "rules.0.loud" });
  });
});

describe("what a document names beside its rules", () => {
  it("is a change without an order, since nobody keeps the order of its approvals", () => {
    const change = { ...document.change, loosen: { quorum: { any: [{ group: "officers", min: 2 }, ordered] } } };
    expect(refusalOf(() => compiled({ change }))).toMatchObject({
      code: "policy.ordered",
      field: "change.loosen.quorum",
    });
  });

  it.each(["2026-02-29", "2026-13-01", "2026-12-00"])("is no holiday that there is not: %s", (date) => {
    expect(refusalOf(() => compiled({ holidays: { bank: ["2026-12-25", date] } }))).toMatchObject({
      code: "policy.holidays",
      field: "holidays.bank.1",
    });
  });

  it.each<[string, object, string]>([
    [
      "offsets out of order",
      {
        until: 9,
        offsets: [
          { from: 5, seconds: 0 },
          { from: 5, seconds: 1 },
        ],
      },
      "calendar.offsets.1.from",
    ],
    ["an end before its last offset", { until: 5, offsets: [{ from: 5, seconds: 0 }] }, "calendar.until"],
  ])("is no calendar with %s", (_, calendar, field) => {
    expect(refusalOf(() => compiled({ calendar }))).toMatchObject({ code: "policy.calendar", field });
  });

  it("is no calendar without a zone", () => {
    const calendar = { until: 9, offsets: [{ from: 5, seconds: 0 }] };
    expect(refusalOf(() => compiled({ calendar, timezone: undefined }))).toMatchObject({ field: "timezone" });
  });
});
