/** Holes planted in policies that an analysis finds, each with a request that shows it, and not in the twin. */
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/policy/analyse/analyse.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { n, rosterWith } from "./example.ts";
import {
  all,
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
} from "./small.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What an analysis finds in the first policy and not in the second, and what becomes of its example. */
type Finding = {
  readonly code: string;
  readonly hole: Fields;
  readonly twin: Fields;
  readonly becomes?: string;
  readonly people?: Parameters<typeof rosterWith>[0];
  readonly twinPeople?: Parameters<typeof rosterWith>[0];
};

const both = { ivan: { groups: ["issuers", "traders"].map(n) } };
const traders = mintRule({ initiator: { group: "traders" } }, [two], "trade");

const findings: Readonly<Record<string, Finding>> = {
  "a person in two groups": {
    code: "policy.overlap",
    becomes: "policy.ambiguous",
    hole: { rules: [mintRule(), traders] },
    twin: { rules: [mintRule(), traders] },
    people: both,
    twinPeople: { ivan: { groups: [n("traders")] } },
  },
  "a tier above what a limit takes": {
    code: "policy.tier-unreachable",
    becomes: "policy.limit-exceeded",
    hole: {
      rules: [mintRule({}, [two, upTo("500 GLD", custodians(3))])],
      limits: [{ id: "day", ...sum, max: "100 GLD", over: "deny" }],
    },
    twin: {
      rules: [mintRule({}, [two, upTo("500 GLD", custodians(3))])],
      limits: [{ id: "day", ...sum, max: "101 GLD", over: "deny" }],
    },
  },
  "a tier above the rule's own amounts": {
    code: "policy.tier-unreachable",
    hole: { rules: [mintRule({ amount: { lte: "100 GLD" } }, [two, upTo("500 GLD", custodians(3))])] },
    twin: { rules: [mintRule({ amount: { lte: "200 GLD" } }, [two, upTo("500 GLD", custodians(3))])] },
  },
  "a tier whose key is not an account of the rule": {
    code: "policy.tier-unreachable",
    becomes: "policy.wrong-account",
    hole: { rules: [mintRule({ account: "hsm-mint" }, [two, upTo("500 GLD", custodians(2), { sign: "hsm-other" })])] },
    twin: {
      rules: [
        mintRule({ account: { in: ["hsm-mint", "hsm-other"] } }, [
          two,
          upTo("500 GLD", custodians(2), { sign: "hsm-other" }),
        ]),
      ],
    },
  },
  "a list with nobody on it": { code: "policy.rule-dead", hole: { lists: { treasury: { entries: [] } } }, twin: {} },
  "a guard against all that a rule permits": {
    code: "policy.rule-dead",
    becomes: "policy.guarded",
    hole: { guards: [{ id: "none", when: { operation: "mint", to: { in: "treasury" } }, deny: true }] },
    twin: { guards: [{ id: "none", when: { operation: "mint", to: { notIn: "treasury" } }, deny: true }] },
  },
  "evidence that nobody on the roster can give": {
    code: "policy.rule-dead",
    becomes: "policy.evidence-missing",
    hole: {
      guards: [
        {
          id: "known",
          when: { operation: "mint" },
          require: { evidence: "identity", by: { group: "registrars", min: 1 } },
        },
      ],
    },
    twin: {
      guards: [
        {
          id: "known",
          when: { operation: "mint" },
          require: { evidence: "identity", by: { group: "attestors", min: 1 } },
        },
      ],
    },
  },
  "amounts between two rules": {
    code: "policy.gap",
    becomes: "policy.amount-outside",
    hole: { rules: [mintRule({ amount: { lte: "50 GLD" } }), mintRule({ amount: { gt: "60 GLD" } }, [two], "more")] },
    twin: { rules: [mintRule({ amount: { lte: "60 GLD" } }), mintRule({ amount: { gt: "60 GLD" } }, [two], "more")] },
  },
  "more people than there are": {
    code: "policy.quorum-unfillable",
    becomes: "policy.quorum-missing",
    hole: { rules: [mintRule({}, [upTo("100 GLD", custodians(4))])] },
    twin: {},
  },
  "an initiator who is missed among those who agree": {
    code: "policy.quorum-unfillable",
    becomes: "policy.quorum-missing",
    hole: { rules: [mintRule({ initiator: { group: "officers" } }, [upTo("100 GLD", officers(3))])] },
    twin: { rules: [mintRule({ initiator: { group: "officers" } }, [upTo("100 GLD", officers(2))])] },
  },
  "credentials that too few hold": {
    code: "policy.quorum-unfillable",
    becomes: "policy.quorum-missing",
    hole: { rules: [mintRule({}, [upTo("100 GLD", { ...custodians(2), credentials: ["wallet"] })])] },
    twin: { rules: [mintRule({}, [upTo("100 GLD", { ...custodians(1), credentials: ["wallet"] })])] },
  },
  "units that there are too few of": {
    code: "policy.quorum-unfillable",
    becomes: "policy.too-few-units",
    hole: { rules: [mintRule({}, [upTo("100 GLD", custodians(2), { distinct: { units: 2 } })])] },
    twin: { rules: [mintRule({}, [upTo("100 GLD", custodians(2), { distinct: { units: 2 } })])] },
    people: { carla: { unit: n("vault") }, chris: { unit: n("vault") }, cyril: { unit: n("vault") } },
    twinPeople: { carla: { unit: n("vault") }, chris: { unit: n("desk") }, cyril: { unit: n("vault") } },
  },
  "a quorum of everybody": {
    code: "policy.liveness",
    hole: { rules: [mintRule({}, [upTo("100 GLD", custodians(3))])] },
    twin: {},
  },
  "a change that the last officer must sign": {
    code: "policy.change-deadlock",
    hole: { change: { tighten: { quorum: officers(1) }, loosen: { quorum: officers(3) } } },
    twin: {},
  },
  "somebody in two separate groups": {
    code: "policy.separation",
    hole: { separation: [["issuers", "traders"]] },
    twin: { separation: [["issuers", "traders"]] },
    people: both,
    twinPeople: {},
  },
  "a second tier that shows nobody the amount": {
    code: "policy.no-wallet",
    hole: { rules: [mintRule({}, [two, upTo("500 GLD", custodians(2))])] },
    twin: {
      rules: [mintRule({}, [two, upTo("500 GLD", all(custodians(1), { ...custodians(1), credentials: ["wallet"] }))])],
    },
  },
  "a guard for amounts that no rule has": {
    code: "policy.guard-idle",
    hole: { guards: [{ id: "large", when: { amount: { gt: "100 GLD" } }, deny: true }] },
    twin: { guards: [{ id: "large", when: { amount: { gt: "99 GLD" } }, deny: true }] },
  },
  "a way out of a guard that nobody can take": {
    code: "policy.guard-always",
    hole: { guards: [{ id: "more", unless: { amount: { gt: "100 GLD" } }, add: { quorum: compliance } }] },
    twin: { guards: [{ id: "more", unless: { amount: { gt: "99 GLD" } }, add: { quorum: compliance } }] },
  },
  "an accumulator that counts nothing": {
    code: "policy.limit-idle",
    hole: {
      limits: [
        { id: "day", when: { operation: "mint", to: { notIn: "treasury" } }, ...sum, max: "10 GLD", over: "deny" },
      ],
    },
    twin: {
      limits: [{ id: "day", when: { operation: "mint", to: { in: "treasury" } }, ...sum, max: "10 GLD", over: "deny" }],
    },
  },
  "a list that nothing speaks of": { code: "policy.list-unused", hole: { lists: lists("a", "b") }, twin: {} },
  "a batch to anybody": {
    code: "policy.batch-unseen",
    hole: { rules: [batching(mintRule({ to: undefined }))] },
    twin: { rules: [batching(mintRule())] },
  },
  "a batch to everybody but some": {
    code: "policy.batch-unseen",
    hole: { rules: [batching(mintRule({ to: { notIn: "treasury" } }))] },
    twin: { rules: [batching(mintRule({ operation: "burn", to: undefined }))] },
  },
  "a batch after the other, without a limit on the sum": {
    code: "policy.batch-unlimited",
    hole: {
      rules: [batching(mintRule())],
      limits: [
        { id: "day", when: { operation: "mint" }, ...sum, metric: "count", max: 10, over: "deny" },
        { id: "burns", when: { operation: "burn" }, ...sum, max: "10 GLD", over: "deny" },
      ],
    },
    twin: {
      rules: [batching(mintRule())],
      limits: [{ id: "day", when: { operation: "mint" }, ...sum, max: "10 GLD", over: "deny" }],
    },
  },
  "a key that the roster has not": {
    code: "policy.key-unknown",
    hole: { rules: [mintRule({}, [upTo("100 GLD", custodians(2), { sign: "gone" })])] },
    twin: {},
  },
};

function batching(rule: object): object {
  return { ...rule, batch: { max: 10, total: "50 GLD" } };
}

describe("the analysis of a planted hole", () => {
  it.each(Object.entries(findings))(
    "finds it, and in the twin does not: %s",
    (_, { code, hole, twin, becomes, people, twinPeople }) => {
      const [roster, twinRoster] = [rosterWith(people ?? {}), rosterWith(twinPeople ?? people ?? {})];
      const policy = compile(small(hole));
      const found = analyse(policy, roster).findings.find((finding) => finding.code === code);
      expect(found).toBeDefined();
      if (becomes !== undefined) expect(decideExample(found!.example!, policy, roster).code).toBe(becomes);
      expect(analyse(compile(small(twin)), twinRoster).findings.map((finding) => finding.code)).not.toContain(code);
    },
  );
});
