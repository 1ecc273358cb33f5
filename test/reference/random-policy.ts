/** Random policies over the whole language, written around one case that they could allow. */
import { hasAmount, hasRecipient } from "./holding.ts";
import { greatest } from "./measure.ts";
import type {
  Comparison,
  PlainAddition,
  PlainCase,
  PlainCondition,
  PlainCover,
  PlainEvidence,
  PlainGuard,
  PlainLimit,
  PlainQuorum,
  PlainRule,
  PlainTier,
} from "./plain.ts";
import { operations, part, randomCondition, type ConditionKey } from "./random-condition.ts";
import { initiatorGroups, keys, voterGroups } from "./random-roster.ts";
import type { Chooser } from "./tape.ts";
import { wallClock } from "./wall-clock.ts";
import { inUnits } from "./random-value.ts";

const credentialKinds = ["wallet", "key", "passkey"];
export const delays = ["1s", "90s", "30m", "2h", "1d"];

export function leaf(choose: Chooser, most = 2): PlainQuorum {
  const group = { group: choose.of(voterGroups), min: choose.between(1, most) };
  return choose.chance(20) ? { ...group, credentials: choose.shuffled(credentialKinds).slice(0, 2) } : group;
}

/** A group, all, any or ordered; an order stands alone or as a way of an `any`. */
export function randomQuorum(choose: Chooser): PlainQuorum {
  const small = (): PlainQuorum => leaf(choose, 1);
  const stage = (): PlainQuorum =>
    choose.of<() => PlainQuorum>([
      () => leaf(choose),
      small,
      () => ({ any: [small(), small()] }),
      () => ({ all: [small(), small()] }),
    ])();
  const ordered = (): PlainQuorum => ({
    ordered: choose.chance(20) ? [small(), small(), small()] : [stage(), small()],
  });
  return choose.of<() => PlainQuorum>([
    () => leaf(choose, 3),
    () => leaf(choose),
    () => ({ all: [leaf(choose), small()] }),
    () => ({ all: [small(), { any: [small(), leaf(choose)] }] }),
    () => ({ any: [leaf(choose), { all: [small(), small()] }] }),
    () => ({ any: [ordered(), leaf(choose, 3)] }),
    ordered,
  ])();
}

export function randomAddition(choose: Chooser): PlainAddition {
  const addition: PlainAddition = {};
  if (choose.chance(60)) addition.quorum = choose.chance(80) ? leaf(choose, 1) : randomQuorum(choose);
  if (choose.chance(30)) addition.delay = choose.of(delays);
  if (choose.chance(25)) addition.distinct = randomDistinct(choose);
  if (choose.chance(15)) Object.assign(addition, { delay: choose.of(delays), veto: randomVeto(choose) });
  return Object.keys(addition).length === 0 ? { quorum: leaf(choose, 1) } : addition;
}

export function randomDistinct(choose: Chooser): NonNullable<PlainAddition["distinct"]> {
  return choose.of([{ people: 2 }, { people: 3 }, { units: 1 }, { units: 2 }, { people: 2, units: 2 }]);
}

export function randomVeto(choose: Chooser): NonNullable<PlainAddition["veto"]> {
  return { group: choose.of(voterGroups), min: choose.of([1, 1, 2]) };
}

/** The tiers of a rule, of which one takes the amount of the case. */
export function tiersAround(one: PlainCase, choose: Chooser): PlainTier[] {
  const { policy, intent } = one;
  const amount = BigInt(intent.amount);
  const write = (value: bigint): string => inUnits(value, policy.asset, policy.token.decimals);
  const tops = new Set<bigint>();
  if (amount > 1n && choose.chance(50)) tops.add(choose.of([amount - 1n, amount / 2n || 1n]));
  tops.add(choose.of([amount === 0n ? 1n : amount, amount + 1n, amount * 3n + 1n]));
  if (choose.chance(40)) tops.add(amount * 9n + 5n);
  const fitting = new Set([...tops].map((top) => (top > greatest ? greatest : top)));
  const sorted = [...fitting].sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((top, index) => {
    const last = index === sorted.length - 1;
    const tier: PlainTier = {
      upTo: last && choose.chance(25) ? "max" : write(top),
      quorum: randomQuorum(choose),
      sign: one.bounds.managed?.key ?? keys[0]!.id,
    };
    if (choose.chance(25)) tier.distinct = randomDistinct(choose);
    if (choose.chance(30)) tier.delay = choose.of(delays);
    if (choose.chance(15)) Object.assign(tier, { delay: choose.of(delays), veto: randomVeto(choose) });
    return tier;
  });
}

