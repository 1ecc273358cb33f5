/** Which requirement asks for more, pair by pair. */
import { describe, expect, it } from "vitest";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { compare, type Comparison, type Held, type Requirement } from "../../../../src/policy/analyse/strength.ts";
import type { Groups } from "../../../../src/policy/policy.ts";
import { n, rosterIndex } from "../example.ts";
import { all, compliance, custodians, officers } from "../small.ts";

const held = (quorum: object, more: Partial<Requirement> = {}, groups: Groups = new Map()): Held => ({
  requirement: {
    ask: { quorum: quorumSchema.parse(quorum), floors: [] },
    delaySeconds: 0,
    vetoes: [],
    sign: n("hsm-mint"),
    ...more,
  },
  electorate: { roster: rosterIndex, groups, initiator: n("ida") },
});
const veto = (group: string, min: number): Requirement["vetoes"][number] => ({ group: n(group), min });
const wallets: Groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["wallet"] as const) }]]);
const kinds = (...credentials: readonly ("key" | "wallet" | "passkey")[]): Groups =>
  new Map([[n("custodians"), { min: 1, credentials: new Set(credentials) }]]);
const anyKind: Groups = new Map([[n("custodians"), { min: 1, credentials: undefined }]]);
const ordered = (...parts: readonly object[]): object => ({ ordered: parts });

describe("a requirement beside another", () => {
  it.each<[string, Held, Held, Comparison]>([
    ["itself", held(custodians(2)), held(custodians(2)), "equal"],
    ["a seat more", held(custodians(1)), held(custodians(2)), "stronger"],
    ["a seat fewer", held(custodians(2)), held(custodians(1)), "weaker"],
    ["other people", held(custodians(1)), held(compliance), "incomparable"],
    ["one way less", held({ any: [custodians(2), compliance] }), held(custodians(2)), "stronger"],
    ["seats written twice", held(custodians(2)), held(all(custodians(1), custodians(1))), "equal"],
    ["the same in stages", held(all(compliance, custodians(1))), held(ordered(compliance, custodians(1))), "stronger"],
    [
      "stages the other way",
      held(ordered(compliance, custodians(1))),
      held(ordered(custodians(1), compliance)),
      "incomparable",
    ],
    ["a longer delay", held(custodians(1)), held(custodians(1), { delaySeconds: 1 }), "stronger"],
    ["a longer delay of fewer people", held(custodians(2)), held(custodians(1), { delaySeconds: 1 }), "incomparable"],
    ["a veto", held(custodians(1)), held(custodians(1), { vetoes: [veto("officers", 1)] }), "stronger"],
    [
      "a veto of fewer",
      held(custodians(1), { vetoes: [veto("officers", 2)] }),
      held(custodians(1), { vetoes: [veto("officers", 1)] }),
      "stronger",
    ],
    [
      "a veto of others",
      held(custodians(1), { vetoes: [veto("officers", 1)] }),
      held(custodians(1), { vetoes: [veto("compliance", 1)] }),
      "incomparable",
    ],
    ["another key", held(custodians(1)), held(custodians(1), { sign: n("hsm-other") }), "incomparable"],
    ["fewer kinds of credentials", held(custodians(1)), held(custodians(1), {}, wallets), "stronger"],
    [
      "a kind of credential that its group took before",
      held(custodians(1), {}, anyKind),
      held(custodians(1), {}, wallets),
      "stronger",
    ],
    [
      "other kinds of credentials",
      held(custodians(1), {}, wallets),
      held(custodians(1), {}, kinds("key")),
      "incomparable",
    ],
    [
      "the same kinds in another order",
      held(custodians(1), {}, kinds("key", "wallet")),
      held(custodians(1), {}, kinds("wallet", "key")),
      "equal",
    ],
    ["more people than there are", held(custodians(1)), held(custodians(9)), "stronger"],
    ["more people than there are, of others", held(officers(9)), held(custodians(9)), "equal"],
  ])("is told from %s", (_, before, next, expected) => {
    expect(compare(before, next)).toBe(expected);
  });

  it("is not ordered over the budget", () => {
    const many = Array.from({ length: 26 }, (_, index) => ({
      ...rosterIndex.member(n("chris"))!,
      id: n(`p${String(index)}`),
      unit: n(`u${String(index)}`),
    }));
    const roster = { ...rosterIndex, roster: { ...rosterIndex.roster, people: many }, inGroup: () => true };
    const asks = (count: number, other: object): Held => {
      const quorum = quorumSchema.parse(other);
      const { requirement } = held(other);
      return {
        requirement: { ...requirement, ask: { quorum, floors: [{ quorum, people: 0, units: count }] } },
        electorate: { roster, groups: new Map(), initiator: undefined },
      };
    };
    const [before, next] = [asks(12, custodians(2)), asks(11, custodians(3))];
    const later = { ...next, requirement: { ...next.requirement, delaySeconds: 1 } };
    expect(compare(before, next)).toBe("undecided");
    // One way it certainly asks for less, and the other way nobody knows.
    expect(compare(before, later)).toBe("undecided");
    expect(compare(later, before)).toBe("undecided");
    const stages = (first: number): object => ordered(custodians(first), custodians(3));
    expect(compare(asks(2, stages(3)), asks(2, stages(4)))).toBe("undecided");
  });
});
