/** Guards compiled: when they apply, and one thing that they do. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Named } from "../../../../src/policy/compile/condition.ts";
import type { Guard } from "../../../../src/policy/policy.ts";
import { readGuard } from "../../../../src/policy/compile/compile-guard.ts";
import { documentWith, n, refusalOf } from "../example.ts";

const about = { operation: "mint" };
const read = (fields: Readonly<Record<string, unknown>>): Guard =>
  compile(documentWith({ guards: [{ id: "g", ...fields }] })).guards[0]!;
const nothing = { quorum: undefined, delaySeconds: 0, distinct: { people: 0, units: 0 }, veto: undefined };

describe("a guard", () => {
  it("adds what it says, and nothing else", () => {
    const add = { quorum: { group: "officers", min: 3 }, delay: "48h" };
    expect(read({ when: about, add }).then).toEqual({
      kind: "add",
      addition: { ...nothing, quorum: add.quorum, delaySeconds: 172_800 },
    });
    expect(read({ when: about, add: { distinct: { units: 2 } } }).then).toEqual({
      kind: "add",
      addition: { ...nothing, distinct: { people: 0, units: 2 } },
    });
  });

  it("takes evidence of one attestor, in dollars, unless it says otherwise", () => {
    const price = { evidence: "price", maxAge: "60s", sources: 2, deviation: "0.01" };
    expect(read({ when: about, require: price }).then).toEqual({
      kind: "price",
      by: { group: "attestors", min: 1 },
      quote: "USD",
      maxAgeSeconds: 60,
      sources: 2,
      deviation: { text: "0.01", numerator: 1n, denominator: 100n },
    });
    expect(
      read({ when: about, require: { ...price, quote: "EUR", by: { group: "banks", min: 2 } } }).then,
    ).toMatchObject({
      quote: "EUR",
      by: { group: "banks", min: 2 },
    });
    expect(read({ when: about, require: { evidence: "identity" } }).then).toMatchObject({ maxAgeSeconds: undefined });
    expect(read({ require: { evidence: "document", maxAge: "1d" } }).then).toMatchObject({ maxAgeSeconds: 86_400 });
  });

  it.each<[string, bigint, bigint]>([
    ["2", 2n, 1n],
    ["120", 120n, 1n],
    ["12.50", 1_250n, 100n],
    ["0.001", 1n, 1_000n],
  ])("reads the ratio %s without rounding", (text, numerator, denominator) => {
    const require = { evidence: "price", maxAge: "1m", sources: 1, deviation: text };
    expect(read({ when: about, require }).then).toMatchObject({ deviation: { text, numerator, denominator } });
  });

  it("that does nothing is refused, also by whoever did not ask the schema", () => {
    const asset = { unit: "GLD", decimals: 18 };
    const named: Named = { asset, lists: new Set(), holidays: new Map(), hasCalendar: false, standard: "role-erc20" };
    expect(refusalOf(() => readGuard({ id: n("g") }, "guards.0", { ...named, feeds: new Map() }))).toEqual({
      code: "policy.guard",
      field: "guards.0",
      message: "guards.0: a guard has one of `deny: true`, `add` and `require`",
    });
  });

  const price = { evidence: "price", maxAge: "1m", sources: 1, deviation: "0.01" };
  const reserve = { evidence: "reserve", by: { group: "a", min: 1 }, maxAge: "1m", cover: { ratio: "1" } };
  it.each<[Record<string, unknown>, string]>([
    [{ when: { to: { in: "banks" } }, deny: true }, "guards.0.when.to.in: there is no list `banks`"],
    [
      { when: { operation: "burn" }, require: reserve },
      "guards.0.when: reserves cover what is issued: write `when: { operation: mint }`, with `distribute` or `raiseMultiplier` beside it where a rule permits that",
    ],
    [
      { when: { operation: { in: ["mint", "burn", "pause"] } }, require: { evidence: "identity" } },
      "guards.0.when: an identity is of the recipient, and burn, pause has none",
    ],
    [
      { when: about, require: { ...price, deviation: "1." } },
      "guards.0.require.deviation: `1.` is not a ratio above 0 such as `1.00`",
    ],
    [
      { when: about, require: { ...reserve, cover: { ratio: "x" } } },
      "guards.0.require.cover.ratio: `x` is not a ratio above 0 such as `1.00`",
    ],
    [{ when: about, require: { ...price, maxAge: "0s" } }, "guards.0.require.maxAge: `0s` is no time at all"],
    [{ when: about, require: { ...reserve, maxAge: "0s" } }, "guards.0.require.maxAge: `0s` is no time at all"],
    [
      { when: about, require: { evidence: "document", maxAge: "0s" } },
      "guards.0.require.maxAge: `0s` is no time at all",
    ],
  ])("is refused in these words: %o", (fields, message) => {
    expect(refusalOf(() => read(fields)).message).toBe(message);
  });

  it("is in force always when it says no `when`, and spares nobody without `unless`", () => {
    const { when, unless } = read({ add: { delay: "1h" } });
    expect(when.operations.size).toBe(10);
    expect(unless).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      "an identity of a burn",
      { when: { operation: "burn" }, require: { evidence: "identity" } },
      "policy.guard",
      "guards.0.when",
    ],
    ["an identity of everything", { require: { evidence: "identity" } }, "policy.guard", "guards.0.when"],
    [
      "a deviation of nothing",
      { when: about, require: { evidence: "price", maxAge: "1m", sources: 1, deviation: "0" } },
      "policy.ratio",
      "guards.0.require.deviation",
    ],
    [
      "an age of nothing",
      { when: about, require: { evidence: "identity", maxAge: "0s" } },
      "policy.duration",
      "guards.0.require.maxAge",
    ],
    [
      "a veto without a wait",
      { when: about, add: { veto: { group: "officers", min: 1 } } },
      "policy.veto",
      "guards.0.add.veto",
    ],
  ])("with %s is refused", (_, fields, code, field) => {
    expect(refusalOf(() => read(fields))).toMatchObject({ code, field });
  });
});
