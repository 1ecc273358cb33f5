/** What a written test leaves out is filled in so that nothing but the policy decides. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { caseOf } from "../../../../src/policy/trial/test-case.ts";
import { testSchema } from "../../../../src/policy/document/test-schema.ts";
import { indexRoster } from "../../../../src/roster/membership.ts";
import { fromIso, toIso } from "../../../../src/values/instant.ts";
import { everyConstruct } from "../../../place/construct.ts";
import { goldPolicy, treasury } from "../../../place/gold.ts";
import { managedKey, rosterOf } from "../../../place/people.ts";
import { refusalOf } from "../example.ts";

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

describe("the plain time of a policy with a calendar", () => {
  const every = everyConstruct();
  const holidays = { target2: ["2024-12-25"] };
  const away = { time: { holidays: "target2" } };
  const at = (policy: Readonly<Record<string, unknown>>): string =>
    toIso(casesOf(mint, { timezone: every["timezone"], calendar: every["calendar"], ...policy })[0]!.facts.now);
  const calendarFrom = (from: string, days: number): Record<string, unknown> => ({
    calendar: { until: fromIso(from) + days * 86_400, offsets: [{ from: fromIso(from), seconds: 3_600 }] },
  });

  it("is none that is a holiday to a rule, a guard or a limit", () => {
    const [rule, ...others] = goldPolicy().rules;
    expect(at({ holidays })).toBe("2024-12-25T11:13:20Z");
    const places = [
      { rules: [{ ...rule, when: { ...rule!.when, ...away } }, ...others] },
      { guards: [{ id: "late", when: away, deny: true }] },
      { limits: [{ ...goldPolicy().limits![0], when: { ...away, operation: "mint" } }] },
    ];
    expect(places.map((place) => at({ holidays, ...place }))).toEqual(places.map(() => "2025-01-01T11:13:20Z"));
  });

  it("is noon, not one o'clock", () => {
    // Four hundred days later it is one o'clock of a Wednesday.
    expect(at(calendarFrom("2024-01-02T12:00:00Z", 1_000))).toBe("2025-02-12T11:00:00Z");
    expect(at(calendarFrom("2024-01-02T11:00:00Z", 1_000))).toBe("2025-02-05T11:00:00Z");
  });

  it("is early in a calendar that ends soon, and the day after it begins in one that is shorter still", () => {
    expect(at(calendarFrom("2026-01-01T00:00:00Z", 100))).toBe("2026-02-11T11:00:00Z");
    expect(at(calendarFrom("2026-01-01T00:00:00Z", 10))).toBe("2026-01-02T00:00:00Z");
  });
});

it("was asked for long ago and is good for a day, with a reference of no meaning", () => {
  const { intent, facts } = casesOf(mint)[0]!;
  expect(intent).toMatchObject({
    reference: "TEST-1",
    notBefore: facts.now - 400 * 86_400,
    expiresAt: facts.now + 86_400,
  });
  expect(casesOf({ ...mint, reference: "RECEIPT-7" })[0]?.intent.reference).toBe("RECEIPT-7");
});

it("reads all there is for `max`", () => {
  expect(casesOf({ ...mint, amount: "max" })[0]?.intent.amount).toBe((1n << 256n) - 1n);
});

describe("what is used", () => {
  const count = { ...goldPolicy().limits![0], id: "often", metric: "count", max: 3 };
  const fees = { ...goldPolicy().limits![0], id: "fees" };
  const usedOf = (used: object, limits: readonly object[] = [count]): unknown => {
    const { usage = {} } = casesOf(mint, { limits }, { given: { used } })[0]!.facts;
    return Object.fromEntries(
      Object.entries(usage).flatMap(([id, { added, count: times }]) =>
        added + BigInt(times) > 0n ? [[id, [added, times]]] : [],
      ),
    );
  };
  const gold = 10n ** 18n;

  it("counts in the unit of its limit or ceiling", () => {
    expect(usedOf({ often: 2 })).toEqual({ "limit.often": [0n, 2] });
    expect(usedOf({ day: "3 GLD", share: "4 GLD", fees: "5 ETH" })).toEqual({
      "ceiling.day": [3n * gold, 0],
      "ceiling.share": [4n * gold, 0],
      "ceiling.fees": [5n * gold, 0],
    });
  });

  it("is of the asset in a limit that is called like the ceiling of fees", () => {
    expect(usedOf({ fees: "5 GLD" }, [fees])).toMatchObject({ "limit.fees": [5n * gold, 0] });
    expect(refusalOf(() => usedOf({ fees: "5 ETH" }, [fees])).code).toBe("policy.amount");
  });

  it.each<[object, string]>([
    [{ often: "2 GLD" }, "given.used: `often` does not count in `2 GLD`"],
    [{ day: 2 }, "given.used: `day` does not count in `2`"],
    [{ year: "2 GLD" }, "given.used: there is no limit `year`"],
  ])("is refused where it is %o", (used, message) => {
    expect(refusalOf(() => usedOf(used))).toEqual({ code: "policy.test", field: "given.used", message });
  });
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
