/** The questions that a request puts to whoever counts: exactly those its clauses read. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../../src/policy/decide.ts";
import { assetQuestions, limitQuestion, removing, wantedUsage } from "../../../../src/policy/decide/usage.ts";
import { bankA, day, ether, factsWith, gld, inputWith, key, now, type Bend } from "../example.ts";
import { zurich } from "../small.ts";

const limit = (id: string, fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  id,
  when: { operation: "mint" },
  metric: "sum",
  window: "rolling 24h",
  per: "asset",
  max: "500 GLD",
  over: "deny",
  ...fields,
});
const pause = { operation: "pause", amount: "0", to: `0x${"00".repeat(20)}` };
const asked = (bend: Bend): ReturnType<typeof wantedUsage> => wantedUsage(inputWith(bend), now as never);
const keys = (bend: Bend): string[] => asked(bend).map((question) => question.key);

describe("a request asks", () => {
  it("for each limit on its operation, and for the ceilings", () => {
    const limits = [limit("one"), limit("two", { when: { operation: "redeem" } }), limit("three", { when: undefined })];
    const ceilings = { shareOfSupplyMillionths: 1n };
    expect(keys({ policy: { limits }, ceilings })).toEqual([
      "limit.one",
      "limit.three",
      "ceiling.day",
      "ceiling.share",
      "ceiling.fees",
    ]);
    const redeem = { operation: "redeem", to: `0x${"00".repeat(20)}` };
    expect(keys({ policy: { limits }, ceilings, intent: redeem })).toEqual([
      "limit.two",
      "limit.three",
      "ceiling.day",
      "ceiling.fees",
    ]);
  });

  it("for its fees alone when nothing moves", () => {
    expect(keys({ policy: { limits: [limit("one", { when: undefined })] }, intent: pause })).toEqual(["ceiling.fees"]);
  });

  it("about the operations that have an amount, in one order, from the beginning of the window", () => {
    const limits = [limit("some", { when: { operation: { in: ["transfer", "mint"] } }, window: "rolling 7d" })];
    expect(asked({ policy: { limits } })[0]).toEqual({
      key: "limit.some",
      metric: "sum",
      added: { kind: "amounts", asset: "GLD", operations: ["mint", "transfer"], per: "asset", of: "GLD" },
      removed: undefined,
      since: now - 7 * day,
      ends: { kind: "rolling", seconds: 7 * day },
      asked: gld("100"),
      max: gld("500"),
    });
    const [, ceiling, fees] = asked({ policy: { limits } });
    expect(ceiling).toMatchObject({
      since: now - day,
      added: { operations: ["mint", "burn", "redeem", "transfer", "forcedTransfer", "distribute", "raiseMultiplier"] },
    });
    expect(fees).toMatchObject({
      added: { kind: "fees", account: key.account },
      asked: ether("0.01"),
      max: ether("1"),
      since: now - day,
    });
  });

  it.each([
    ["initiator", "ida"],
    ["to", bankA],
    ["account", key.account],
    ["asset", "GLD"],
  ])("per %s about its own", (per, of) => {
    expect(asked({ policy: { limits: [limit("l", { per })] } })[0]?.added).toMatchObject({ per, of });
  });

  it("of a net what was minted and what was taken out, and nothing of it when it is a burn", () => {
    const limits = [limit("net", { metric: "net", when: undefined })];
    const counted = { kind: "amounts", asset: "GLD", per: "asset", of: "GLD" };
    expect(asked({ policy: { limits } })[0]).toMatchObject({
      metric: "net",
      added: { ...counted, operations: ["mint", "distribute", "raiseMultiplier"] },
      removed: { ...counted, operations: ["burn", "redeem"] },
      asked: gld("100"),
    });
    const redeem = { operation: "redeem", to: `0x${"00".repeat(20)}` };
    expect(keys({ policy: { limits }, intent: redeem })).toEqual(["ceiling.day", "ceiling.fees"]);
    expect(keys({ policy: { limits: [limit("sum", { when: undefined })] }, intent: redeem })[0]).toBe("limit.sum");
  });

  it("for the ceilings in full", () => {
    const [, day_, share, fees] = asked({
      policy: { limits: [limit("l")] },
      ceilings: { day: gld("900"), shareOfSupplyMillionths: 5n },
    });
    const inDay = { metric: "sum", removed: undefined, since: now - day, ends: { kind: "rolling", seconds: day } };
    const whole = { kind: "amounts", asset: "GLD", per: "asset", of: "GLD" };
    const moving = ["mint", "burn", "redeem", "transfer", "forcedTransfer", "distribute", "raiseMultiplier"];
    expect(day_).toEqual({
      ...inDay,
      key: "ceiling.day",
      added: { ...whole, operations: moving },
      asked: gld("100"),
      max: gld("900"),
    });
    expect(share).toEqual({
      ...inDay,
      key: "ceiling.share",
      added: { ...whole, operations: ["mint", "distribute", "raiseMultiplier"] },
      asked: gld("100"),
      max: undefined,
    });
    expect(fees).toMatchObject({ ...inDay, key: "ceiling.fees" });
  });

  it("by the calendar from its first second to the next, and not at all when nobody knows it", () => {
    const bend = { policy: { ...zurich, limits: [limit("l", { window: "calendar day" })] } };
    const [question] = asked(bend);
    // Midnight in Zurich is an hour before midnight in Greenwich.
    const midnight = Date.UTC(2027, 0, 14, 23) / 1_000;
    expect(question).toMatchObject({
      key: "limit.l",
      since: midnight - 1,
      ends: { kind: "calendar", at: midnight + day },
    });
    const input = inputWith(bend);
    const blind = { ...input, policy: { ...input.policy, calendar: undefined } };
    expect(limitQuestion(blind, input.policy.limits[0]!, now as never)).toBeUndefined();
    expect(wantedUsage(blind, now as never).map(({ key: name }) => name)).toEqual(["ceiling.day", "ceiling.fees"]);
  });

  it("what the decision reads: with every answer it allows, and without any one it does not", () => {
    const bend = { policy: { limits: [limit("l")] }, ceilings: { shareOfSupplyMillionths: 500_000n } };
    const answers = Object.fromEntries(
      keys(bend).map((name) => [name, { added: "0", removed: "0", count: 0, roomAt: null }]),
    );
    const facts = (usage: unknown): ReturnType<typeof factsWith> => factsWith({ spends: undefined, usage });
    expect(decide({ ...inputWith(bend), facts: facts(answers) })).toMatchObject({ verdict: "allowed" });
    for (const name of keys(bend)) {
      const rest = Object.fromEntries(Object.entries(answers).filter(([other]) => other !== name));
      const { verdict, code, clauses } = decide({ ...inputWith(bend), facts: facts(rest) });
      expect([verdict, code]).toEqual(["pending", "policy.evidence-missing"]);
      expect(clauses.filter(({ ok }) => !ok)).toEqual([
        expect.objectContaining({ id: name, curable: true, observed: "nobody counted its use" }),
      ]);
    }
    expect(decide({ ...inputWith(bend), facts: facts(undefined) })).toMatchObject({ code: "policy.evidence-missing" });
  });
});

it("asks of an asset's own limits without a request, and of none that hangs on who asks", () => {
  const limits = [
    limit("all"),
    limit("each", { per: "initiator" }),
    limit("net", { when: undefined, metric: "net" }),
    limit("day", { window: "calendar day" }),
  ];
  const { policy } = inputWith({ policy: { ...zurich, limits } });
  const found = assetQuestions(policy, now as never);
  expect(found.map(({ key: name, asked: nothing, max }) => [name, nothing, max])).toEqual([
    ["limit.all", 0n, gld("500")],
    ["limit.net", 0n, gld("500")],
    ["limit.day", 0n, gld("500")],
  ]);
  expect(found[0]).toEqual({ ...asked({ policy: { limits: [limit("all")] } })[0], asked: 0n });
  expect(assetQuestions({ ...policy, calendar: undefined }, now as never)).toHaveLength(2);
});

it("burns and redemptions take tokens out of the world", () => {
  expect(removing).toEqual(["burn", "redeem"]);
});
