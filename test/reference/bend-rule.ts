/** Bends of times, of the token and of what a rule is for. */
import { type Bend, amountOf, write, needAmount, needRecipient, become, nobody } from "./bending.ts";
import type { PlainCondition, PlainRule } from "./plain.ts";
import { addresses, attest, castVotes, mainRule, mainTier, typed } from "./random-base.ts";
import { conditionKeys, operations, part, type ConditionKey } from "./random-condition.ts";
import { initiatorGroups, keys } from "./random-roster.ts";

export const times: Bend[] = [
  ({ intent, facts }, choose, over) => {
    intent.expiresAt = facts.now + (over ? choose.of([0, 0, -1, -500]) : 1);
    intent.notBefore = Math.min(intent.notBefore, intent.expiresAt - 1);
  },
  ({ intent, facts, bounds }, choose, over) => {
    const life = intent.expiresAt - facts.firstSeen;
    bounds.lifetimeSubmissionSeconds = over ? life - choose.of([1, 1, 900]) : life;
  },
  ({ intent, facts }, choose, over) => {
    intent.notBefore = facts.now + (over ? choose.of([1, 1, 900]) : 0);
    intent.expiresAt = Math.max(intent.expiresAt, intent.notBefore + 1);
  },
];

/** One observation of another time than now. */
const freshness: Bend = ({ facts, bounds }, choose, over) => {
  const seen = choose.of(Object.values(facts.observed));
  const distance = bounds.freshnessSeconds + (over ? choose.of([1, 1, 4_000]) : 0);
  seen.blockTime = facts.now + choose.of([-1, -1, 1]) * distance;
};

export const tokens: Bend[] = [
  ({ intent }, choose) => {
    intent.asset = choose.of(["SLV", "GOLD"]);
  },
  ({ intent }, choose) => {
    intent.chainId = choose.of([1, 31_338]);
  },
  ({ bounds }) => {
    bounds.chainKnown = false;
  },
  ({ facts, policy }, choose) => {
    const key = `token:${policy.token.address} codehash`;
    if (choose.chance(40)) Reflect.deleteProperty(facts.observed, key);
    else facts.observed[key] = { value: choose.of([`0x${"0".repeat(64)}`, "", "maybe"]), blockTime: facts.now };
  },
  ({ facts, policy }, choose) => {
    const key = `token:${policy.token.address} implementation`;
    policy.token.implementation = addresses[0]!;
    const value = choose.of([addresses[1]!, ""]);
    if (choose.chance(40)) Reflect.deleteProperty(facts.observed, key);
    else facts.observed[key] = { value, blockTime: facts.now };
  },
  (one, choose) => {
    needAmount(one, choose);
    const key = `token:${one.policy.token.address} paused`;
    if (choose.chance(40)) Reflect.deleteProperty(one.facts.observed, key);
    else one.facts.observed[key] = { value: choose.of(["true", "maybe", ""]), blockTime: one.facts.now };
  },
  freshness,
];

/** One key of the rule's condition does not hold. */
function breakRule(key: ConditionKey): Bend {
  return (one, choose, over) => {
    if (key === "to") needRecipient(one, choose);
    if (key === "args") needAmount(one, choose);
    if (key === "typedData" && one.typedData === undefined) become(one, choose, typed);
    const main = mainRule(one);
    if (key === "time" && one.policy.calendar !== undefined && over && choose.chance(30)) {
      Object.assign(main.when, part(one, choose, key, true));
      one.policy.calendar.until = one.facts.now;
      for (const offset of one.policy.calendar.offsets) offset.from = Math.min(offset.from, one.facts.now - 1);
      one.policy.calendar.offsets = one.policy.calendar.offsets.slice(0, 1);
      return;
    }
    Object.assign(main.when, part(one, choose, key, !over));
    // What the others were kept apart by may be gone.
    if (key !== "initiator") one.policy.rules = one.policy.rules.filter((rule) => rule === main || isApart(rule, main));
    if (key === "operation") {
      main.when.operation = over
        ? choose.of(operations.filter((some) => some !== one.intent.operation))
        : one.intent.operation;
      for (const gone of ["to", "args", ...(over ? (["typedData"] as const) : [])] as const)
        Reflect.deleteProperty(main.when, gone);
      Reflect.deleteProperty(main, "loud");
      one.policy.rules = [main];
    }
  };
}

