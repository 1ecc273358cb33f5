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
import { n, rosterIndex } from "../example.ts";
import { all, compliance, custodians, mintRule, small, sum, upTo } from "../small.ts";
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
});
