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

describe("the batches of a rule", () => {
  const refused = (batch: object, when: Readonly<Record<string, unknown>> = {}): object => {
    const rule = mintRule(when, tierWith({ upTo: "100 GLD" }));
    return refusalOf(() => compiled({ rules: [{ ...rule, batch }] }));
  };

  it("are at most so many requests, and so much together", () => {
    const rules = [{ ...mintRule({}, tierWith({ upTo: "100 GLD" })), batch: { max: 9, total: "100 GLD" } }];
    expect(compiled({ rules }).rules[0]!.batch).toEqual({ max: 9, total: 100n * 10n ** 18n });
    expect(compiled({ rules: [mintRule({})] }).rules[0]!.batch).toBeUndefined();
  });

  it.each<[object, Readonly<Record<string, unknown>>, string]>([
    [{ max: 9, total: "101 GLD" }, {}, "rules.0.batch.total"],
    [{ max: 9, total: "max" }, {}, "rules.0.batch.total"],
    [{ max: 9, total: "0 GLD" }, {}, "rules.0.batch.total"],
  ])("are no %o of %o", (batch, when, field) => {
    expect(refused(batch, when)).toMatchObject({ code: "policy.batch", field });
  });

  it("are of operations that have an amount", () => {
    const when = { operation: { in: ["burn", "pause"] }, initiator: { group: "issuers" } };
    const rule = { id: "stop", when, ...tierWith({ upTo: "100 GLD" }), batch: { max: 9, total: "1 GLD" } };
    expect(refusalOf(() => compiled({ rules: [rule] }))).toMatchObject({
      code: "policy.batch",
      field: "rules.0.batch",
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

describe("a document is refused in these words", () => {
  const stop = { id: "stop", when: { operation: "pause", initiator: { group: "officers" } }, ...tierWith({}) };
  const [tier] = document.rules[0]!.tiers;
  const offsets = [{ from: 5, seconds: 0 }];
  const entry = (byte: string): object => ({ address: `0x${byte.repeat(20)}`, label: "A" });
  const listed = (...entries: object[]): Record<string, unknown> => ({ lists: { treasury: { entries } } });

  it.each<[Record<string, unknown>, string]>([
    [
      { rules: [{ ...stop, when: { ...stop.when, operation: { in: ["pause", "mint", "unpause"] } }, loud: true }] },
      "rules.0.loud: a loud rule stops things and nothing else; mint, unpause does more",
    ],
    [
      { rules: [{ ...stop, when: { ...stop.when, operation: "signTypedData" } }] },
      "rules.0.when: a rule for `signTypedData` says which `typedData`",
    ],
    [
      { rules: [mintRule({}, { tiers: [tier, tier] })] },
      "rules.0.tiers.1.upTo: `1000 GLD` is not above the tier before",
    ],
    [
      { change: { ...document.change, loosen: { quorum: ordered } } },
      "change.loosen.quorum: approvals of a change have no order; ask for `all` of them",
    ],
    [{ rules: [mintRule({}, { id: "guard" })] }, "rules.0.id: `guard` names other clauses"],
    [{ rules: [mintRule(), mintRule()] }, "rules.1.id: `mint` stands twice"],
    [{ groups: {} }, "groups.observers: say how many observers must agree: `observers: { min: 2 }`"],
    [{ version: 2 }, "previous: version 1 has no previous document, and every other version names it"],
    [{ calendar: { until: 9, offsets }, timezone: undefined }, "timezone: a calendar is of a time zone; name it"],
    [{ calendar: { until: 5, offsets } }, "calendar.until: it ends before its last offset begins"],
    [
      { calendar: { until: 9, offsets: [...offsets, ...offsets] } },
      "calendar.offsets.1.from: offsets stand in the order of time",
    ],
    [{ holidays: { bank: ["2026-02-30"] } }, "holidays.bank.0: `2026-02-30` is no date"],
    [listed(entry("00")), "lists.treasury.entries.0.address: the zero address is nobody"],
    [
      listed(entry("aa"), entry("aa")),
      `lists.treasury.entries.1.address: \`0x${"aa".repeat(20)}\` stands in the list twice`,
    ],
    [{ separation: [["issuers", "issuers"]] }, "separation.0: `issuers` cannot be separate from itself"],
  ])("%o", (fields, message) => {
    expect(refusalOf(() => compiled(fields)).message).toBe(message);
  });
});

it.each(["ceiling", "group", "guard", "intent", "limit", "rule", "separation", "token"])(
  "no rule is called `%s`, which other clauses begin with",
  (id) => {
    expect(refusalOf(() => compiled({ rules: [mintRule({}, { id })] }))).toEqual({
      code: "policy.reserved",
      field: "rules.0.id",
      message: `rules.0.id: \`${id}\` names other clauses`,
    });
  },
);

describe("what a document names beside its rules", () => {
  it("is a holiday of the first day there is, too", () => {
    expect(() => compiled({ holidays: { bank: ["1970-01-01"] } })).not.toThrow();
  });

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
    expect(refusalOf(() => compiled({ calendar, timezone: undefined }))).toMatchObject({
      code: "policy.calendar",
      field: "timezone",
    });
  });
});
