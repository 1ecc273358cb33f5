/** The outcome of one cell under two policies: in what it differs, and whether that asks for more. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import {
  differenceOf,
  effectOf,
  requirementText,
  type Difference,
  type Memory,
  type Side,
} from "../../../../src/policy/analyse/difference.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import type { Groups } from "../../../../src/policy/policy.ts";
import { n, rosterIndex } from "../example.ts";
import { all, bank, compliance, custodians, mintRule, officers, small, sum, upTo, zurich } from "../small.ts";
import { first, visitsOf } from "../terrain.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The first cell of the policy, or the last. */
function side(fields: Fields = {}, which: "first" | "last" = "first"): Side {
  const visits = visitsOf(fields);
  const policy = compile(small(fields));
  const { outcome } = which === "first" ? first(visits) : visits.at(-1)!;
  return { policy, outcome, electorate: { roster: rosterIndex, groups: policy.groups, initiator: n("ida") } };
}
const tier = (quorum: object, more: object = {}): Fields => ({
  rules: [mintRule({}, [upTo("100 GLD", quorum, more)])],
});
const limit = (more: object = {}): Fields => ({
  limits: [{ id: "day", ...sum, max: "500 GLD", over: "deny", ...more }],
});
const from = (before: Side, next: Side): Difference | undefined => differenceOf(before, next);

