/** The diff by meaning: for every part of a policy, what makes it ask for more, for less, for something else, or for the same. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { diff, type Diff } from "../../../../src/policy/analyse/diff.ts";
import * as address from "../../../../src/values/address.ts";
import { n, rosterIndex, rosterWith } from "../example.ts";
import {
  all,
  bank,
  compliance,
  custodians,
  decideExample,
  lists,
  mintRule,
  officers,
  small,
  sum,
  two,
  upTo,
  zurich,
} from "../small.ts";

type Fields = Readonly<Record<string, unknown>>;

const between = (before: Fields, next: Fields): Diff => diff(compile(small(before)), compile(small(next)), rosterIndex);

const limit = (more: object = {}): Fields => ({
  limits: [{ id: "day", ...sum, max: "50 GLD", over: "deny", ...more }],
});
const guard = (more: object): Fields => ({ guards: [{ id: "guard", when: { operation: "mint" }, ...more }] });
const reserve = (more: object = {}): Fields =>
  guard({
    require: {
      evidence: "reserve",
      by: { group: "attestors", min: 1 },
      maxAge: "24h",
      cover: { ratio: "1.00" },
      ...more,
    },
  });
const price = (more: object = {}): Fields =>
  guard({ require: { evidence: "price", maxAge: "60s", sources: 2, deviation: "0.01", ...more } });
const identity = (more: object = {}): Fields => guard({ require: { evidence: "identity", ...more } });
const tier = (quorum: object, more: object = {}): Fields => ({
  rules: [mintRule({}, [upTo("100 GLD", quorum, more)])],
});
const treasury = (...letters: readonly string[]): Fields => ({
  lists: { treasury: { entries: letters.map((letter) => ({ address: bank(letter), label: letter })) } },
});
const aged = (minAge: string): Fields => ({
  lists: { treasury: { minAge, entries: [{ address: bank("a"), label: "a" }] } },
});
const groups = (custodian: object): Fields => ({ groups: { observers: { min: 2 }, custodians: custodian } });
const change = (loosen: object): Fields => ({ change: { tighten: { quorum: officers(1) }, loosen } });
const hours = (to: string): Fields => ({ ...zurich, rules: [mintRule({ time: { from: "08:00", to } })] });
const veto = { group: "compliance", min: 1 };

/** Each pair tightens from left to right, and loosens from right to left. */
const tightenings: Readonly<Record<string, readonly [Fields, Fields]>> = {
  "a guard that denies": [{}, guard({ deny: true })],
  "a guard that adds": [{}, guard({ add: { quorum: compliance } })],
  "a limit": [{}, limit()],
  "a lower maximum": [limit({ max: "60 GLD" }), limit()],
  "a lower maximum that no one request reaches": [limit({ max: "600 GLD" }), limit({ max: "500 GLD" })],
  "a longer window": [limit({ window: "rolling 1h" }), limit()],
  "a limit of the whole asset instead of everybody's own": [limit({ per: "initiator" }), limit()],
  "a limit that denies instead of adding": [limit({ over: { add: { quorum: compliance } } }), limit()],
  "a limit that adds more": [limit({ over: { add: { delay: "1h" } } }), limit({ over: { add: { delay: "2h" } } })],
  "requests that the limit is asked of, too": [
    limit({ when: { operation: "mint", amount: { gt: "20 GLD" } } }),
    limit({ when: { operation: "mint" } }),
  ],
  "more that the limit counts": [limit({ when: { operation: "mint" } }), limit()],
  "reserves that must cover": [{}, reserve()],
  "fresher reserves": [reserve({ maxAge: "48h" }), reserve()],
  "more than the reserves": [reserve(), reserve({ cover: { ratio: "0.90" } })],
  "more attestors": [reserve(), reserve({ by: { group: "attestors", min: 2 } })],
  "more sources of a price": [price(), price({ sources: 3 })],
  "a narrower price": [price(), price({ deviation: "0.005" })],
  "an identity that grows old": [identity(), identity({ maxAge: "30d" })],
  "a seat more": [tier(custodians(2)), tier(custodians(3))],
  "a seat of another group": [tier(custodians(2)), tier(all(custodians(2), compliance))],
  "one way less": [tier({ any: [custodians(2), compliance] }), tier(custodians(2))],
  "an order": [tier(all(compliance, custodians(2))), tier({ ordered: [compliance, custodians(2)] })],
  "a credential of a seat": [tier(custodians(1)), tier({ ...custodians(1), credentials: ["wallet"] })],
  "a floor of people": [tier(custodians(1)), tier(custodians(1), { distinct: { people: 2 } })],
  "a delay": [tier(custodians(2)), tier(custodians(2), { delay: "1h" })],
  "a veto": [tier(custodians(2), { delay: "1h" }), tier(custodians(2), { delay: "1h", veto })],
  "one recipient less": [treasury("a", "b"), treasury("a")],
  "a list that makes new entries wait": [aged("1h"), aged("48h")],
  "a lower tier": [{ rules: [mintRule({}, [upTo("200 GLD", custodians(2))])] }, {}],
  "a bound on fees": [{}, { rules: [mintRule({ maxFee: { lte: "0.05 ETH" } })] }],
  "fewer hours": [hours("19:00"), hours("18:00")],
  "fewer kinds of credentials of a group": [groups({ min: 1 }), groups({ min: 1, credentials: ["wallet"] })],
  "more people that a group must have": [groups({ min: 2 }), groups({ min: 3 })],
  "more observers": [{}, { groups: { observers: { min: 3 } } }],
  "two groups kept apart": [{}, { separation: [["issuers", "officers"]] }],
  "a stricter change": [change({ quorum: officers(2) }), change({ quorum: officers(3) })],
  "a change that waits": [change({ quorum: officers(2) }), change({ quorum: officers(2), delay: "24h" })],
  "a stop that everybody is told of": [
    {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(1))],
        },
      ],
    },
    {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          loud: true,
          tiers: [upTo("max", officers(1))],
        },
      ],
    },
  ],
};

