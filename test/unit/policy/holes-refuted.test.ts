/** Holes planted in policies against a claim, one for each construct of the language: refuted by a request that is allowed, and of the twin proved. */
import { describe, expect, it } from "vitest";
import { compileClaims } from "../../../src/policy/analyse/claim.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { prove } from "../../../src/policy/analyse/prove.ts";
import { rosterIndex } from "./example.ts";
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
} from "./small.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A claim that is false of the first policy and proved of the second. */
type ClaimHole = { readonly never?: object; readonly always?: object; readonly hole: Fields; readonly twin: Fields };

const ordered = (...parts: readonly object[]): object => ({ ordered: parts });
const permit = (fields: object): object => ({
  id: "permit",
  when: {
    operation: "signTypedData",
    initiator: { group: "issuers" },
    typedData: { domain: { verifyingContract: bank("1"), chainId: 31_337 }, primaryType: "Permit", ...fields },
  },
  tiers: [upTo("max", custodians(2))],
});
const spender = (test: object): object => ({
  operation: "signTypedData",
  typedData: {
    domain: { verifyingContract: bank("1"), chainId: 31_337 },
    primaryType: "Permit",
    fields: { spender: test },
  },
});
const workdays = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" };
const open = { operation: "mint", initiator: { group: "issuers" } };

/** Everything that the one rule permits. */
const whole = { ...open, to: { in: "treasury" }, amount: { lte: "100 GLD" } };

