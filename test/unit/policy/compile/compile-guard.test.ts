/** Guards compiled: when they apply, and one thing that they do. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Guard } from "../../../../src/policy/policy.ts";
import { documentWith, refusalOf } from "../example.ts";

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

  it("is in force always when it says no `when`, and spares nobody without `unless`", () => {
    const { when, unless } = read({ add: { delay: "1h" } });
    expect(when.operations.size).toBe(7);
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
