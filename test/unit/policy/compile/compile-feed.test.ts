/** Feeds in a policy: bounds in their own units, on the token's chain, and named by guards. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { feedGuard, vaultFeed } from "../../../place/feeds.ts";
import { documentWith, refusalOf } from "../example.ts";

const withFeed = (fields: object, guard: object = feedGuard): ReturnType<typeof compile> =>
  compile(documentWith({ feeds: { vault: { ...vaultFeed, ...fields } }, guards: [guard] }));
const naming = (...feeds: readonly string[]): object => ({ ...feedGuard, require: { ...feedGuard.require, feeds } });

describe("a feed", () => {
  it("is read in its own units, and its heartbeat is lengthened by its grace", () => {
    const { feeds, guards } = withFeed({});
    expect(feeds).toEqual([
      {
        id: "vault",
        address: vaultFeed.address,
        codehash: vaultFeed.codehash,
        implementation: undefined,
        aggregator: undefined,
        decimals: 8,
        description: vaultFeed.description,
        maxAgeSeconds: 25 * 3_600,
        above: 10n ** 8n,
        below: 10n ** 14n,
      },
    ]);
    expect(guards[0]?.then).toMatchObject({ kind: "reserves", feeds });
  });

  it("may have no grace, and more decimals than the asset", () => {
    expect(withFeed({ grace: undefined }).feeds[0]?.maxAgeSeconds).toBe(86_400);
    expect(withFeed({ decimals: 30 }).feeds[0]?.below).toBe(10n ** 36n);
  });

  it.each([
    ["on another chain", { chain: 1 }, "policy.feed", "feeds.vault.chain"],
    ["with a bound of more decimals", { min: "0.000000001" }, "policy.feed", "feeds.vault.min"],
    ["with a bound that is no number", { max: "many" }, "policy.feed", "feeds.vault.max"],
    ["with bounds that leave nothing", { min: "1", max: "1.00000001" }, "policy.feed", "feeds.vault.max"],
    ["with bounds the wrong way round", { min: "2", max: "1" }, "policy.feed", "feeds.vault.max"],
    ["above what the asset can count", { decimals: 0, max: `2${"0".repeat(59)}` }, "policy.feed", "feeds.vault.max"],
    ["above what a feed can answer", { decimals: 76, max: "6" }, "policy.feed", "feeds.vault.max"],
    ["without a heartbeat", { heartbeat: "0s" }, "policy.duration", "feeds.vault.heartbeat"],
  ])("%s is refused", (_, fields, code, field) => {
    expect(refusalOf(() => withFeed(fields))).toMatchObject({ code, field });
  });

  it("that a guard names must be there, and stands once", () => {
    expect(refusalOf(() => withFeed({}, naming("vault", "other")))).toMatchObject({
      code: "policy.feed",
      field: "guards.0.require.feeds.1",
    });
    expect(refusalOf(() => withFeed({}, naming("vault", "vault")))).toMatchObject({ code: "policy.duplicate" });
  });
});