const claims: Readonly<Record<string, ClaimHole>> = {
  "operation: a rule for two operations": {
    never: { operation: "transfer" },
    hole: { rules: [mintRule({ operation: { in: ["mint", "transfer"] } })] },
    twin: { rules: [mintRule()] },
  },
  "to: a rule without a recipient": {
    never: { operation: "mint", to: { notIn: "treasury" } },
    hole: { rules: [{ id: "mint", when: open, tiers: [two] }] },
    twin: {},
  },
  "notIn: a list of the blocked that forgets one": {
    never: { operation: "mint", to: { in: "other" } },
    hole: {
      lists: { ...lists("a", "b"), blocked: { entries: [{ address: bank("c"), label: "C" }] } },
      rules: [{ id: "mint", when: { ...open, to: { notIn: "blocked" } }, tiers: [two] }],
    },
    twin: {
      lists: { ...lists("a", "b"), blocked: { entries: [{ address: bank("b"), label: "B" }] } },
      rules: [{ id: "mint", when: { ...open, to: { notIn: "blocked" } }, tiers: [two] }],
    },
  },
  "amount: a condition that is one unit too wide": {
    never: { operation: "mint", amount: { gte: "50 GLD" } },
    hole: { rules: [mintRule({ amount: { lte: "50 GLD" } })] },
    twin: { rules: [mintRule({ amount: { lt: "50 GLD" } })] },
  },
  "tiers: the second asks no more people than the first": {
    never: { operation: "mint", amount: { gt: "100 GLD" }, withFewerPeopleThan: 3 },
    hole: { rules: [mintRule({}, [two, upTo("500 GLD", custodians(2))])] },
    twin: { rules: [mintRule({}, [two, upTo("500 GLD", custodians(3))])] },
  },
  "maxFee: fees that nobody bounds": {
    never: { operation: "mint", maxFee: { gt: "0.05 ETH" } },
    hole: {},
    twin: { guards: [{ id: "fee", unless: { maxFee: { lte: "0.05 ETH" } }, deny: true }] },
  },
  "account: a second key": {
    never: { operation: "mint", account: "hsm-other" },
    hole: { rules: [mintRule({}, [two, upTo("500 GLD", custodians(2), { sign: "hsm-other" })])] },
    twin: { rules: [mintRule({ account: "hsm-mint" }, [two, upTo("500 GLD", custodians(2), { sign: "hsm-other" })])] },
  },
  "args: an argument that is tested against another list": {
    never: { operation: "mint", args: { to: { in: "other" } } },
    hole: {
      lists: lists("a", "b"),
      rules: [{ id: "mint", when: { ...open, args: { to: { notIn: "treasury" } } }, tiers: [two] }],
    },
    twin: {
      lists: lists("a", "b"),
      rules: [{ id: "mint", when: { ...open, args: { to: { in: "treasury" } } }, tiers: [two] }],
    },
  },
  "typedData: a permit to anybody": {
    never: spender({ notIn: "treasury" }),
    hole: { rules: [permit({})] },
    twin: { rules: [permit({ fields: { spender: { in: "treasury" } } })] },
  },
  "time: a rule for every hour": {
    never: { operation: "mint", time: { days: ["sun"] } },
    hole: { ...zurich },
    twin: { ...zurich, rules: [mintRule({ time: workdays })] },
  },
  "holidays: a day more on which nobody may ask": {
    always: { ...whole, time: { days: ["fri"], holidays: "bank" } },
    hole: {
      ...zurich,
      holidays: { bank: ["2026-12-25"], more: ["2026-12-18", "2026-12-25"] },
      rules: [mintRule({ time: { days: ["fri"], holidays: "more" } })],
    },
    twin: {
      ...zurich,
      holidays: { bank: ["2026-12-25"] },
      rules: [mintRule({ time: { days: ["fri"], holidays: "bank" } })],
    },
  },
  "initiator: a rule for whoever also approves": {
    never: { operation: "mint", initiator: { group: "custodians" } },
    hole: { rules: [mintRule(), mintRule({ initiator: { group: "custodians" } }, [two], "mint-too")] },
    twin: {},
  },
  "deny: a guard with a way out": {
    never: { operation: "mint", amount: { gt: "50 GLD" } },
    hole: {
      guards: [
        {
          id: "small",
          when: { operation: "mint", amount: { gt: "50 GLD" } },
          unless: { to: { in: "treasury" } },
          deny: true,
        },
      ],
    },
    twin: { guards: [{ id: "small", when: { operation: "mint", amount: { gt: "50 GLD" } }, deny: true }] },
  },
  "add: a guard that adds too late": {
    never: { operation: "mint", amount: { gt: "50 GLD" }, without: compliance },
    hole: { guards: [{ id: "large", when: { amount: { gt: "60 GLD" } }, add: { quorum: compliance } }] },
    twin: { guards: [{ id: "large", when: { amount: { gt: "50 GLD" } }, add: { quorum: compliance } }] },
  },
  "limit: one that adds only above what is claimed": {
    never: { operation: "mint", amount: { gt: "50 GLD" }, withFewerPeopleThan: 3 },
    hole: { limits: [{ id: "day", ...sum, max: "60 GLD", over: { add: { quorum: compliance } } }] },
    twin: { limits: [{ id: "day", ...sum, max: "50 GLD", over: { add: { quorum: compliance } } }] },
  },
  "limit: one that is full only beyond its maximum": {
    never: { operation: "mint", amount: { gte: "60 GLD" }, withFewerPeopleThan: 3 },
    hole: { limits: [{ id: "day", ...sum, max: "60 GLD", over: { add: { quorum: compliance } } }] },
    twin: { limits: [{ id: "day", ...sum, max: "59.999999999999999999 GLD", over: { add: { quorum: compliance } } }] },
  },
  "delay: a first tier that does not wait": {
    never: { operation: "mint", withoutDelay: "1h" },
    hole: { rules: [mintRule({}, [two, upTo("500 GLD", custodians(2), { delay: "1h" })])] },
    twin: {
      rules: [
        mintRule({}, [
          upTo("100 GLD", custodians(2), { delay: "2h" }),
          upTo("500 GLD", custodians(2), { delay: "1h" }),
        ]),
      ],
    },
  },
  "any: a way around compliance": {
    never: { operation: "mint", without: compliance },
    hole: { rules: [mintRule({}, [upTo("100 GLD", { any: [all(custodians(2), compliance), custodians(3)] })])] },
    twin: {
      rules: [
        mintRule({}, [upTo("100 GLD", { any: [all(custodians(2), compliance), all(custodians(3), compliance)] })]),
      ],
    },
  },
  "ordered: stages of too few people": {
    never: { operation: "mint", withFewerPeopleThan: 4 },
    hole: { rules: [mintRule({}, [upTo("100 GLD", ordered(compliance, custodians(2)))])] },
    twin: { rules: [mintRule({}, [upTo("100 GLD", ordered(compliance, custodians(3)))])] },
  },
  "distinct people: a floor below the claim": {
    never: { operation: "mint", withFewerPeopleThan: 3 },
    hole: { rules: [mintRule({}, [upTo("100 GLD", custodians(1), { distinct: { people: 2 } })])] },
    twin: { rules: [mintRule({}, [upTo("100 GLD", custodians(1), { distinct: { people: 3 } })])] },
  },
  "ordered within an addition: the added seat is anybody's": {
    never: { operation: "mint", without: officers(2) },
    hole: {
      rules: [mintRule({}, [upTo("100 GLD", ordered(compliance, custodians(2)))])],
      guards: [{ id: "more", when: { operation: "mint" }, add: { quorum: officers(1) } }],
    },
    twin: {
      rules: [mintRule({}, [upTo("100 GLD", ordered(compliance, custodians(2)))])],
      guards: [{ id: "more", when: { operation: "mint" }, add: { quorum: officers(2) } }],
    },
  },
  "always: a stop that needs everybody": {
    always: { operation: "pause", initiator: { group: "officers" }, withAtMostPeople: 2, within: "1h", afterLosing: 1 },
    hole: {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(2))],
        },
      ],
    },
    twin: {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(1))],
        },
      ],
    },
  },
  "always: a stop that waits": {
    always: { operation: "pause", initiator: { group: "officers" }, within: "1h" },
    hole: {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(1), { delay: "2h" })],
        },
      ],
    },
    twin: {
      rules: [
        {
          id: "stop",
          when: { operation: "pause", initiator: { group: "officers" } },
          tiers: [upTo("max", officers(1), { delay: "1h" })],
        },
      ],
    },
  },
};

describe("a claim about a planted hole", () => {
  it.each(Object.entries(claims))("is refuted and, of the twin, proved: %s", (_, { never, always, hole, twin }) => {
    const written = never === undefined ? { always: [always] } : { never: [never] };
    const [holed, clean] = [hole, twin].map((fields) => small({ ...fields, ...written }));
    const policy = compile(holed!);
    const proof = prove(policy, compileClaims(holed!), rosterIndex);
    expect(proof.kind).toBe("false");
    const example = proof.claims[0]?.example;
    if (never !== undefined) expect(decideExample(example!, policy, rosterIndex).verdict).toBe("allowed");
    expect(prove(compile(clean!), compileClaims(clean!), rosterIndex).lines[0]).toContain("proved");
  });
});
