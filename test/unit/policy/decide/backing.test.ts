/** What stands behind an asset: whose word is the last, and the most that may be out by it. */
import { describe, expect, it } from "vitest";
import { backingOf, capOf, standingOf, type ReserveGuard } from "../../../../src/policy/decide/backing.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { parse } from "../../../../src/values/instant.ts";
import { day, document, factsWith, gld, now, reserve, roster } from "../example.ts";

const policy = compile(document);
const guard: ReserveGuard = policy.guards.flatMap(({ id, then }) =>
  then.kind === "reserves" ? [{ id, ...then }] : [],
)[0]!;
const backing = (facts: Readonly<Record<string, unknown>>): ReturnType<typeof backingOf> =>
  backingOf({ policy, roster: indexRoster(roster), facts: factsWith(facts) }, guard);

describe("the backing of an asset", () => {
  it("is the last word of each attestor, and those of them that count", () => {
    const later = reserve({ sequence: 4, reserves: gld("9").toString() });
    expect(backing({ reserves: [reserve(), later] })).toMatchObject({ said: [{ sequence: 4 }], reserves: gld("9") });
    const old = reserve({ asOf: now - day - 1 });
    expect(backing({ reserves: [old] })).toMatchObject({ said: [{ sequence: 3 }], current: [], reserves: undefined });
  });

  it("has no supply before somebody observed it", () => {
    expect(backing({ observed: {} }).supply).toBeUndefined();
    expect(backing({}).supply).toBe(gld("1000"));
  });
});

describe("the most there may be", () => {
  it("is rounded down", () => {
    const ratio = { text: "0.333", numerator: 333n, denominator: 1000n };
    const worth = { numerator: 1n, denominator: 1n, text: "" };
    expect(capOf(10n, ratio, worth)).toBe(3n);
    expect(capOf(0n, ratio, worth)).toBe(0n);
    expect(capOf(10n, ratio, { ...worth, denominator: 2n })).toBe(1n);
  });
});

describe("a word", () => {
  it("counts to the second of its age and to the instant before it ends", () => {
    const at = (asOf: number, expiresAt: number): string =>
      standingOf({ asOf: parse(asOf), expiresAt: parse(expiresAt) }, guard, parse(now));
    expect(at(now, now + 1)).toBe("current");
    expect(at(now - day, now + 1)).toBe("current");
    expect(at(now - day - 1, now + 1)).toBe("old");
    expect(at(now - day - 1, now)).toBe("expired");
    expect(at(now + 1, now + 2)).toBe("to come");
  });
});
