/** The closed list of what tightens; everything else loosens. */
import { describe, expect, it } from "vitest";
import { changeClass } from "../../../../src/policy/change/change-class.ts";
import { feedGuard, vaultFeed } from "../../../place/feeds.ts";
import { bankA, document, documentWith } from "../example.ts";

const [mint, ...others] = document.rules;
const [first, top] = mint!.tiers;
const [reserves, fee] = document.guards!;
const [day, ...limits] = document.limits!;
const treasury = document.lists!["treasury" as never]!;

const next = { version: 2, previous: `sha256:${"1".repeat(64)}` };
const classOf = (fields: Readonly<Record<string, unknown>>): string =>
  changeClass(document, documentWith({ ...next, ...fields }));
const mintAs = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  rules: [{ ...mint, ...fields }, ...others],
});
const tiersAs = (...tiers: unknown[]): Record<string, unknown> => mintAs({ tiers });
const groupsAs = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  groups: { ...document.groups, ...fields },
});
const seats = (custodians: number, compliance: number): unknown => ({
  all: [
    { group: "custodians", min: custodians },
    { group: "compliance", min: compliance },
  ],
});

describe("tightens", () => {
  it.each<[string, Record<string, unknown>]>([
    ["nothing but a new version", {}],
    ["a rule removed", { rules: others }],
    ["rules in another order", { rules: [...others, mint] }],
    ["a guard added", { guards: [{ ...fee, id: "fee-2" }, reserves, fee] }],
    ["a limit added", { limits: [{ ...day, id: "hour", window: "rolling 1h" }, day, ...limits] }],
    ["a limit lowered", { limits: [{ ...day, max: "4999 GLD" }, ...limits] }],
    ["a limit in another spelling", { limits: [{ ...day, max: "5000.0 GLD" }, ...limits] }],
    ["the fee guard lowered", { guards: [reserves, { ...fee, unless: { maxFee: { lte: "0.01 ETH" } } }] }],
    ["the last tier ending lower", tiersAs(first, { ...top, upTo: "4000 GLD" })],
    ["a seat more of the same group", tiersAs({ ...first, quorum: { group: "custodians", min: 3 } }, top)],
    ["a seat more inside a tree", tiersAs(first, { ...top, quorum: seats(3, 1) })],
    [
      "a feed added, and a guard that reads it",
      { feeds: { vault: vaultFeed }, guards: [...document.guards!, feedGuard] },
    ],
    ["a delay lengthened", tiersAs(first, { ...top, delay: "1h" })],
    ["a delay in another unit", tiersAs(first, { ...top, delay: "1800s" })],
    ["a delay added", tiersAs({ ...first, delay: "1m" }, top)],
    ["an entry removed from a list", { lists: { treasury: { entries: [treasury.entries[1]] } } }],
    [
      "all of these at once",
      {
        rules: [{ ...mint, tiers: [first, { ...top, upTo: "2000 GLD", delay: "2h", quorum: seats(2, 2) }] }],
        lists: { treasury: { entries: [] } },
        limits: [{ ...day, max: "1 GLD" }, ...limits],
      },
    ],
  ])("%s", (_, fields) => {
    expect(classOf(fields)).toBe("tighten");
  });
});