/** A rule that matches the case. */
export function ruleFor(one: PlainCase, choose: Chooser, id: string): PlainRule {
  const { intent, initiator, roster } = one;
  const member = [...roster.people, ...roster.services].find((some) => some.id === initiator);
  const group = initiatorGroups.find((some) => member?.groups.includes(some)) ?? initiatorGroups[0]!;
  const when: PlainCondition = { operation: intent.operation, initiator: { group } };
  const wanted: ConditionKey[] = ["to", "account", "amount", "maxFee", "args", "time"];
  for (const key of wanted)
    if (choose.chance(key === "to" ? 55 : 18)) Object.assign(when, part(one, choose, key, true));
  if (one.typedData !== undefined) Object.assign(when, part(one, choose, "typedData", true));
  if (choose.chance(15)) when.operation = { in: choose.shuffled(kindred(intent.operation)) };
  if (intent.operation === "pause" && when.operation === "pause" && choose.chance(50))
    return { id, when, loud: true, tiers: tiersAround(one, choose) };
  return { id, when, tiers: tiersAround(one, choose) };
}

/** Operations with the same arguments, so that conditions on them make sense for each. */
function kindred(operation: string): string[] {
  if (hasRecipient(operation)) return hasAmount(operation) ? ["mint", "transfer"] : ["grantRole", "revokeRole"];
  if (hasAmount(operation)) return ["burn", "redeem"];
  return ["pause", "unpause"].includes(operation) ? ["pause", "unpause"] : [operation];
}

/** Another rule that does not match: for another operation or group, or with a part that leaves out what the first one's holds. */
export function otherRule(one: PlainCase, choose: Chooser, main: PlainRule, id: string): PlainRule {
  const when: PlainCondition = { ...main.when };
  const { account } = when;
  Reflect.deleteProperty(when, "account");
  const how = choose.of(["operation", "operation", "initiator", "part", "part", "part"]);
  if (how === "operation") {
    const taken = typeof main.when.operation === "string" ? [main.when.operation] : main.when.operation!.in;
    when.operation = choose.of(operations.filter((operation) => !taken.includes(operation)));
    for (const gone of ["to", "args", "typedData"] as const) Reflect.deleteProperty(when, gone);
  } else if (how === "initiator") {
    when.initiator = { group: choose.of(initiatorGroups.filter((group) => group !== main.when.initiator!.group)) };
  } else {
    const [own, other] = choose.of(splits(one, choose));
    Object.assign(main.when, own);
    Object.assign(when, account === undefined || "account" in other ? other : { ...other, account });
  }
  return { id, when, tiers: tiersAround(one, choose) };
}

/** A part that holds for the case, and one that holds for whatever the first leaves out. */
function splits(one: PlainCase, choose: Chooser): [PlainCondition, PlainCondition][] {
  const { intent, policy, bounds, facts } = one;
  const inAsset = (value: bigint): string => inUnits(value, policy.asset, policy.token.decimals);
  const inEther = (value: bigint): string => inUnits(value, "ETH", 18);
  const cut = (value: bigint, write: (value: bigint) => string): [Comparison, Comparison] => {
    if (value > 0n && choose.chance(50)) return [{ gte: write(value) }, { lt: write(value) }];
    const top = value + choose.of([0n, 0n, 9n]);
    return top >= greatest ? [{ gte: write(value) }, { lt: write(value) }] : [{ lte: write(top) }, { gt: write(top) }];
  };
  const [lowAmount, highAmount] = cut(BigInt(intent.amount), inAsset);
  const [lowFee, highFee] = cut(BigInt(intent.feeCeilingWei), inEther);
  const found: [PlainCondition, PlainCondition][] = [
    [{ amount: lowAmount }, { amount: highAmount }],
    [{ maxFee: lowFee }, { maxFee: highFee }],
  ];
  if (hasAmount(intent.operation)) found.push([{ args: { amount: lowAmount } }, { args: { amount: highAmount } }]);
  if (hasRecipient(intent.operation) && Object.keys(policy.lists ?? {}).length > 0) {
    const list = choose.of(Object.keys(policy.lists!));
    const inside = policy.lists![list]!.entries.some(({ address }) => address === intent.to);
    const [holds, fails] = inside ? [{ in: list }, { notIn: list }] : [{ notIn: list }, { in: list }];
    found.push([{ to: holds }, { to: fails }], [{ args: { to: holds } }, { args: { to: fails } }]);
  }
  const own = bounds.managed!.key;
  const other = keys.map((key): string => key.id).find((key) => key !== own)!;
  const { typedData } = one;
  if (typedData !== undefined) {
    const { primaryType, domain } = typedData;
    const test = { primaryType, domain: { chainId: domain.chainId, verifyingContract: domain.verifyingContract } };
    const elsewhere = { ...test, domain: { ...test.domain, chainId: 5 } };
    found.push([{ typedData: test }, { typedData: elsewhere }]);
  }
  found.push([{ account: own }, { account: { in: [other] } }]);
  const shown = wallClock(policy.calendar, facts.now);
  if (shown !== undefined) {
    const rest = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].filter((day) => day !== shown.weekday);
    found.push([{ time: { days: [shown.weekday] } }, { time: { days: rest } }]);
  }
  return found;
}

