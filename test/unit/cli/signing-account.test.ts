/** Which account signs when nobody says so. */
import { describe, expect, it } from "vitest";
import type { InForce } from "../../../src/cli/in-force.ts";
import { Refused, UsageError } from "../../../src/cli/outcome.ts";
import { signingAccount, type Asked } from "../../../src/cli/signing-account.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import { goldPolicy, treasury } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const [hot, cold] = [managedKey("hsm-mint"), managedKey("cold")];
const vault = `0x${"bb".repeat(20)}`;
const { rules, lists } = goldPolicy();
const [mint, ...others] = rules;

const signedBy = (first: string, second: string) => {
  const [low, high] = mint!.tiers;
  return {
    ...mint!,
    tiers: [
      { ...low!, sign: first },
      { ...high!, sign: second },
    ],
  };
};
const documents = (overrides: Readonly<Record<string, unknown>> = {}): InForce => ({
  policy: compile(goldPolicy(overrides)),
  policyHash: bytes32.zero,
  policyDocument: null,
  roster: indexRoster(rosterOf([hot, cold])),
  rosterHash: bytes32.zero,
});
const asked = (given: Partial<Asked>): Asked => ({ operation: "mint", amount: "1", to: undefined, ...given });

describe("the signing account", () => {
  it("is that of the key which the tier of the amount names", () => {
    const two = documents({ rules: [signedBy("hsm-mint", "cold"), ...others] });
    expect(signingAccount(two, asked({ amount: "1000" }))).toBe(hot.account);
    expect(signingAccount(two, asked({ amount: "1000.000000000000000001" }))).toBe(cold.account);
    expect(signingAccount(two, asked({ operation: "pause", amount: undefined }))).toBe(hot.account);
  });

  it("is told apart by the recipient, and asked for without one", () => {
    const second = { ...signedBy("cold", "cold"), id: "mint-vault", when: { ...mint!.when, to: { in: "vault" } } };
    const both = documents({
      lists: { ...lists, vault: { entries: [{ address: vault, label: "the vault" }] } },
      rules: [...rules, second],
    });
    expect(signingAccount(both, asked({ to: treasury }))).toBe(hot.account);
    expect(signingAccount(both, asked({ to: vault }))).toBe(cold.account);
    expect(() => signingAccount(both, asked({}))).toThrow(/may be 0x.* or 0x/);
  });

  it("is told apart by what a rule says of the amount, and by who is left out", () => {
    const [small, large] = ["lte", "gt"].map((bound) => ({
      ...signedBy(bound === "lte" ? "hsm-mint" : "cold", bound === "lte" ? "hsm-mint" : "cold"),
      id: bound,
      when: { ...mint!.when, to: { notIn: "vault" }, amount: { [bound]: "10 GLD" } },
    }));
    const vaults = { ...lists, vault: { entries: [{ address: vault, label: "the vault" }] } };
    const both = documents({ lists: vaults, rules: [small, large] });
    expect(signingAccount(both, asked({ amount: "10" }))).toBe(hot.account);
    expect(signingAccount(both, asked({ amount: "11", to: treasury }))).toBe(cold.account);
    expect(() => signingAccount(both, asked({ amount: "10", to: vault }))).toThrow(Refused);
  });

  it("is asked for where no rule names one", () => {
    expect(() => signingAccount(documents(), asked({ amount: "5000.1" }))).toThrow(Refused);
    expect(() => signingAccount(documents(), asked({ operation: "unpause" }))).toThrow(/no rule .*unpause/);
    expect(() => signingAccount(documents(), asked({ to: vault }))).toThrow(Refused);
    expect(() => signingAccount(documents({ rules: [signedBy("lost", "cold")] }), asked({}))).toThrow(Refused);
  });

  it("is of an operation, an amount and a recipient that are understood", () => {
    expect(() => signingAccount(documents(), asked({ operation: "steal" }))).toThrow(UsageError);
    expect(() => signingAccount(documents(), asked({ amount: "1e3" }))).toThrow(/^--amount: .*`1e3`/);
    expect(() => signingAccount(documents(), asked({ to: "0x1" }))).toThrow(/^--to: .*`0x1`/);
  });
});
