/** Claims that nothing is allowed with less than they say: what each part of one catches. */
import { describe, expect, it } from "vitest";
import { compileClaims, type Verdict, type NeverClaim } from "../../../../src/policy/analyse/claim.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { proveNever } from "../../../../src/policy/analyse/never.ts";
import { terrainOf } from "../../../../src/policy/analyse/survey.ts";
import { key, rosterIndex } from "../example.ts";
import { all, compliance, custodians, mintRule, small, upTo } from "../small.ts";

function result(never: object, fields: Readonly<Record<string, unknown>> = {}): Verdict {
  const document = small({ ...fields, never: [never] });
  const policy = compile(document);
  const claim = compileClaims(document)[0] as NeverClaim;
  return proveNever(claim, terrainOf(policy, rosterIndex, [{ condition: claim.when, policy }]), { left: 10_000 });
}
const tier = (quorum: object, more: object = {}): Readonly<Record<string, unknown>> => ({
  rules: [mintRule({}, [upTo("100 GLD", quorum, more)])],
});

describe("a claim that something is never allowed", () => {
  it.each<[string, object, Readonly<Record<string, unknown>>, string]>([
    ["at all", { operation: "mint" }, {}, "it can be allowed"],
    ["with fewer people", { operation: "mint", withFewerPeopleThan: 3 }, {}, "2 people are enough, fewer than 3"],
    [
      "sooner",
      { operation: "mint", withoutDelay: "2h" },
      tier(custodians(2), { delay: "1h" }),
      "it can be allowed after 1h, sooner than 2h",
    ],
    ["at once", { operation: "mint", withoutDelay: "2h" }, {}, "it can be allowed at once, sooner than 2h"],
    ["without somebody", { operation: "mint", without: compliance }, {}, "it can be allowed without 1 of compliance"],
  ])("is refuted when it can be, %s", (_, never, fields, message) => {
    expect(result(never, fields)).toMatchObject({ kind: "false", field: "never.0", message });
  });

  it.each<[string, object, Readonly<Record<string, unknown>>]>([
    ["with so many people", { operation: "mint", withFewerPeopleThan: 2 }, {}],
    ["after so long", { operation: "mint", withoutDelay: "1h" }, tier(custodians(2), { delay: "1h" })],
    ["with somebody", { operation: "mint", without: compliance }, tier(all(custodians(2), compliance))],
  ])("is proved when it cannot be, %s", (_, never, fields) => {
    expect(result(never, fields)).toEqual({
      field: "never.0",
      kind: "proved",
      message: "no request is allowed with less",
    });
  });

  it("says so when nothing is what it speaks of", () => {
    expect(result({ operation: "burn" }).message).toBe("no request that a rule matches is what it speaks of");
  });

  it("waits as long as it must in its example", () => {
    expect(result({ operation: "mint" }, tier(custodians(2), { delay: "1h" })).example).toMatchObject({
      waited: "1h",
      votes: ["carla", "chris"],
    });
  });

  it("is not refuted by a request to the account itself, which nobody can make", () => {
    const lists = { treasury: { entries: [{ address: key.account, label: "itself" }] } };
    expect(result({ operation: "mint" }, { lists }).kind).toBe("proved");
  });
});