describe("the difference of a cell", () => {
  it("is none where both permit the same, or both deny", () => {
    expect(from(side(), side())).toBeUndefined();
    expect(
      from(side({}, "last"), side({ guards: [{ id: "no", when: { operation: "mint" }, deny: true }] })),
    ).toBeUndefined();
  });

  it("is a tightening where it is denied from now on, and says by whom", () => {
    const denied = side({ guards: [{ id: "no", when: { operation: "mint" }, deny: true }] });
    expect(from(side(), denied)).toEqual({
      effect: "tightening",
      from: "2 of custodians, signed by hsm-mint",
      to: "denied by guard.no",
    });
    expect(from(denied, side())).toMatchObject({ effect: "loosening", from: "denied by guard.no" });
  });

  it("says how much one word may cover", () => {
    const taking = (batch?: object): Side =>
      side({ rules: [{ ...mintRule({}, [upTo("100 GLD", custodians(2))]), ...(batch && { batch }) }] });
    const ten = taking({ max: 10, total: "50 GLD" });
    expect(from(taking(), ten)).toEqual({
      effect: "loosening",
      from: "no batches",
      to: "batches of at most 10 requests, 50 GLD",
    });
    expect(from(ten, taking())?.effect).toBe("tightening");
    expect(from(ten, ten)).toBeUndefined();
    expect(from(ten, taking({ max: 9, total: "50 GLD" }))?.effect).toBe("tightening");
    expect(from(ten, taking({ max: 10, total: "51 GLD" }))?.effect).toBe("loosening");
    expect(from(ten, taking({ max: 9, total: "51 GLD" }))?.effect).toBe("incomparable");
  });

  it("names only what differs", () => {
    const before = side({ ...tier(custodians(2)), ...limit() });
    expect(from(before, side({ ...tier(custodians(3)), ...limit() }))).toEqual({
      effect: "tightening",
      from: "2 of custodians, signed by hsm-mint",
      to: "3 of custodians, signed by hsm-mint",
    });
    expect(from(before, side(tier(custodians(2))))).toEqual({
      effect: "loosening",
      from: "limit day (sum) of 500 GLD per asset in 1d",
      to: "no such limit",
    });
  });

  it("that asks for more of one and less of another is neither", () => {
    expect(from(side({ ...tier(custodians(2)), ...limit() }), side(tier(custodians(3))))?.effect).toBe("incomparable");
    expect(effectOf(["stronger", "weaker"])).toBe("incomparable");
    expect(effectOf(["stronger", "incomparable"])).toBe("incomparable");
    expect(effectOf(["stronger", "undecided"])).toBe("undecided");
    expect(effectOf(["stronger"])).toBe("tightening");
  });

  it("of limits goes by metric, window, dimension, maximum and what happens beyond", () => {
    const effect = (one: object, other: object): string | undefined =>
      from(side(limit(one)), side(limit(other)))?.effect;
    expect(effect({}, { metric: "count", max: 9 })).toBe("incomparable");
    expect(effect({}, { window: "rolling 48h" })).toBe("tightening");
    expect(effect({ per: "initiator" }, { per: "account" })).toBe("incomparable");
    expect(effect({ per: "initiator" }, { per: "asset" })).toBe("tightening");
    expect(effect({ over: { add: { quorum: compliance } } }, { over: { add: { quorum: custodians(1) } } })).toBe(
      "incomparable",
    );
    expect(
      effect({ over: { add: { delay: "1h" } } }, { over: { add: { delay: "1h", distinct: { people: 2 } } } }),
    ).toBe("tightening");
    expect(
      effect(
        { over: { add: { delay: "1h" } } },
        { over: { add: { delay: "1h", veto: { group: "officers", min: 1 } } } },
      ),
    ).toBe("tightening");
    expect(effect({}, {})).toBeUndefined();
  });

  it.each<[string, Fields, string]>([
    ["a sum", limit(), "limit day (sum) of 500 GLD per asset in 1d"],
    [
      "a count",
      limit({ metric: "count", max: 9, per: "initiator" }),
      "limit day (count) of 9 requests per initiator in 1d",
    ],
    [
      "a net of a calendar month",
      { ...zurich, ...limit({ metric: "net", window: "calendar month" }) },
      "limit day (net) of 500 GLD per asset in calendar month",
    ],
    [
      "one that asks for more",
      limit({
        over: {
          add: {
            quorum: { ...compliance, credentials: ["wallet"] },
            distinct: { people: 3, units: 2 },
            delay: "2h",
            veto: { group: "officers", min: 1 },
          },
        },
      }),
      "limit day (sum) of 500 GLD per asset in 1d, beyond it also 1 of compliance by wallet, 3 different people, people of 2 different units, after 2h, unless 1 of officers object",
    ],
    [
      "one that only waits",
      limit({ over: { add: { delay: "2h" } } }),
      "limit day (sum) of 500 GLD per asset in 1d, beyond it also after 2h",
    ],
  ])("says the whole of a limit: %s", (_, fields, text) => {
    expect(from(side(zurich), side({ ...zurich, ...fields }))).toEqual({
      effect: "tightening",
      from: "no such limit",
      to: text,
    });
  });

  it("says the whole of what is permitted where the other denies", () => {
    const guards = [{ id: "paper", when: { operation: "mint" }, require: { evidence: "document", maxAge: "1h" } }];
    const permitted = side({ ...tier(custodians(2), { delay: "30m" }), ...limit(), guards });
    const denied = side({ guards: [{ id: "no", when: { operation: "mint" }, deny: true }] });
    expect(from(permitted, denied)).toEqual({
      effect: "tightening",
      from: "2 of custodians, after 30m, signed by hsm-mint; document by 1 of attestors within 1h; limit day (sum) of 500 GLD per asset in 1d",
      to: "denied by guard.no",
    });
  });

  it("says every part in which the two differ, and what is on one side only", () => {
    const identity = (maxAge: string): Fields => ({
      guards: [
        { id: "who", when: { operation: "mint" }, require: { evidence: "identity", maxAge } },
        { id: "paper", when: { operation: "mint" }, require: { evidence: "document" } },
      ],
    });
    const listed = (minAge: string): Fields => ({
      lists: { treasury: { minAge, entries: [{ address: bank("a"), label: "Bank A" }] } },
    });
    expect(
      from(
        side({ ...tier(custodians(2)), ...identity("2h"), ...listed("0s") }),
        side({ ...tier(custodians(3)), ...identity("1h"), ...listed("48h") }),
      ),
    ).toEqual({
      effect: "tightening",
      from: "2 of custodians, signed by hsm-mint; identity by 1 of attestors within 2h; recipients at once",
      to: "3 of custodians, signed by hsm-mint; identity by 1 of attestors within 1h; recipients listed for 2d",
    });
    expect(from(side(identity("1h")), side())).toEqual({
      effect: "loosening",
      from: "identity by 1 of attestors within 1h, document by 1 of attestors",
      to: "no such evidence",
    });
  });

  it("says whether everybody is told", () => {
    const stop = (more: object): Fields => ({
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(1))],
          ...more,
        },
      ],
    });
    expect(from(side(stop({})), side(stop({ loud: true })))).toEqual({
      effect: "tightening",
      from: "nobody is told",
      to: "everybody is told",
    });
    expect(from(side(stop({ loud: true })), side(stop({})))?.effect).toBe("loosening");
  });

  it.each<[string, Fields, Fields, string | undefined]>([
    ["the same, per initiator", limit({ per: "initiator" }), limit({ per: "initiator" }), undefined],
    ["a higher maximum", limit({ max: "400 GLD" }), limit(), "loosening"],
    ["what denies where it added", limit({ over: { add: { delay: "1h" } } }), limit(), "tightening"],
    ["what adds where it denied", limit(), limit({ over: { add: { delay: "1h" } } }), "loosening"],
    [
      "a longer wait beyond it",
      limit({ over: { add: { delay: "1h" } } }),
      limit({ over: { add: { delay: "2h" } } }),
      "tightening",
    ],
    [
      "the same quorum beyond it, and a wait",
      limit({ over: { add: { quorum: compliance } } }),
      limit({ over: { add: { quorum: compliance, delay: "1h" } } }),
      "tightening",
    ],
    [
      "more units beyond it",
      limit({ over: { add: { distinct: { units: 2 } } } }),
      limit({ over: { add: { distinct: { units: 3 } } } }),
      "tightening",
    ],
    [
      "a veto of fewer beyond it",
      limit({ over: { add: { delay: "1h", veto: { group: "officers", min: 2 } } } }),
      limit({ over: { add: { delay: "1h", veto: { group: "officers", min: 1 } } } }),
      "tightening",
    ],
    [
      "a veto of others beyond it",
      limit({ over: { add: { delay: "1h", veto: { group: "officers", min: 1 } } } }),
      limit({ over: { add: { delay: "1h", veto: { group: "compliance", min: 1 } } } }),
      "incomparable",
    ],
    [
      "the same veto beyond it",
      limit({ over: { add: { delay: "1h", veto: { group: "officers", min: 1 } } } }),
      limit({ over: { add: { delay: "1h", veto: { group: "officers", min: 1 } } } }),
      undefined,
    ],
    ["a rolling window for a calendar one", limit({ window: "calendar day" }), limit(), "incomparable"],
    [
      "a longer calendar window",
      limit({ window: "calendar day" }),
      limit({ window: "calendar month" }),
      "incomparable",
    ],
    ["the same calendar window", limit({ window: "calendar day" }), limit({ window: "calendar day" }), undefined],
    [
      "a lower maximum of a calendar window",
      limit({ window: "calendar day" }),
      limit({ window: "calendar day", max: "400 GLD" }),
      "tightening",
    ],
    [
      "the same calendar window of other local time",
      limit({ window: "calendar day" }),
      { ...limit({ window: "calendar day" }), calendar: { ...zurich.calendar, until: zurich.calendar.until + 1 } },
      "incomparable",
    ],
    [
      "a rolling window beside other local time",
      limit(),
      { ...limit(), calendar: { ...zurich.calendar, until: zurich.calendar.until + 1 } },
      undefined,
    ],
  ])("of two limits is told by all that they say: %s", (_, before, next, effect) => {
    const local = (fields: Fields): Side => side({ ...zurich, ...fields });
    expect(from(local(before), local(next))?.effect).toBe(effect);
  });

  it("is neither where age, loudness or evidence asks for more and people for less", () => {
    const listed = (minAge: string): Fields => ({
      lists: { treasury: { minAge, entries: [{ address: bank("a"), label: "Bank A" }] } },
    });
    const guards = [{ id: "paper", when: { operation: "mint" }, require: { evidence: "document" } }];
    expect(
      from(side({ ...tier(custodians(3)), ...listed("1h") }), side({ ...tier(custodians(2)), ...listed("2h") }))
        ?.effect,
    ).toBe("incomparable");
    expect(from(side(tier(custodians(3))), side({ ...tier(custodians(2)), guards }))?.effect).toBe("incomparable");
    const stop = (quorum: object, more: object): Fields => ({
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "issuers" } },
          tiers: [upTo("max", quorum)],
          ...more,
        },
      ],
    });
    expect(from(side(stop(custodians(3), {})), side(stop(custodians(2), { loud: true })))?.effect).toBe("incomparable");
  });

  it("takes evidence of another asset for other evidence", () => {
    const guards = [{ id: "who", when: { operation: "mint" }, require: { evidence: "identity" } }];
    const here = side({ guards });
    const there = { ...here, policy: { ...here.policy, asset: n("SLV") } };
    expect(from(here, here)).toBeUndefined();
    expect(from(here, there)?.effect).toBe("incomparable");
  });

  it("remembers what it compared", () => {
    const memory: Memory = new Map();
    differenceOf(side(), side(tier(custodians(3))), memory);
    expect([...memory.values()]).toEqual(["stronger"]);
    expect(
      differenceOf(side(), side(tier(custodians(3))), new Map([...memory.keys()].map((key) => [key, "equal"]))),
    ).toBeUndefined();
  });
});