describe("loosens", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a rule added", { rules: [...document.rules, { ...mint, id: "mint-2" }] }],
    ["a rule renamed", mintAs({ id: "mint-2" })],
    ["a guard removed", { guards: [reserves] }],
    ["all guards removed", { guards: undefined }],
    ["a guard with another filter", { guards: [reserves, { ...fee, when: { operation: "mint" } }] }],
    ["a fee guard raised", { guards: [reserves, { ...fee, unless: { maxFee: { lte: "0.050000000000000001 ETH" } } }] }],
    ["another ratio", { guards: [{ ...reserves, require: { ...reserves!.require, cover: { ratio: "0.9" } } }, fee] }],
    ["an older attestation", { guards: [{ ...reserves, require: { ...reserves!.require, maxAge: "25h" } }, fee] }],
    [
      "fewer attestors",
      { guards: [{ ...reserves, require: { ...reserves!.require, by: { group: "officers", min: 1 } } }, fee] },
    ],
    ["a guard turned into another", { guards: [{ ...fee, id: "reserves-cover" }, fee] }],
    ["a limit removed", { limits: [day] }],
    ["a limit raised", { limits: [{ ...day, max: "5000.000000000000000001 GLD" }, ...limits] }],
    ["a limit with another window", { limits: [{ ...day, window: "rolling 25h" }, ...limits] }],
    ["a limit counted apart", { limits: [{ ...day, per: "initiator" }, ...limits] }],
    ["a limit on fewer operations", { limits: [day, { ...limits[0], when: { operation: "burn" } }] }],
    ["the last tier ending higher", tiersAs(first, { ...top, upTo: "5001 GLD" })],
    ["the last tier without an end", tiersAs(first, { ...top, upTo: "max" })],
    ["a lower tier ending lower", tiersAs({ ...first, upTo: "999 GLD" }, top)],
    ["a lower tier ending higher", tiersAs({ ...first, upTo: "1001 GLD" }, top)],
    ["a tier removed", tiersAs(first)],
    ["a tier added", tiersAs(first, top, { ...top, upTo: "6000 GLD" })],
    ["a seat fewer", tiersAs({ ...first, quorum: { group: "custodians", min: 1 } }, top)],
    ["a seat more for one seat fewer", tiersAs(first, { ...top, quorum: seats(1, 2) })],
    ["another group", tiersAs({ ...first, quorum: { group: "officers", min: 2 } }, top)],
    [
      "a part added to a tree",
      tiersAs(first, {
        ...top,
        quorum: {
          all: [
            { group: "custodians", min: 2 },
            { group: "compliance", min: 1 },
            { group: "officers", min: 1 },
          ],
        },
      }),
    ],
    [
      "all turned into any",
      tiersAs(first, {
        ...top,
        quorum: {
          any: [
            { group: "custodians", min: 2 },
            { group: "compliance", min: 1 },
          ],
        },
      }),
    ],
    ["a delay shortened", tiersAs(first, { ...top, delay: "29m" })],
    ["a delay removed", tiersAs(first, { ...top, delay: undefined })],
    ["another key", tiersAs({ ...first, sign: "hsm-other" }, top)],
    ["another initiator", mintAs({ when: { ...mint!.when, initiator: { group: "officers" } } })],
    ["any recipient", mintAs({ when: { ...mint!.when, to: undefined } })],
    [
      "an entry added",
      { lists: { treasury: { entries: [...treasury.entries, { address: `0x${"cc".repeat(20)}`, label: "Bank C" }] } } },
    ],
    [
      "an entry relabelled",
      { lists: { treasury: { entries: [{ address: bankA, label: "Bank Z" }, treasury.entries[1]] } } },
    ],
    ["a list more", { lists: { treasury, partners: { entries: [] } } }],
    ["a list that ages", { lists: { treasury: { ...treasury, minAge: "1h" } } }],
    ["another token", { token: { ...document.token, address: `0x${"22".repeat(20)}` } }],
    ["another code", { token: { ...document.token, codehash: `0x${"22".repeat(32)}` } }],
    ["a pinned implementation", { token: { ...document.token, implementation: `0x${"22".repeat(20)}` } }],
    ["more observers", groupsAs({ observers: { min: 3 } })],
    ["fewer kinds of credential", groupsAs({ custodians: { min: 3, credentials: ["wallet"] } })],
    ["a separation removed", { separation: [] }],
    ["a stronger change block", { change: { ...document.change, loosen: { quorum: { group: "officers", min: 3 } } } }],
    ["other examples", { tests: [] }],
    ["a limit of a number that becomes one of an amount", { limits: [{ ...day, max: 5 }, ...limits] }],
    ["another time zone", { timezone: "Europe/Paris" }],
    ["a tightening and a loosening", { rules: others, guards: [reserves] }],
    ["one name for two rules", { rules: [mint, ...document.rules] }],
    ["one name for two guards", { guards: [reserves, { ...fee, unless: { maxFee: { lte: "9 ETH" } } }, fee] }],
  ])("%s", (_, fields) => {
    expect(classOf(fields)).toBe("loosen");
  });
});

