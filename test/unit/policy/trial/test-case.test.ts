/** What a written test leaves out is filled in so that nothing but the policy decides. */
import { expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { caseOf } from "../../../../src/policy/trial/test-case.ts";
import { testSchema } from "../../../../src/policy/document/test-schema.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { toIso } from "../../../../src/values/instant.ts";
import { everyConstruct } from "../../../place/construct.ts";
import { goldPolicy, treasury } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";

const roster = indexRoster(rosterOf([managedKey("hsm-mint"), managedKey("hsm-two")]));
const casesOf = (
  request: Readonly<Record<string, unknown>>,
  policy: Readonly<Record<string, unknown>> = {},
  test: Readonly<Record<string, unknown>> = {},
) =>
  caseOf(testSchema.parse({ name: "one", request, expect: { allow: "mint" }, ...test }), {
    policy: compile(goldPolicy(policy)),
    roster,
  });
const mint = { operation: "mint", by: "ida", amount: "1 GLD" };

it("asks for the first recipient that a rule of the operation lists, for no fees, by the account of its key", () => {
  const [one, ...others] = casesOf(mint);
  expect(others).toEqual([]);
  expect(one).toMatchObject({ key: "hsm-mint", initiator: "ida" });
  expect(one?.intent).toMatchObject({
    to: treasury,
    feeCeilingWei: 0n,
    amount: 10n ** 18n,
    account: roster.keyByAccount(one!.intent.account)?.account,
  });
  const open = [
    {
      id: "mint",
      when: { operation: "mint", initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    },
  ];
  expect(casesOf(mint, { rules: open })[0]?.intent.to).toBe(`0x${"01".repeat(20)}`);
  expect(casesOf({ operation: "pause", by: "otto" })[0]?.intent).toMatchObject({
    to: `0x${"00".repeat(20)}`,
    amount: 0n,
  });
});

it("is one case for each key that may be meant", () => {
  const tier = { quorum: { group: "custodians", min: 1 } };
  const tiers = [
    { ...tier, upTo: "1 GLD", sign: "hsm-two" },
    { ...tier, upTo: "max", sign: "hsm-mint" },
  ];
  const rules = [{ id: "mint", when: { operation: "mint", initiator: { group: "issuers" } }, tiers }];
  expect(casesOf(mint, { rules }).map(({ key }) => key)).toEqual(["hsm-two", "hsm-mint"]);
  expect(casesOf({ ...mint, account: "hsm-mint" }, { rules }).map(({ key }) => key)).toEqual(["hsm-mint"]);
  expect(casesOf({ operation: "burn", by: "ida", amount: "1 GLD" }, { rules }).map(({ key }) => key)).toEqual([
    undefined,
  ]);
});

it("is at noon of a Wednesday that is no holiday in any window, in the zone of the policy", () => {
  expect(toIso(casesOf(mint)[0]!.facts.now)).toBe("2026-01-07T12:00:00Z");
  const every = everyConstruct();
  const guards = [{ id: "hours", unless: { time: { holidays: "target2" } }, deny: true }];
  const zone = { timezone: every["timezone"], calendar: every["calendar"], guards };
  const at = (holidays: readonly string[]) =>
    toIso(casesOf(mint, { ...zone, holidays: { target2: holidays } })[0]!.facts.now);
  expect(at(["2026-12-25"])).toBe("2024-12-25T11:13:20Z");
  expect(at(["2024-12-25"])).toBe("2025-01-01T11:13:20Z");
});

it("reads a time with its offset", () => {
  const at = (text: string) => toIso(casesOf(mint, {}, { at: text })[0]!.facts.now);
  expect(at("2026-10-05T10:00:00+02:00")).toBe("2026-10-05T08:00:00Z");
  expect(at("2026-10-05T10:00:00-02:30")).toBe("2026-10-05T12:30:00Z");
  expect(at("2026-10-05T10:00:00Z")).toBe("2026-10-05T10:00:00Z");
});

it("brings the votes of all the credentials of whoever names none, each at the place of the person", () => {
  const [one] = casesOf(mint, {}, { votes: ["carla", "chris"], vetoes: ["otto"], waited: "1h" });
  expect(one?.facts.votes.map(({ credential, position }) => [credential, position])).toEqual([
    ["carla-1", 1],
    ["chris-1", 2],
  ]);
  expect(one?.facts.vetoes?.map(({ person }) => person)).toEqual(["otto"]);
  expect(one!.facts.now - one!.facts.firstSeen).toBe(3_600);
});
