/** What reading a whole policy costs: the analysis, a proof and a diff of two hundred rules, over all requests. */
import { analyse } from "../../src/policy/analyse/analyse.ts";
import { compileClaims } from "../../src/policy/analyse/claim.ts";
import { compile } from "../../src/policy/compile/compile.ts";
import { diff } from "../../src/policy/analyse/diff.ts";
import type { PolicyDocument } from "../../src/policy/document/document.ts";
import { prove } from "../../src/policy/analyse/prove.ts";
import { document, documentWith, rosterIndex } from "../unit/policy/example.ts";
import { zurich } from "../unit/policy/small.ts";
import { milliseconds, under, type Figure } from "./figure.ts";
import { processorTimesOf } from "./timing.ts";

const aimMs = 200;
const ruleCount = 200;
const addressCount = 20;

/** The example's rules and one for each of many lists, under guards that cut all of them by fees, hours and amounts. */
function bigDocument(upTo: string): PolicyDocument {
  const mint = document.rules[0]!;
  const names = Array.from({ length: ruleCount - document.rules.length }, (_, index) => `list-${String(index + 1)}`);
  const addressOf = (list: number, index: number): string =>
    `0x${(list * addressCount + index + 1).toString(16).padStart(40, "0")}`;
  const lists = Object.fromEntries(
    names.map((name, list) => [
      name,
      {
        entries: Array.from({ length: addressCount }, (_, index) => ({ address: addressOf(list, index), label: name })),
      },
    ]),
  );
  const tiers = mint.tiers.map((tier, index) => (index === 0 ? { ...tier, upTo } : tier));
  const officer = { quorum: { group: "officers", min: 1 } };
  return documentWith({
    ...zurich,
    lists: { ...document.lists, ...lists },
    guards: [
      ...(document.guards ?? []),
      {
        id: "hours",
        when: { operation: "mint" },
        unless: { time: { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" } },
        add: officer,
      },
      { id: "large", when: { operation: "mint", amount: { gt: "500 GLD" } }, add: { delay: "1h" } },
    ],
    rules: [
      ...document.rules,
      ...names.map((name) => ({ ...mint, tiers, id: `to-${name}`, when: { ...mint.when, to: { in: name } } })),
    ],
    never: [{ operation: "mint", amount: { gt: "1000 GLD" }, withFewerPeopleThan: 3 }],
  });
}

export function measureAnalysis(): readonly Figure[] {
  const [before, next] = [bigDocument("1000 GLD"), bigDocument("900 GLD")];
  const [old, policy, claims] = [compile(before), compile(next), compileClaims(next)];
  if (policy.rules.length !== ruleCount) throw new Error("not the policy that was meant");
  const works = {
    analyse: () => {
      if (analyse(policy, rosterIndex).kind !== "clean") throw new Error("the example has errors");
    },
    prove: () => {
      if (prove(policy, claims, rosterIndex).kind !== "proved") throw new Error("the claim is not proved");
    },
    diff: () => {
      if (diff(old, policy, rosterIndex).kind !== "tightening") throw new Error("not the change that was meant");
    },
  };
  const times = processorTimesOf(works, { rounds: 5, callsPerRound: 2 });
  return [
    {
      name: `analyse, ${String(ruleCount)} rules`,
      value: `${milliseconds(times.analyse)} of processor time`,
      reference: "-",
      ...under(times.analyse, aimMs, milliseconds),
    },
    {
      name: `prove one claim, ${String(ruleCount)} rules`,
      value: `${milliseconds(times.prove)} of processor time`,
      reference: "-",
      missed: false,
    },
    {
      name: `diff, ${String(ruleCount)} rules each`,
      value: `${milliseconds(times.diff)} of processor time`,
      reference: "-",
      missed: false,
    },
  ];
}