it("takes a policy without guards and limits for one to which both can be added", () => {
  const bare = documentWith({ guards: undefined, limits: undefined });
  expect(changeClass(bare, documentWith({ ...next, limits: undefined }))).toBe("tighten");
  expect(changeClass(bare, documentWith({ ...next, guards: undefined }))).toBe("tighten");
  expect(changeClass(bare, documentWith({ ...next, guards: undefined, limits: undefined }))).toBe("tighten");
});

it("has no order of a number of requests and an amount", () => {
  const counted = { ...day, metric: "count" };
  const classFrom = (old: unknown, now: unknown): string =>
    changeClass(
      documentWith({ limits: [{ ...counted, max: old }] }),
      documentWith({ ...next, limits: [{ ...counted, max: now }] }),
    );
  expect(classFrom(5, "4 GLD")).toBe("loosen");
  expect(classFrom("5 GLD", 4)).toBe("loosen");
  expect(classFrom(5, 4)).toBe("tighten");
});

it("lowers an exception's bound that is itself outside, too", () => {
  const spared = (amount: string): Record<string, unknown> => ({
    guards: [{ ...fee, unless: { amount: { lt: amount } } }],
  });
  const classFrom = (old: string, now: string): string =>
    changeClass(documentWith(spared(old)), documentWith({ ...next, ...spared(now) }));
  expect(classFrom("5 GLD", "4 GLD")).toBe("tighten");
  expect(classFrom("4 GLD", "5 GLD")).toBe("loosen");
});

describe("an entry that goes from a list", () => {
  const listed = (...addresses: string[]): object => ({
    entries: addresses.map((address) => ({ address, label: "Account" })),
  });
  const [a, b, c] = ["aa", "bb", "cc"].map((byte) => `0x${byte.repeat(20)}`) as [string, string, string];
  const rule = (id: string, group: string, to: string): object => ({
    ...mint,
    id,
    when: { operation: "mint", initiator: { group }, to: { in: to } },
  });
  const rules = [rule("mint", "issuers", "treasury"), rule("mint-2", "desk", "partners")];
  const classFrom = (old: object, now: object): string =>
    changeClass(documentWith({ rules, lists: old }), documentWith({ ...next, rules, lists: now }));

  it("loosens where another rule would take what two rules refused", () => {
    const partners = listed(b, c);
    expect(classFrom({ treasury: listed(a, b), partners }, { treasury: listed(a), partners })).toBe("loosen");
  });

  it("tightens where the other rule is for others", () => {
    const partners = listed(c);
    expect(classFrom({ treasury: listed(a, b), partners }, { treasury: listed(a), partners })).toBe("tighten");
  });

  it("tightens where both rules take whom they took before", () => {
    const kept = { treasury: listed(a, b), partners: listed(b, c) };
    expect(classFrom({ ...kept, spare: listed(a) }, { ...kept, spare: listed() })).toBe("tighten");
  });
});

describe("a feed that is there", () => {
  const feeds = { vault: vaultFeed };
  const before = documentWith({ feeds, guards: [...document.guards!, feedGuard] });
  const now = (fields: object): string =>
    changeClass(before, documentWith({ ...next, guards: [...document.guards!, feedGuard], ...fields }));

  it("stays as it is where a change tightens", () => {
    expect(now({ feeds })).toBe("tighten");
    expect(now({ feeds: { ...feeds, mine: vaultFeed } })).toBe("tighten");
    for (const fields of [{ max: "2000000" }, { max: "1000" }, { heartbeat: "12h" }, { grace: undefined }])
      expect(now({ feeds: { vault: { ...vaultFeed, ...fields } } })).toBe("loosen");
    const require = { ...feedGuard.require, feeds: undefined };
    expect(now({ feeds, guards: [...document.guards!, { ...feedGuard, require }] })).toBe("loosen");
    expect(now({ guards: document.guards })).toBe("loosen");
  });
});