function isApart({ when }: PlainRule, main: PlainRule): boolean {
  const of = ({ operation }: PlainCondition): string[] => (typeof operation === "string" ? [operation] : operation!.in);
  return (
    of(when).every((operation) => !of(main.when).includes(operation)) ||
    when.initiator!.group !== main.when.initiator!.group
  );
}

export const rules: Bend[] = [
  ...conditionKeys.map(breakRule),
  breakRule("time"),
  // Somebody else asks.
  (one, choose) => {
    one.initiator = choose.of(["nobody", ...one.roster.people.map(({ id }) => id)]);
  },
  // Another recipient, account or fee than the rule was written for.
  (one, choose) => {
    needRecipient(one, choose);
    const { intent } = one;
    Object.assign(mainRule(one).when, part(one, choose, "to", true));
    one.policy.rules = one.policy.rules.filter((rule) => rule.id === "main" || isApart(rule, mainRule(one)));
    intent.to = choose.of([...addresses.filter((address) => address !== intent.to), nobody]);
    attest(one, choose);
  },
  // Two rules for two groups, and somebody in both.
  (one, _, over) => {
    const { policy, roster } = one;
    const main = mainRule(one);
    const own = main.when.initiator!.group;
    const other = initiatorGroups.find((group) => group !== own)!;
    const member = [...roster.people, ...roster.services].find(({ id }) => id === one.initiator);
    if (member === undefined) return;
    policy.rules = [
      main,
      { ...structuredClone(main), id: "twin", when: { ...main.when, initiator: { group: other } } },
    ];
    member.groups = member.groups.filter((group) => group !== other);
    if (over) member.groups.push(other);
    policy.separation = [];
  },
  (one, choose, over) => {
    needAmount(one, choose);
    const main = mainRule(one);
    const amount = amountOf(one);
    const tier = main.tiers.at(-1)!;
    const upTo = over ? amount - choose.of([1n, 1n, amount / 3n || 1n]) : amount;
    if (upTo <= 0n) return;
    main.tiers = [{ ...tier, upTo: write(one, upTo) }];
    castVotes(one, choose);
  },
  (one, choose) => {
    const { bounds, intent } = one;
    const other = keys.find(({ id }) => id !== mainTier(one).sign)!;
    const how = choose.below(3);
    if (how === 0) mainTier(one).sign = other.id;
    else if (how === 1) Reflect.deleteProperty(bounds, "managed");
    else intent.account = other.account;
  },
  (one, choose, over) => {
    needRecipient(one, choose);
    const { policy, facts, intent } = one;
    policy.lists!["treasury"] = { minAge: "1h", entries: [{ address: intent.to, label: "Bank" }] };
    mainRule(one).when.to = { in: "treasury" };
    policy.rules = policy.rules.filter((rule) => rule.id === "main" || isApart(rule, mainRule(one)));
    const key = `treasury ${intent.to}`;
    if (over && choose.chance(30)) Reflect.deleteProperty(facts.listedSince, key);
    else facts.listedSince[key] = facts.now - 3_600 + (over ? choose.of([1, 1, 3_599, 3_600, 4_000]) : 0);
  },
];

/** Typed data of another name or version than the rule says, or a deadline at the very end of what it takes. */
const typedEdge: Bend = (one, choose, over) => {
  if (one.typedData === undefined) become(one, choose, typed);
  const { domain, primaryType, message } = one.typedData!;
  const { chainId, verifyingContract } = domain;
  const test: NonNullable<PlainCondition["typedData"]> = { domain: { chainId, verifyingContract }, primaryType };
  const key = choose.of(["name", "version", "deadline", "deadline"] as const);
  if (key === "deadline") {
    test.fields = { deadline: { within: "1h" } };
    message["deadline"] = String(one.facts.now + 3_600 + (over ? 1 : 0));
  } else {
    test.domain[key] = "Gold 2";
    domain[key] = over ? "Gold 1" : "Gold 2";
  }
  const main = mainRule(one);
  main.when.typedData = test;
  one.policy.rules = one.policy.rules.filter((rule) => rule === main || isApart(rule, main));
};

/** The asset, the chain, or a chain that the genesis does not name. */
const anyToken: Bend = (one, choose, over) => {
  choose.of(tokens.slice(0, 3))(one, choose, over);
};

/** What other bends of a case often hide. */
export const seldom: Bend[] = [
  ...[anyToken, ...tokens.slice(3), freshness, freshness, ...rules.slice(-3), typedEdge, typedEdge],
  ...(["to", "account", "amount", "maxFee", "args", "time"] as const).map(breakRule),
];
