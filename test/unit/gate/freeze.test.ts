/** What a freeze stops and what it leaves alone. */
import { describe, expect, test } from "vitest";
import { frozen, type FreezeInForce } from "../../../src/gate/freeze.ts";
import { strangerText } from "../../../src/gate/stranger.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
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

  test("of an asset for a stranger's transaction stops all of it but its pause; any other freeze stops that, too", () => {
    const reason = strangerText({
      txHash: sha256(utf8("a transaction")),
      chainId: 31_337,
      token: parseAddress(`0x${"11".repeat(20)}`),
      block: 7,
      what: "a mint",
    });
    const strange = { ...freeze("asset", "GLD"), reason };
    expect(frozen([strange], gold, key, "pause")).toBeUndefined();
    for (const operation of ["mint", "burn", "redeem", "transfer", "unpause", "grantRole", undefined] as const)
      expect(frozen([strange], gold, key, operation)?.why).toContain(reason);
    expect(frozen([strange, freeze("asset", "GLD")], gold, key, "pause")?.why).toMatch(/drill/);
    expect(frozen([{ ...freeze("key", "hsm-mint"), reason }], gold, key, "pause")?.code).toBe("gate.frozen");
    expect(frozen([{ ...freeze("deployment", "deployment"), reason }], gold, key, "pause")?.code).toBe("gate.frozen");
  });

  test("of some key stops nothing when the account has no key", () => {
    expect(frozen([freeze("key", "hsm-mint")], gold, undefined)).toBeUndefined();
  });
});