/** Neither more nor less, so that nobody may call it a tightening. */
const others: Readonly<Record<string, readonly [Fields, Fields]>> = {
  "other people": [tier(all(custodians(1), compliance)), tier(all(custodians(1), officers(1)))],
  "another key": [tier(custodians(2)), tier(custodians(2), { sign: "hsm-other" })],
  "a lower maximum over a shorter window": [limit(), limit({ max: "40 GLD", window: "rolling 1h" })],
  "another quote": [price(), price({ quote: "EUR" })],
  "another recipient": [treasury("a"), treasury("b")],
  "an order the other way": [
    tier({ ordered: [compliance, custodians(2)] }),
    tier({ ordered: [custodians(2), compliance] }),
  ],
  "another token": [{}, { token: { ...small().token, address: bank("2") } }],
  "other local time": [zurich, { ...zurich, calendar: { ...zurich.calendar, until: zurich.calendar.until + 1 } }],
};

/** Written otherwise, decided alike. */
const same: Readonly<Record<string, readonly [Fields, Fields]>> = {
  "a rule of another name": [{}, { rules: [mintRule({}, [two], "issue")] }],
  "a list of another name": [
    {},
    {
      lists: { vault: { entries: [{ address: bank("a"), label: "Vault" }] } },
      rules: [mintRule({ to: { in: "vault" } })],
    },
  ],
  "one tier in two": [{}, { rules: [mintRule({}, [upTo("40 GLD", custodians(2)), two])] }],
  "one rule in two": [
    {},
    { rules: [mintRule({ amount: { lte: "40 GLD" } }), mintRule({ amount: { gt: "40 GLD" } }, [two], "rest")] },
  ],
  "seats in another order": [tier(all(compliance, custodians(2))), tier(all(custodians(2), compliance))],
  "a group in two places": [tier(custodians(2)), tier(all(custodians(1), custodians(1)))],
  "a guard against what no rule permits": [{}, guard({ when: { operation: "burn" }, deny: true })],
  "a recipient as an argument": [
    {},
    {
      rules: [
        {
          id: "mint",
          when: { operation: "mint", initiator: { group: "issuers" }, args: { to: { in: "treasury" } } },
          tiers: [two],
        },
      ],
    },
  ],
};

