/** What a policy says beside its rules, compared part by part. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { settingChanges, type SettingChange } from "../../../../src/policy/analyse/settings.ts";
import { rosterIndex } from "../example.ts";
import { bank, officers, small, zurich } from "../small.ts";

type Fields = Readonly<Record<string, unknown>>;
const between = (before: Fields, next: Fields): readonly SettingChange[] =>
  settingChanges(compile(small(before)), compile(small(next)), rosterIndex);
const groups = (vault: object | undefined): Fields => ({
  groups: { observers: { min: 2 }, ...(vault === undefined ? {} : { vault }) },
});
const change = (loosen: object): Fields => ({ change: { tighten: { quorum: officers(1) }, loosen } });

describe("the settings of a policy", () => {
  it("are the same as themselves, and do not speak of rules", () => {
    expect(between({}, {})).toEqual([]);
    expect(
      between(
        {},
        {
          rules: [
            ...small().rules,
            { ...small().rules[0], id: "more", when: { ...small().rules[0]!.when, operation: "transfer" } },
          ],
        },
      ),
    ).toEqual([]);
  });

  it.each<[string, Fields, Fields, SettingChange["effect"], string]>([
    ["another token", {}, { token: { ...small().token, address: bank("2") } }, "incomparable", "token"],
    ["another calendar", {}, zurich, "incomparable", "calendar"],
    ["more people of a group", groups({ min: 1 }), groups({ min: 2 }), "tightening", "groups.vault"],
    ["fewer people of a group", groups({ min: 2 }), groups({ min: 1 }), "loosening", "groups.vault"],
    [
      "a group that is named",
      groups(undefined),
      groups({ min: 1, credentials: ["wallet"] }),
      "tightening",
      "groups.vault",
    ],
    [
      "more kinds of credentials",
      groups({ min: 1, credentials: ["wallet"] }),
      groups({ min: 1, credentials: ["wallet", "key"] }),
      "loosening",
      "groups.vault",
    ],
    [
      "other kinds of credentials",
      groups({ min: 1, credentials: ["wallet"] }),
      groups({ min: 1, credentials: ["key"] }),
      "incomparable",
      "groups.vault",
    ],
    [
      "more people with more kinds",
      groups({ min: 1, credentials: ["wallet"] }),
      groups({ min: 2 }),
      "incomparable",
      "groups.vault",
    ],
    ["fewer observers", {}, { groups: { observers: { min: 1 } } }, "loosening", "groups.observers"],
    ["a separation", {}, { separation: [["issuers", "officers"]] }, "tightening", "separation"],
    ["a separation that is gone", { separation: [["issuers", "officers"]] }, {}, "loosening", "separation"],
    [
      "a change by fewer",
      change({ quorum: officers(2) }),
      change({ quorum: officers(1) }),
      "loosening",
      "change.loosen",
    ],
    [
      "a change that is vetoed",
      change({ quorum: officers(2), delay: "1h" }),
      change({ quorum: officers(2), delay: "1h", veto: { group: "compliance", min: 1 } }),
      "tightening",
      "change.loosen",
    ],
  ])("%s", (_, before, next, effect, field) => {
    expect(between(before, next)).toMatchObject([{ effect, field }]);
  });

  it("know a separation whichever way round it is written", () => {
    expect(between({ separation: [["issuers", "officers"]] }, { separation: [["officers", "issuers"]] })).toEqual([]);
  });

  it("say from what to what", () => {
    expect(between(groups({ min: 1 }), groups({ min: 2, credentials: ["wallet", "key"] }))).toEqual([
      {
        effect: "tightening",
        field: "groups.vault",
        from: "at least 1, with key or passkey or wallet",
        to: "at least 2, with key or wallet",
      },
    ]);
  });

  it("say the token whole, with the contract behind it", () => {
    const { token } = small();
    const code = `code ${token.codehash}`;
    const at = (where: string): string => `GLD at ${where} on chain 31337, 18 decimals, ${code}`;
    expect(between({}, { token: { ...token, implementation: bank("3") } })).toEqual([
      {
        effect: "incomparable",
        field: "token",
        from: at(token.address),
        to: `${at(token.address)} behind which is ${bank("3")}`,
      },
    ]);
  });

  it("say how much of local time is known", () => {
    expect(between({}, zurich)).toEqual([
      { effect: "incomparable", field: "calendar", from: "no local time", to: "5 offsets of local time" },
    ]);
    expect(between(zurich, zurich)).toEqual([]);
  });

  it("say every group that changes, in the order of their names, and one that is not named", () => {
    const named = (more: object): Fields => ({ groups: { observers: { min: 2 }, ...more } });
    expect(between(named({ vault: { min: 1 }, desk: { min: 2 } }), named({ desk: { min: 1 } }))).toEqual([
      {
        effect: "loosening",
        field: "groups.desk",
        from: "at least 2, with key or passkey or wallet",
        to: "at least 1, with key or passkey or wallet",
      },
      {
        effect: "loosening",
        field: "groups.vault",
        from: "at least 1, with key or passkey or wallet",
        to: "not named",
      },
    ]);
  });

  it("say whom a separation keeps apart, what goes before what comes", () => {
    const found = between({ separation: [["traders", "issuers"]] }, { separation: [["issuers", "officers"]] });
    expect(found).toEqual([
      { effect: "loosening", field: "separation", from: "nobody is in issuers and traders", to: "somebody may be" },
      { effect: "tightening", field: "separation", from: "somebody may be", to: "nobody is in issuers and officers" },
    ]);
  });

  it("say who may change the policy, after how long and unless whom", () => {
    const vetoed = { quorum: officers(2), delay: "24h", veto: { group: "compliance", min: 1 } };
    expect(between(change({ quorum: officers(2) }), change(vetoed))).toEqual([
      {
        effect: "tightening",
        field: "change.loosen",
        from: "2 of officers, signed by nobody",
        to: "2 of officers, after 1d, unless 1 of compliance object, signed by nobody",
      },
    ]);
    const tighten = { tighten: { quorum: officers(2) }, loosen: { quorum: officers(2) } };
    expect(between({}, { change: tighten })).toMatchObject([{ effect: "tightening", field: "change.tighten" }]);
  });
});
