/** Used limits from the leaves alone: the same answers as the journal that wrote them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countLog, usageFromLog, usageIn } from "../../../src/gate/usage-from-log.ts";
import { measure } from "../../../src/policy/decide/measure.ts";
import type { Counted, UsageQuestion } from "../../../src/policy/decide/usage.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import type { Instant } from "../../../src/values/instant.ts";
import { treasury } from "../../place/gold.ts";
import { writtenLog, type Written } from "./usage-log.ts";

let written: Written;
beforeAll(async () => {
  written = await writtenLog();
});
afterAll(async () => {
  await written.place.close();
});

const mints = (per: "asset" | "initiator" | "to" | "account", of: string): Counted => ({
  kind: "amounts",
  asset: "GLD",
  operations: ["mint"],
  per,
  of,
});

function questions(): readonly UsageQuestion[] {
  const { now, deployment } = written.place;
  const dimensions: Counted[] = [
    mints("asset", "GLD"),
    mints("initiator", "ida"),
    mints("initiator", "ivan"),
    mints("to", treasury),
    mints("account", deployment.key.account),
    { kind: "fees", account: deployment.key.account },
  ];
  return dimensions.flatMap((added) =>
    [600, 2_000, 4_000, 90_000].flatMap((seconds) =>
      (["sum", "count", "net"] as const).map((metric) => ({
        key: `limit.${metric}`,
        metric,
        added,
        removed:
          metric === "net" && added.kind === "amounts"
            ? { ...added, operations: ["burn", "redeem"] as const }
            : undefined,
        since: now - seconds,
        ends: { kind: "rolling" as const, seconds },
        asked: 1n,
        max: metric === "count" ? 2n : 500n * 10n ** 18n,
      })),
    ),
  );
}

describe("the log", () => {
  it("adds up to what the journal says, for every metric, dimension and window", () => {
    const { place, log } = written;
    const now = place.now as Instant;
    let used = 0;
    for (const question of questions()) {
      const sums = {
        added: (since: number) => place.journal.allocatedAfter(question.added, since),
        removed: (since: number) => place.journal.removedAfter(question.removed ?? question.added, since),
      };
      const expected = measure(question, sums, now);
      if (expected.count > 0 || expected.removed > 0n) used += 1;
      expect(usageFromLog(log, question, now)).toEqual(expected);
    }
    expect(used).toBeGreaterThan(20);
  });

  it("knows what counted before any of its leaves", () => {
    const { place, log } = written;
    const count = countLog(log);
    const now = place.now as Instant;
    const question = questions().find(({ metric, since }) => metric === "sum" && since === now - 90_000)!;
    const at = (before: number): bigint => usageIn(count, question, { now, before }).added / 10n ** 18n;
    const places = (kind: string): number[] => log.filter(({ entry }) => entry.kind === kind).map(({ index }) => index);
    const [first, second] = places("allocation") as [number, number];
    expect([at(first), at(first + 1), at(second), at(second + 1)]).toEqual([0n, 300n, 300n, 500n]);
    const reverted = places("outcome")[1]!;
    expect([at(reverted), at(reverted + 1)]).toEqual([500n, 300n]);
  });

  it("counts a thing only for whom it is", () => {
    const { place, log } = written;
    const [question] = questions();
    const silver = { ...question!, added: { ...mints("asset", "SLV"), asset: "SLV" } };
    expect(usageFromLog(log, silver, place.now as Instant)).toMatchObject({ added: 0n, count: 0 });
  });

  it("says nothing of leaves that begin elsewhere", () => {
    const [question] = questions();
    expect(() => usageFromLog(written.log.slice(1), question!, written.place.now as Instant)).toThrow(InvalidValue);
  });
});