describe("a diff by meaning", () => {
  it.each(Object.entries(tightenings))("knows a tightening from its reverse: %s", (_, [loose, tight]) => {
    const found = between(loose, tight);
    expect(found.kind).toBe("tightening");
    expect([...found.regions, ...found.settings].every(({ effect }) => effect === "tightening")).toBe(true);
    expect(between(tight, loose).kind).toBe("loosening");
  });

  it.each(Object.entries(others))("takes what it cannot order for a loosening: %s", (_, [one, other]) => {
    expect(between(one, other).kind).toBe("loosening");
    expect(between(other, one).kind).toBe("loosening");
  });

  it.each(Object.entries(same))("finds nothing where nothing is decided differently: %s", (_, [one, other]) => {
    expect(between(one, other)).toMatchObject({
      kind: "same",
      regions: [],
      lines: ["no request is decided differently"],
    });
    expect(between(other, one).kind).toBe("same");
  });

  it("says one range of one change, with a request of it", () => {
    const before = {
      lists: lists("a", "b"),
      rules: [mintRule({}, [upTo("40 GLD", custodians(1)), upTo("60 GLD", custodians(1)), two])],
    };
    const next = { lists: lists("a", "b"), rules: [mintRule({}, [upTo("20 GLD", custodians(1)), two])] };
    const { regions } = between(before, next);
    expect(regions).toMatchObject([
      {
        effect: "tightening",
        region: "mint of over 20 GLD up to 60 GLD to list treasury by ida or ivan signed by hsm-mint",
        from: "1 of custodians, signed by hsm-mint",
        to: "2 of custodians, signed by hsm-mint",
      },
    ]);
  });

  it("shows a request that only one of the two lets through", () => {
    const [before, next] = [{}, { rules: [mintRule({}, [upTo("200 GLD", custodians(2))])] }];
    const [region] = between(before, next).regions;
    expect(region).toMatchObject({ effect: "loosening", from: "denied by mint.amount" });
    expect(decideExample(region!.example!, compile(small(before)), rosterIndex).verdict).toBe("refused");
    expect(decideExample(region!.example!, compile(small(next)), rosterIndex).verdict).toBe("allowed");
  });

  it("compares for everybody who could be there when it is given no roster", () => {
    const found = diff(compile(small()), compile(small(tier(custodians(3)))));
    expect(found).toMatchObject({ kind: "tightening", syntheticRoster: true });
    expect(found.lines.at(-1)).toBe("no roster was given: compared for anybody whom neither policy excludes");
  });

  it("has somebody in two groups unless both policies keep them apart", () => {
    const rules = [mintRule(), mintRule({ initiator: { group: "traders" } }, [two], "trade")];
    const apart = (...separation: readonly (readonly string[])[]): ReturnType<typeof compile> =>
      compile(small({ rules, separation }));
    expect(diff(apart(["issuers", "traders"]), apart(["traders", "issuers"]))).toEqual({
      kind: "same",
      regions: [],
      settings: [],
      syntheticRoster: true,
      lines: [
        "no request is decided differently",
        "no roster was given: compared for anybody whom neither policy excludes",
      ],
    });
    const loosened = diff(apart(["issuers", "traders"], ["issuers", "officers"]), apart(["officers", "issuers"]));
    expect(loosened.regions).toMatchObject([
      { effect: "loosening", from: "denied by separation.issuers.traders", to: "2 of custodians, signed by hsm-mint" },
    ]);
    expect(loosened.settings).toEqual([
      {
        effect: "loosening",
        field: "separation",
        from: "nobody is in issuers and traders",
        to: "somebody may be",
      },
    ]);
  });

  it("makes up people for what either policy asks for", () => {
    const asks = (min: number): ReturnType<typeof compile> => compile(small(tier(custodians(min))));
    const guarded = compile(small(guard({ add: { quorum: { group: "guards", min: 3 } } })));
    const limited = compile(small(limit({ over: { add: { quorum: { group: "watch", min: 3 } } } })));
    expect(diff(asks(9), asks(2)).kind).toBe("loosening");
    expect(diff(asks(2), asks(9)).kind).toBe("tightening");
    expect([diff(asks(2), guarded).kind, diff(guarded, asks(2)).kind]).toEqual(["tightening", "loosening"]);
    expect([diff(asks(2), limited).kind, diff(limited, asks(2)).kind]).toEqual(["tightening", "loosening"]);
  });

  it("cannot tell over its budget, and never says that nothing changes", () => {
    const found = diff(compile(small()), compile(small()), rosterIndex, { budget: 1 });
    expect(found).toEqual({
      kind: "undecided",
      regions: [],
      settings: [],
      syntheticRoster: false,
      lines: ["cannot tell: there are more cases than this check looks at"],
    });
    expect(diff(compile(small()), compile(small()), undefined, { budget: 1 }).syntheticRoster).toBe(true);
  });

  it("is told in lines, the most serious first and settings last, each region with a request of it", () => {
    const before = [
      upTo("10 GLD", custodians(1)),
      upTo("40 GLD", custodians(2)),
      upTo("70 GLD", custodians(2)),
      upTo("100 GLD", custodians(2), { sign: "hsm-other" }),
    ];
    const next = [
      upTo("10 GLD", custodians(2)),
      upTo("40 GLD", custodians(1)),
      upTo("70 GLD", compliance),
      upTo("90 GLD", custodians(2), { sign: "hsm-other" }),
    ];
    const rules = (tiers: readonly object[]): Fields => ({ lists: lists("a", "b"), rules: [mintRule({}, tiers)] });
    const found = between(rules(before), { ...rules(next), groups: { observers: { min: 3 } } });
    const bankA = `Bank A (${address.checksum(address.parse(bank("a")))})`;
    expect(found.lines).toEqual([
      "loosening: mint of over 10 GLD up to 40 GLD to list treasury by ida or ivan signed by hsm-mint",
      "  before: 2 of custodians, signed by hsm-mint",
      "  then: 1 of custodians, signed by hsm-mint",
      `  for example: mint 40 GLD to ${bankA} by ida`,
      "incomparable: mint of over 40 GLD up to 70 GLD to list treasury by ida or ivan signed by hsm-mint",
      "  before: 2 of custodians, signed by hsm-mint",
      "  then: 1 of compliance, signed by hsm-mint",
      `  for example: mint 70 GLD to ${bankA} by ida`,
      "tightening: mint of over 90 GLD up to 100 GLD to list treasury by ida or ivan signed by hsm-other",
      "  before: 2 of custodians, signed by hsm-other",
      "  then: denied by mint.amount",
      `  for example: mint 100 GLD to ${bankA} by ida`,
      "tightening: mint of up to 10 GLD to list treasury by ida or ivan signed by hsm-mint",
      "  before: 1 of custodians, signed by hsm-mint",
      "  then: 2 of custodians, signed by hsm-mint",
      `  for example: mint 10 GLD to ${bankA} by ida`,
      "tightening: groups.observers: at least 2, with key or passkey or wallet → at least 3, with key or passkey or wallet",
    ]);
    expect(found).toMatchObject({ kind: "loosening", syntheticRoster: false });
    expect(found.regions.map(({ example }) => example?.request.account)).toEqual([
      "hsm-mint",
      "hsm-mint",
      "hsm-other",
      "hsm-mint",
    ]);
  });

  it("says who denies what was permitted, and which rules are in each other's way", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    const trade = mintRule({ initiator: { group: "traders" } }, [two], "trade");
    const found = diff(compile(small()), compile(small({ rules: [mintRule(), trade] })), roster);
    expect(found.regions).toMatchObject([
      {
        effect: "tightening",
        region: "mint of up to 100 GLD to list treasury by ivan signed by hsm-mint",
        to: "refused: mint and trade both match",
        example: { request: { by: "ivan" } },
      },
    ]);
    expect(between({}, { rules: [mintRule({ amount: { lte: "40 GLD" } })] }).regions).toMatchObject([
      {
        effect: "tightening",
        region: "mint of over 40 GLD up to 100 GLD to list treasury by ida or ivan signed by hsm-mint",
        to: "denied: no rule",
      },
    ]);
  });

  it("sees a recipient whom only a rule of one of the two names", () => {
    const pinned = {
      id: "pinned",
      when: { operation: "mint", initiator: { group: "issuers" }, args: { to: { is: bank("e") } } },
      tiers: [two],
    };
    const [before, next] = [{}, { rules: [mintRule(), pinned] }];
    const named = address.checksum(address.parse(bank("e")));
    expect(between(before, next).regions).toMatchObject([
      {
        effect: "loosening",
        region: `mint of up to 100 GLD to ${named} by ida or ivan signed by hsm-mint`,
        from: "denied: no rule",
        to: "2 of custodians, signed by hsm-mint",
        example: { request: { to: named } },
      },
    ]);
    expect(between(next, before).kind).toBe("tightening");
  });

  it("shows its example as the policy names it that permits it", () => {
    const labelled = (label: string): Fields => ({ lists: { treasury: { entries: [{ address: bank("a"), label }] } } });
    const [loose, tight] = [tier(custodians(1)), tier(custodians(2))];
    const example = (before: Fields, next: Fields): string | undefined =>
      between(before, next).regions[0]?.example?.text;
    expect(example({ ...labelled("Old"), ...loose }, { ...labelled("New"), ...tight })).toContain("to Old (0x");
    expect(example({ ...labelled("Old"), ...tight }, { ...labelled("New"), ...loose })).toContain("to New (0x");
  });

  it("is of exactly the requests that differ, wherever the other policy's conditions begin", () => {
    const regions = (before: Fields, next: Fields): string[] =>
      between(before, next).regions.map(({ effect, region }) => `${effect}: ${region}`);
    const by = "by ida or ivan signed by hsm-mint";
    expect(regions({}, guard({ when: { operation: "mint", amount: { gt: "20 GLD" } }, add: { delay: "1h" } }))).toEqual(
      [`tightening: mint of over 20 GLD up to 100 GLD to list treasury ${by}`],
    );
    const excepted = guard({ unless: { operation: "mint", amount: { lte: "30 GLD" } }, add: { delay: "1h" } });
    expect(regions({}, excepted)).toEqual([`tightening: mint of over 30 GLD up to 100 GLD to list treasury ${by}`]);
    expect(regions(excepted, {})).toEqual([`loosening: mint of over 30 GLD up to 100 GLD to list treasury ${by}`]);
    const b = address.checksum(address.parse(bank("b")));
    expect(regions(treasury("a", "b"), treasury("a"))).toEqual([`tightening: mint of up to 100 GLD to ${b} ${by}`]);
    const both = { operation: { in: ["mint", "transfer"] } };
    expect(regions({ rules: [mintRule(both)] }, { rules: [mintRule(both, [upTo("100 GLD", custodians(3))])] })).toEqual(
      [`tightening: mint or transfer of up to 100 GLD to list treasury ${by}`],
    );
    expect(regions({ rules: [mintRule(both)] }, {})).toEqual([
      `tightening: transfer of up to 100 GLD to list treasury ${by}`,
    ]);
  });

  it("sees a rule for another group that only some are in", () => {
    const roster = rosterWith({ ivan: { groups: ["issuers", "traders"].map(n) } });
    const moved = compile(small({ rules: [mintRule({ initiator: { group: "traders" } })] }));
    expect(diff(compile(small()), moved, roster).regions).toMatchObject([
      { effect: "tightening", region: "mint of up to 100 GLD to list treasury by ida signed by hsm-mint" },
    ]);
  });
});
