/** Where what backs redeemed tokens may go: what the policy registered, and nothing where it registered nothing. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../../src/policy/decide.ts";
import { destined, judgeDestination } from "../../../../src/policy/decide/destination.ts";
import { changeClass } from "../../../../src/policy/change/change-class.ts";
import { explainPolicy } from "../../../../src/policy/words/explain-policy.ts";
import { settingChanges } from "../../../../src/policy/analyse/settings.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { checkNames } from "../../../../src/policy/compile/roster-names.ts";
import { readPolicyDocument } from "../../../../src/policy/document/document.ts";
import * as instant from "../../../../src/values/instant.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { document, inputWith, now } from "../example.ts";

const redemption = {
  destinations: [
    { id: "vault-zrh", label: "Bank A, safe 7" },
    { id: "vault-lon", label: "Bank B, London" },
  ],
  delivery: { by: { group: "compliance", min: 1 }, within: "72h" },
};
const redeem = { operation: "redeem", to: `0x${"00".repeat(20)}` };
const judged = (given: Parameters<typeof inputWith>[0]): ReturnType<typeof judgeDestination> =>
  judgeDestination(inputWith(given));
const withRedemption = (other: object = redemption): Parameters<typeof changeClass>[0] =>
  readPolicyDocument(toWire({ ...document, redemption: other }));

describe("a destination", () => {
  it("is said nothing of where neither policy nor request names one, so that older decisions are what they were", () => {
    expect(judged({ intent: redeem })).toEqual([]);
    expect(judged({ policy: { redemption } })).toEqual([]);
    const ids = decide(inputWith({ intent: redeem })).clauses.map(({ id }) => id);
    expect(ids).not.toContain("intent.destination");
  });

  it("is good when the policy registered it", () => {
    const [clause, ...more] = judged({ policy: { redemption }, intent: { ...redeem, destination: "vault-lon" } });
    expect(more).toEqual([]);
    expect(clause).toMatchObject({ ok: true, observed: "vault-lon", bound: "one of vault-zrh, vault-lon" });
  });

  it.each([
    ["another one", { ...redeem, destination: "vault-zrh-2" }, "vault-zrh-2"],
    ["none", redeem, "no destination"],
  ])("is refused for good when it is %s", (_, intent, observed) => {
    expect(judged({ policy: { redemption }, intent })).toMatchObject([{ ok: false, curable: false, observed }]);
    expect(decide(inputWith({ policy: { redemption }, intent }))).toMatchObject({
      verdict: "refused",
      code: "policy.destination",
    });
  });

  it("is refused where the policy releases nothing", () => {
    expect(judged({ intent: { ...redeem, destination: "vault-zrh" } })).toMatchObject([
      { ok: false, bound: "none: the policy releases nothing" },
    ]);
  });

  it("names ten of many", () => {
    const many = Array.from({ length: 12 }, (_, nth) => ({ id: `v${String(nth)}`, label: "a vault" }));
    const [clause] = judged({ policy: { redemption: { ...redemption, destinations: many } }, intent: redeem });
    expect(clause?.bound).toBe("one of v0, v1, v2, v3, v4, v5, v6, v7, v8, v9 and 2 more");
  });

  it("that an example leaves out is the first", () => {
    const { policy } = inputWith({ policy: { redemption } });
    expect(destined(policy, "redeem", instant.parse(now))).toEqual({ destination: "vault-zrh" });
    expect(destined(policy, "mint", instant.parse(now))).toEqual({});
    expect(destined(inputWith().policy, "redeem", instant.parse(now))).toEqual({});
  });
});

describe("the redemption of a policy", () => {
  it("loosens whatever of it changes, also when it comes or goes", () => {
    const fewer = { ...redemption, destinations: redemption.destinations.slice(0, 1) };
    const pairs = [
      [document, withRedemption()],
      [withRedemption(), document],
      [withRedemption(), withRedemption(fewer)],
      [withRedemption(fewer), withRedemption()],
      [withRedemption(), withRedemption({ ...redemption, delivery: { ...redemption.delivery, within: "71h" } })],
    ] as const;
    for (const [current, next] of pairs) expect(changeClass(current, next)).toBe("loosen");
    expect(changeClass(withRedemption(), withRedemption())).toBe("tighten");
  });

  it("is told in plain words, and a change of it too", () => {
    const { policy, roster } = inputWith({ policy: { redemption } });
    expect(explainPolicy(policy)).toEqual(
      expect.arrayContaining([
        "a redemption is released, once its burn is final, to one of: Bank A, safe 7 (vault-zrh), Bank B, London (vault-lon)",
        "its delivery is said by at least 1 of compliance within 3 days",
      ]),
    );
    expect(settingChanges(inputWith().policy, policy, roster)).toMatchObject([
      { field: "redemption", from: "redemptions end with their burn", effect: "incomparable" },
    ]);
  });

  it("names each destination once, a time to deliver, and a group that somebody is in", () => {
    const twice = { ...redemption, destinations: [redemption.destinations[0], redemption.destinations[0]] };
    expect(() => compile(withRedemption(twice))).toThrow("`vault-zrh` stands twice");
    const atOnce = { ...redemption, delivery: { ...redemption.delivery, within: "0s" } };
    expect(() => compile(withRedemption(atOnce))).toThrow("no time at all");
    const nobody = { ...redemption, delivery: { ...redemption.delivery, by: { group: "nobody", min: 1 } } };
    expect(checkNames(compile(withRedemption(nobody)), inputWith().roster)).toMatchObject([
      { field: "redemption.delivery.by.group" },
    ]);
  });
});
