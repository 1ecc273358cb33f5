/** The whole log counted again, against what each allocation says was used. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { recount, withStanding } from "../../../src/gate/recount.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { fullBundle } from "../../place/bundle-maker.ts";
import { writtenLog, type Written } from "./usage-log.ts";

const checks = nativeChecks();
let written: Written;
beforeAll(async () => {
  written = await writtenLog();
});
afterAll(async () => {
  await written.place.close();
});

/** The log with the usage of its last allocation changed. */
function changed(change: (usage: Record<string, unknown>) => Record<string, unknown>): readonly Logged[] {
  const last = written.log.findLast(({ entry }) => entry.kind === "allocation");
  return written.log.map((leaf) => {
    const { entry } = leaf;
    if (leaf !== last || entry.kind !== "allocation") return leaf;
    return { ...leaf, entry: { ...entry, facts: { ...entry.facts, usage: change(entry.facts.usage ?? {}) as never } } };
  });
}

describe("a log counted again", () => {
  it("agrees with what the gate wrote", () => {
    expect(recount(written.log, checks)).toEqual({ allocations: 7, miscounts: [] });
  });

  it("agrees across changes of policy and roster", async () => {
    const { log } = await fullBundle();
    const leaves = log.map(({ index, entry }) => ({ index, entry: entrySchema.parse(entry) }));
    expect(recount(leaves, checks)).toEqual({ allocations: 2, miscounts: [] });
    const versions = [...withStanding(leaves, checks)].map(({ standing }) => standing.roster.version);
    expect([versions.at(0), versions.at(-1)]).toEqual([1, 2]);
  });

  it.each([
    ["too little", "limit.all", { added: 1n }],
    ["too few", "limit.often", { count: 1 }],
    ["room that is not", "ceiling.day", { roomAt: 5 }],
    ["more burned", "limit.net", { removed: 10n ** 21n }],
  ])("finds %s", (_, key, fields) => {
    const log = changed((usage) => ({ ...usage, [key]: { ...(usage[key] as object), ...fields } }));
    const { miscounts } = recount(log, checks);
    expect(miscounts.map((one) => one.key)).toEqual([key]);
    expect(miscounts[0]?.said).toMatchObject(fields);
  });

  it("finds what was left out, and what nobody asked for", () => {
    const without = changed((usage) =>
      Object.fromEntries(Object.entries(usage).filter(([key]) => key !== "limit.all")),
    );
    expect(recount(without, checks).miscounts).toEqual([
      expect.objectContaining({ key: "limit.all", said: undefined }),
    ]);
    const more = changed((usage) => ({ ...usage, "limit.other": usage["limit.all"] }));
    expect(recount(more, checks).miscounts).toEqual([
      expect.objectContaining({ key: "limit.other", counted: undefined }),
    ]);
  });

  it("is not made of leaves without a genesis", () => {
    expect(() => recount(written.log.slice(1), checks)).toThrow(InvalidValue);
  });
});
