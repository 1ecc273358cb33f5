/** Conditions with three answers: a no beats everything, and what is not known never becomes a yes. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { ageOf, agingOf, applies, holds } from "../../../../src/policy/decide/holds.ts";
import { partsOf } from "../../../../src/policy/decide/part.ts";
import type { Case } from "../../../../src/policy/policy.ts";
import { bankA, calendar, day, document, documentWith, inputWith, n, now, type Bend } from "../example.ts";

const guarded = (guard: Readonly<Record<string, unknown>>, bend: Bend = {}): Case => ({
  ...inputWith(bend),
  policy: compile(
    documentWith({
      calendar,
      lists: { ...document.lists, young: { minAge: "48h", entries: [{ address: bankA, label: "Bank A" }] } },
      guards: [{ id: "g", deny: true, ...guard }],
    }),
  ),
});
const answer = (when: Readonly<Record<string, unknown>>, bend: Bend = {}): string => {
  const one = guarded({ when }, bend);
  return holds(one.policy.guards[0]!.when, one);
};
const applying = (guard: Readonly<Record<string, unknown>>, bend: Bend = {}): boolean => {
  const one = guarded(guard, bend);
  return applies(one, one.policy.guards[0]!);
};
const later = { facts: { now: calendar.until } };

describe("a condition", () => {
  it("holds when every part does, and not when one does not", () => {
    expect(answer({ operation: "mint", amount: { lte: "100 GLD" }, initiator: { group: "issuers" } })).toBe("yes");
    expect(answer({ operation: "mint", amount: { lt: "100 GLD" }, initiator: { group: "issuers" } })).toBe("no");
    expect(answer({ operation: "burn" })).toBe("no");
  });

  it("is unknown when a fact is missing, unless another part is a no", () => {
    const time = { from: "08:00", to: "18:00" };
    expect(answer({ operation: "mint", time })).toBe("yes");
    expect(answer({ operation: "mint", time }, later)).toBe("unknown");
    expect(answer({ operation: "burn", time }, later)).toBe("no");
    expect(answer({ account: "hsm-mint" }, { bounds: { managed: undefined } })).toBe("unknown");
  });

  it("is unknown on a list that the entry is too new for", () => {
    const young = { operation: "mint", to: { in: "young" } };
    const since = (at: number): Bend => ({ facts: { listedSince: { [`young ${bankA}`]: at } } });
    expect(answer(young)).toBe("unknown");
    expect(answer(young, since(now - 2 * day + 1))).toBe("unknown");
    expect(answer(young, since(now - 2 * day))).toBe("yes");
    expect(answer({ operation: "mint", to: { notIn: "young" } })).toBe("no");
  });
});

describe("a guard", () => {
  it("applies when `when` holds or is unknown", () => {
    const when = { time: { from: "10:00" } };
    expect(applying({ when })).toBe(false);
    expect(applying({ when }, later)).toBe(true);
  });

  it("is kept away only by an `unless` that is known to hold: outside its hours it does not vanish", () => {
    const unless = { time: { from: "08:00", to: "18:00" } };
    expect(applying({ unless })).toBe(false);
    expect(applying({ unless }, { facts: { now: now + 12 * 3_600 } })).toBe(true);
    expect(applying({ unless }, later)).toBe(true);
    expect(applying({ when: { operation: "mint" }, unless: { operation: "mint", to: { in: "young" } } })).toBe(true);
  });
});

describe("the age of an entry", () => {
  const one = guarded({ when: { operation: "mint", to: { in: "young" } } });
  const part = partsOf(one.policy.guards[0]!.when).find(({ id }) => id === "to")!;

  it("is asked of lists that want one, and not of others", () => {
    expect(ageOf(part, one)).toEqual({ minAgeSeconds: 2 * day, since: undefined });
    const other = partsOf(one.policy.rules[0]!.when).find(({ id }) => id === "to")!;
    expect(ageOf(other, one)).toBeUndefined();
  });

  it("is that of the value, and nobody's where there is none or the list is not there", () => {
    const since = (now - 7) as never;
    const told = (value: string, lists = one.policy.lists): unknown => {
      const of = { ...part, aged: { list: n("young"), value: () => value } };
      const listedSince = { [`young ${bankA}`]: since, [`treasury ${bankA}`]: now as never };
      return ageOf(of, { ...one, policy: { ...one.policy, lists }, facts: { ...one.facts, listedSince } });
    };
    expect(told(bankA)).toEqual({ minAgeSeconds: 2 * day, since });
    expect(told("")).toEqual({ minAgeSeconds: 2 * day, since: undefined });
    expect(told(bankA, new Map())).toBeUndefined();
  });

  it("keeps it from counting until it is old enough", () => {
    expect(agingOf(part, one)).toBeDefined();
    const old = { ...one, facts: { ...one.facts, listedSince: { [`young ${bankA}`]: (now - 2 * day) as never } } };
    expect(agingOf(part, old)).toBeUndefined();
  });
});
