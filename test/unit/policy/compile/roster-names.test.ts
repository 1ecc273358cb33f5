/** Names of groups and keys, wherever a policy may say them. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { PolicyDocument } from "../../../../src/policy/document/document.ts";
import { checkClaimNames, checkNames } from "../../../../src/policy/compile/roster-names.ts";
import { document, documentWith, rosterIndex } from "../example.ts";

const [mint] = document.rules;
const [tier] = mint!.tiers;
const found = (fields: Readonly<Record<string, unknown>>): string[] =>
  checkNames(compile(documentWith(fields)), rosterIndex).map(({ code, field }) => `${code} ${field}`);
const inTier = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  rules: [{ ...mint, tiers: [{ ...tier, ...fields }] }],
});
const guard = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  guards: [{ id: "g", ...fields }],
});
const nobody = { group: "nobody", min: 1 };
const somebody = { group: "custodians", min: 1 };
const on = { when: { operation: "transfer" } };

describe("checkNames", () => {
  it("finds nothing where everybody is there", () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a floor", { groups: { ...document.groups, nobody: { min: 1 } } }, "groups.nobody"],
    ["a separation", { separation: [["custodians", "nobody"]] }, "separation.0.1"],
    [
      "an initiator",
      { rules: [{ ...mint, when: { ...mint!.when, initiator: { group: "nobody" } } }] },
      "rules.0.when.initiator.group",
    ],
    ["a quorum", inTier({ quorum: nobody }), "rules.0.tiers.0.quorum.group"],
    [
      "an inner quorum",
      inTier({ quorum: { all: [somebody, { any: [somebody, nobody] }] } }),
      "rules.0.tiers.0.quorum.all.1.any.1.group",
    ],
    ["a later quorum", inTier({ quorum: { ordered: [somebody, nobody] } }), "rules.0.tiers.0.quorum.ordered.1.group"],
    ["a tier's veto", inTier({ veto: nobody, delay: "1h" }), "rules.0.tiers.0.veto.group"],
    [
      "what a guard applies to",
      guard({ when: { initiator: { group: "nobody" } }, deny: true }),
      "guards.0.when.initiator.group",
    ],
    [
      "what a guard leaves alone",
      guard({ unless: { initiator: { group: "nobody" } }, deny: true }),
      "guards.0.unless.initiator.group",
    ],
    ["who attests", guard({ ...on, require: { evidence: "identity", by: nobody } }), "guards.0.require.by.group"],
    ["what a guard adds", guard({ ...on, add: { quorum: nobody } }), "guards.0.add.quorum.group"],
    ["a veto that a guard adds", guard({ ...on, add: { veto: nobody, delay: "1h" } }), "guards.0.add.veto.group"],
    [
      "whom a limit binds",
      { limits: [{ ...document.limits![0], when: { operation: "mint", initiator: { group: "nobody" } } }] },
      "limits.0.when.initiator.group",
    ],
    [
      "what a full limit adds",
      { limits: [{ ...document.limits![0], over: { add: { quorum: nobody } } }] },
      "limits.0.over.add.quorum.group",
    ],
    [
      "who changes the policy",
      { change: { ...document.change, loosen: { quorum: nobody } } },
      "change.loosen.quorum.group",
    ],
    [
      "who vetoes a change",
      { change: { ...document.change, loosen: { quorum: somebody, veto: nobody } } },
      "change.loosen.veto.group",
    ],
  ])("finds a group that nobody is in as %s", (_, fields, field) => {
    expect(found(fields)).toEqual([`policy.group-empty ${field}`]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["signs", inTier({ sign: "hsm-lost" }), "rules.0.tiers.0.sign"],
    ["is asked for", { rules: [{ ...mint, when: { ...mint!.when, account: "hsm-lost" } }] }, "rules.0.when.account"],
    [
      "is one of several",
      guard({ when: { account: { in: ["hsm-mint", "hsm-lost"] } }, deny: true }),
      "guards.0.when.account",
    ],
  ])("finds a key that %s and is not there", (_, fields, field) => {
    expect(found(fields)).toEqual([`policy.key-unknown ${field}`]);
  });
});

it("says whom and what the roster lacks", () => {
  const [group, key] = [inTier({ quorum: nobody }), inTier({ sign: "hsm-lost" })].map((fields) =>
    checkNames(compile(documentWith(fields)), rosterIndex),
  );
  expect(group?.map(({ message }) => message)).toEqual(["nobody on the roster is in the group `nobody`"]);
  expect(key?.map(({ message }) => message)).toEqual(["the roster has no key `hsm-lost`"]);
});

it("checkClaimNames finds whom a claim is about in vain", () => {
  const claims = documentWith({
    never: [
      { operation: "mint", without: { group: "nobody", min: 1 } },
      { operation: "mint", initiator: { group: "nobody" }, account: "hsm-lost" },
    ],
    always: [
      { operation: "pause", initiator: { group: "nobody" }, account: { in: ["hsm-lost"] } },
      { initiator: { group: "officers" } },
    ],
  }) satisfies PolicyDocument;
  expect(checkClaimNames(claims, rosterIndex).map(({ code, field }) => `${code} ${field}`)).toEqual([
    "policy.group-empty never.0.without.group",
    "policy.group-empty never.1.initiator.group",
    "policy.key-unknown never.1.account",
    "policy.group-empty always.0.initiator.group",
    "policy.key-unknown always.0.account",
  ]);
  expect(checkClaimNames(claims, rosterIndex).at(-1)?.message).toBe("the roster has no key `hsm-lost`");
  expect(checkClaimNames(document, rosterIndex)).toEqual([]);
});
