/** What a freeze stops and what it leaves alone. */
import { describe, expect, test } from "vitest";
import { frozen, type FreezeInForce } from "../../../src/gate/freeze.ts";
import * as name from "../../../src/values/name.ts";

const gold = name.parse("GLD");
const key = name.parse("hsm-mint");
const freeze = (scope: FreezeInForce["scope"], target: string): FreezeInForce => ({
  scope,
  target,
  reason: "drill",
  by: name.parse("cora"),
});

describe("a freeze", () => {
  test.each([
    ["deployment", "deployment"],
    ["asset", "GLD"],
    ["key", "hsm-mint"],
  ] as const)("of %s %s stops a mint of GLD with hsm-mint and says who and why", (scope, target) => {
    expect(frozen([freeze(scope, target)], gold, key)?.why).toMatch(/frozen by cora: drill/);
  });

  test.each([
    ["asset", "SLV"],
    ["key", "hsm-other"],
    ["asset", "hsm-mint"],
    ["key", "GLD"],
  ] as const)("of %s %s leaves it alone", (scope, target) => {
    expect(frozen([freeze(scope, target)], gold, key)).toBeUndefined();
  });

  test("of some key stops nothing when the account has no key", () => {
    expect(frozen([freeze("key", "hsm-mint")], gold, undefined)).toBeUndefined();
  });
});