describe("a requirement in words", () => {
  it("says who, with what, how many, after how long and unless whom", () => {
    const quorum = quorumSchema.parse(all({ ...custodians(1), credentials: ["wallet", "key"] }, compliance));
    const groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["wallet"] as const) }]]);
    const asked = {
      ask: { quorum, floors: [{ quorum, people: 2, units: 2 }] },
      delaySeconds: 60,
      vetoes: [{ group: n("officers"), min: 1 }],
      sign: n("hsm-mint"),
    };
    expect(requirementText(asked, groups)).toBe(
      "1 of custodians by wallet and 1 of compliance, 2 different people, people of 2 different units, after 1m, unless 1 of officers object, signed by hsm-mint",
    );
  });

  it("says stages, ways and the kinds that a seat takes", () => {
    const words = (quorum: object, groups: Groups = new Map()): string =>
      requirementText(
        {
          ask: { quorum: quorumSchema.parse(quorum), floors: [] },
          delaySeconds: 0,
          vetoes: [],
          sign: n("hsm-mint"),
        },
        groups,
      );
    const taken: Groups = new Map([
      [n("custodians"), { min: 1, credentials: new Set(["wallet", "key"] as const) }],
      [n("officers"), { min: 1, credentials: undefined }],
    ]);
    const leaf = { ...custodians(1), credentials: ["wallet", "passkey"] };
    expect(words({ any: [leaf, officers(2)] }, taken)).toBe(
      "1 of custodians by wallet or 2 of officers, signed by hsm-mint",
    );
    expect(words({ ordered: [custodians(2), leaf] }, taken)).toBe(
      "2 of custodians by key or wallet, then 1 of custodians by wallet, signed by hsm-mint",
    );
    expect(words(leaf)).toBe("1 of custodians by passkey or wallet, signed by hsm-mint");
  });
});