/** A guard that applies to the case or does not; one that denies seldom does. */
export function randomGuard(one: PlainCase, choose: Chooser, id: string): PlainGuard {
  const effect = choose.of(["deny", "add", "add", "require", "require"]);
  if (effect === "require")
    return evidenceGuard(one, choose, id, choose.of(["reserve", "price", "identity", "document"]));
  const applies = effect === "add" && choose.chance(60);
  const guard: PlainGuard = { id };
  if (choose.chance(50)) {
    const unless = randomCondition(one, choose, !applies);
    const when = applies || choose.chance(50) ? randomCondition(one, choose, true) : undefined;
    if (unless !== undefined) guard.unless = unless;
    if (when !== undefined && choose.chance(50)) guard.when = when;
  } else {
    const when = randomCondition(one, choose, applies);
    if (when !== undefined) guard.when = when;
  }
  if (effect === "add") return { ...guard, add: randomAddition(choose) };
  if (guard.when === undefined && guard.unless === undefined) guard.when = part(one, choose, "operation", false)!;
  return { ...guard, deny: true };
}

export function evidenceGuard(
  one: PlainCase,
  choose: Chooser,
  id: string,
  evidence: PlainEvidence["evidence"],
): PlainGuard {
  const by = { group: "attestors", min: choose.between(1, 2) };
  const maxAge = choose.of(["60s", "1h", "24h"]);
  const maybe = choose.chance(50) ? { by } : {};
  switch (evidence) {
    case "reserve": {
      const cover = choose.chance(90) ? { cover: randomCover(choose) } : {};
      const feeds = choose.chance(40) ? { feeds: choose.of([["vault"], ["mine"], ["mine", "vault"]]) } : {};
      return { id, when: { operation: "mint" }, require: { evidence, by, maxAge, ...cover, ...feeds } };
    }
    case "price": {
      const sources = choose.between(1, 2);
      const deviation = choose.of(["0.01", "0.000000000000000001", "0.5"]);
      const quote = choose.chance(30) ? { quote: "EUR" } : {};
      return { id, ...scope(one, choose), require: { evidence, ...maybe, ...quote, maxAge, sources, deviation } };
    }
    case "identity":
      return {
        ...{ id, when: { operation: { in: ["mint", "transfer"] } } },
        require: { evidence, ...maybe, ...(choose.chance(50) ? { maxAge } : {}) },
      };
    case "document":
      return { id, ...scope(one, choose), require: { evidence, ...maybe, ...(choose.chance(50) ? { maxAge } : {}) } };
  }
}

/** With a warning before its end, and with a price, now and then. */
export function randomCover(choose: Chooser): PlainCover {
  const by = choose.chance(50) ? { by: { group: "attestors", min: choose.between(1, 2) } } : {};
  const quote = choose.chance(30) ? { quote: "EUR" } : {};
  const rest = { maxAge: choose.of(["60s", "1h"]), sources: choose.between(1, 2), deviation: "0.01" };
  const par = choose.of(["1", "61.25", "100.00", "0.000000000000000001"]);
  return {
    ratio: choose.of(["1.00", "0.5", "1", "1.25", "0.333333333333333333"]),
    ...(choose.chance(30) ? { warn: { ratio: choose.of(["0.3", "0.1"]), add: randomAddition(choose) } } : {}),
    ...(choose.chance(30) ? { price: { ...by, ...quote, ...rest, par } } : {}),
  };
}

/** The case, or everything. */
function scope(one: PlainCase, choose: Chooser): { when?: PlainCondition } {
  const when = choose.chance(50) ? randomCondition(one, choose, true) : undefined;
  return when === undefined ? {} : { when };
}

export function randomLimit(one: PlainCase, choose: Chooser, id: string): PlainLimit {
  const { policy, intent } = one;
  const metric = choose.of(["sum", "count", "net"] as const);
  const amount = BigInt(intent.amount);
  const most = choose.of([amount, amount + 1n, amount * 4n + 1n].filter((value) => value > 0n && value <= greatest));
  const windows = ["rolling 1h", "rolling 24h", "rolling 7d"];
  const calendars = ["calendar day", "calendar week", "calendar month", "calendar year"];
  const window = choose.of(policy.calendar === undefined ? windows : [...windows, ...calendars]);
  const condition = metric === "net" || choose.chance(30) ? undefined : randomCondition(one, choose, choose.chance(80));
  // What has no amount cannot be added up, and what has no recipient cannot be counted by recipient.
  const when =
    condition === undefined
      ? undefined
      : { ...condition, operation: choose.of(kindred(amount === 0n ? "mint" : intent.operation)) };
  const byRecipient = when !== undefined && hasRecipient(when.operation);
  const per =
    metric === "net" ? "asset" : choose.of(["asset", "initiator", "account", byRecipient ? "to" : "asset"] as const);
  return {
    ...{ id, metric, window, per },
    ...(when === undefined ? {} : { when }),
    max: metric === "count" ? choose.between(1, 5) : inUnits(most, policy.asset, policy.token.decimals),
    over: choose.chance(60) ? "deny" : { add: randomAddition(choose) },
  };
}
