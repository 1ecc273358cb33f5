/** Nothing goes to somebody from a country that the policy does not let in, and nobody from there is registered. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../../src/evidence/subject.ts";
import type { Operation } from "../../../../src/intent/operation.ts";
import type { Decision } from "../../../../src/policy/decision.ts";
import { judgeCountry } from "../../../../src/policy/decide/country.ts";
import { destined } from "../../../../src/policy/decide/destination.ts";
import { worldOf } from "../../../../src/policy/trial/world.ts";
import * as instant from "../../../../src/values/instant.ts";
import { zero } from "../../../../src/values/amount.ts";
import { addressOf, goodSights, tokenOf } from "../../../place/profiles.ts";
import { bankA, decideWith, document, inputWith, key, mintRule, now, observed, rosterIndex } from "../example.ts";

const swiss = { only: ["CH", "LI"] };
const token = tokenOf("erc3643", document.token);
const holder = subject.holder(document.token.address, bankA);

type Seen = { readonly value?: string; readonly blockTime?: number } | "nothing";

/** What a decision says when this is what observers say of the recipient's country; all else is as it should be. */
function decided(
  operation: Operation,
  { countries = swiss, seen = {}, country }: { countries?: object; seen?: Seen; country?: number } = {},
): Decision {
  const when = { operation, initiator: { group: "issuers" }, to: { in: "treasury" } };
  const policy = { token, countries, rules: [{ ...mintRule(), when }], guards: [], limits: [] };
  const intent = {
    operation,
    ...(["registerIdentity", "freeze", "unfreeze"].includes(operation) ? { amount: "0" } : {}),
    ...(operation === "registerIdentity" ? { identity: addressOf("identity"), country } : {}),
    ...(operation === "forcedTransfer" ? { from: addressOf("holder") } : {}),
  };
  const input = inputWith({ policy, intent });
  const sights = goodSights(input.policy, input.intent).flatMap((one) => {
    const entry = { ...one, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] };
    if (one.fact !== "country") return [entry];
    return seen === "nothing" ? [] : [{ ...entry, ...seen }];
  });
  const facts = Object.fromEntries(sights.map((one) => [subject.factKey(one.subject, one.fact), one]));
  return decideWith({ policy, intent, facts: { observed: { ...observed, ...facts } } });
}

const failing = ({ clauses }: Decision): readonly string[] => clauses.filter(({ ok }) => !ok).map(({ id }) => id);

describe.each<Operation>(["mint", "transfer", "forcedTransfer"])("a recipient of a %s", (operation) => {
  it("is from where the policy says, as observers see it now", () => {
    expect(decided(operation, { seen: { value: "756" } }).verdict).toBe("allowed");
    expect(decided(operation, { seen: { value: "438" } }).verdict).toBe("allowed");
    const clause = decided(operation).clauses.find(({ id }) => id === "token.to.country");
    expect(clause).toMatchObject({ observed: "country is CH (756) at block 77", bound: "one of CH, LI" });
  });

  it.each([
    ["643", "RU (643)"],
    ["0", "no country"],
    ["810", "810, which is no country"],
    ["65535", "65535, which is no country"],
  ])("from %s is waited out", (value, shown) => {
    const decision = decided(operation, { seen: { value } });
    expect([decision.verdict, decision.code, failing(decision)]).toEqual([
      "pending",
      "policy.country",
      ["token.to.country"],
    ]);
    const clause = decision.clauses.find(({ id }) => id === "token.to.country");
    expect(clause?.observed).toBe(`country is ${shown} at block 77`);
  });

  it("of whom nobody says it, or not lately, gets nothing", () => {
    expect(decided(operation, { seen: "nothing" })).toMatchObject({
      verdict: "pending",
      code: "policy.evidence-missing",
    });
    expect(decided(operation, { seen: { blockTime: now - 121 } })).toMatchObject({
      verdict: "pending",
      code: "policy.freshness",
    });
  });

  it("from no country is not let in by a policy that only names those that never are", () => {
    const countries = { never: ["RU"] };
    expect(decided(operation, { countries, seen: { value: "756" } }).verdict).toBe("allowed");
    for (const value of ["0", "643", "810"])
      expect(decided(operation, { countries, seen: { value } }).verdict).toBe("pending");
  });
});

describe("a registration", () => {
  it("is of somebody from where the policy says", () => {
    expect(decided("registerIdentity", { country: 756 }).verdict).toBe("allowed");
    for (const country of [643, 810, 999]) {
      const decision = decided("registerIdentity", { country });
      expect([decision.verdict, decision.code, failing(decision)]).toEqual([
        "refused",
        "policy.country",
        ["intent.country"],
      ]);
    }
  });

  it("that says no country is refused", () => {
    const { policy, intent } = inputWith({ policy: { token, countries: swiss }, intent: { operation: "mint" } });
    const asked = { ...intent, operation: "registerIdentity", country: undefined } as const;
    expect(judgeCountry({ policy, intent: asked })).toMatchObject([
      { ok: false, curable: false, observed: "no country" },
    ]);
  });
});

describe("no clause of a country", () => {
  it("stands where the policy asks nobody, or nobody gets anything", () => {
    const { policy } = inputWith({ policy: { token } });
    const asked = { ...inputWith().intent, operation: "registerIdentity", country: 643 } as const;
    expect(judgeCountry({ policy, intent: asked })).toEqual([]);
    const ids = (operation: Operation): readonly string[] => decided(operation).clauses.map(({ id }) => id);
    for (const operation of ["freeze", "unfreeze"] as const)
      expect(ids(operation).filter((id) => id.endsWith(".country"))).toEqual([]);
  });
});

describe("an example that says nothing of countries", () => {
  const { policy } = inputWith({ policy: { token, countries: swiss } });
  it("is of somebody whom the policy lets in", () => {
    expect(destined(policy, "registerIdentity", instant.parse(now))).toEqual({ country: 756 });
    expect(destined(inputWith({ policy: { token } }).policy, "registerIdentity", instant.parse(now))).toEqual({});
    const asked = { ...inputWith().intent, account: key.account, amount: zero };
    const countryIn = (given: object): string | undefined =>
      worldOf({ policy, roster: rosterIndex, asked, now: asked.notBefore, given }).facts.observed[
        subject.factKey(holder, "country")
      ]?.value;
    expect([countryIn({}), countryIn({ country: 643 }), countryIn({ country: 0 })]).toEqual(["756", "643", "0"]);
  });
});
