/** Bends of limits and of hard ceilings. */
import { type Bend, amountOf, write, needAmount, needMint, fresh, loseVoters } from "./bending.ts";
import { greatest, secondsOf } from "./measure.ts";
import type { PlainCase } from "./plain.ts";
import { addresses, castVotes, typed } from "./random-base.ts";
import { leaf } from "./random-policy.ts";
import type { Chooser } from "./tape.ts";

/** A limit with so much used that what is asked just fits, or does not. */
function limiting(metric: "sum" | "count" | "net", add: boolean): Bend {
  return (one, choose, over) => {
    if (metric !== "sum" && one.facts.usage === undefined) countByClause(one);
    if (metric === "net" && over) needMint(one, choose);
    else if (metric !== "count" && over) needAmount(one, choose);
    const { policy, facts, intent } = one;
    const asked = metric === "count" ? 1n : metric === "net" && intent.operation !== "mint" ? 0n : amountOf(one);
    const most = asked + BigInt(choose.of([0, 1, 5, 5_000]));
    if (most > greatest || most === 0n) return;
    const used = most - asked + (over ? choose.of([1n, 1n, 900n]) : 0n);
    const id = fresh(one);
    const window = choose.of([
      "rolling 1h",
      "rolling 24h",
      ...(policy.calendar === undefined || facts.usage === undefined ? [] : ["calendar day", "calendar month"]),
    ]);
    const per = metric === "net" ? "asset" : choose.of(["asset", "initiator", "account"] as const);
    const addition = { quorum: leaf(choose, 1) };
    policy.limits = [
      ...(policy.limits ?? []),
      {
        ...{ id, metric, window, per, over: add ? { add: addition } : "deny" },
        max: metric === "count" ? Number(most) : write(one, most),
      },
    ];
    if (facts.usage !== undefined) {
      const removed = metric === "net" ? choose.of([0n, 3n]) : choose.of([0n, 10_000n]);
      const counted = metric === "net" ? used + removed : metric === "count" ? choose.of([0n, 10n ** 30n]) : used;
      if (!over || !choose.chance(20))
        facts.usage[`limit.${id}`] = {
          added: String(counted),
          removed: String(removed),
          count: metric === "count" ? Number(used) : choose.of([0, 99]),
        };
    } else spendNear(one, choose, used, secondsOf(window.slice("rolling ".length)));
    castVotes(one, choose);
    if (add) loseVoters(one, choose, choose.chance(75));
  };
}

/** Counts and nets are known by clause alone. */
function countByClause({ facts, policy }: PlainCase): void {
  const none = { added: "0", removed: "0", count: 0 };
  const clauses = [
    "ceiling.day",
    "ceiling.share",
    "ceiling.fees",
    ...(policy.limits ?? []).map(({ id }) => `limit.${id}`),
  ];
  facts.usage = Object.fromEntries(clauses.map((clause) => [clause, { ...none }]));
}

/** Spends at the edge of a window that add up to so much, and one just out of it. */
function spendNear({ facts, intent, initiator }: PlainCase, choose: Chooser, used: bigint, seconds: number): void {
  if (used > greatest || intent.operation === typed) return;
  const { operation, account, to } = intent;
  const at = facts.now - seconds + choose.of([1, 1, seconds - 1]);
  const own = { asset: "GLD", operation, initiator, account, to, feeCeilingWei: "1", at };
  facts.spends = [
    ...(facts.spends ?? []),
    { ...own, amount: String(used / 2n) },
    { ...own, amount: String(used - used / 2n) },
    { ...own, amount: "7", at: facts.now - seconds },
  ];
}

export const limits: Bend[] = [
  ...(["sum", "count", "count", "net"] as const).map((metric) => limiting(metric, false)),
  ...(["sum", "count", "net"] as const).map((metric) => limiting(metric, true)),
];

/** What the gate counted under a ceiling. */
function useCeiling(one: PlainCase, choose: Chooser, name: "day" | "share" | "fees", used: bigint): void {
  const { facts, intent, initiator } = one;
  if (facts.usage !== undefined) {
    facts.usage[`ceiling.${name}`] = { added: String(used), removed: String(choose.of([0n, 10n ** 20n])), count: 0 };
    return;
  }
  if (used > greatest) return;
  const fee = name === "fees" ? String(used) : "0";
  const spend = {
    operation: name === "share" ? "mint" : "transfer",
    initiator,
    account: intent.account,
    to: addresses[0]!,
    feeCeilingWei: fee,
  };
  facts.spends = [
    ...(facts.spends ?? []),
    {
      ...spend,
      asset: name === "fees" ? "SLV" : "GLD",
      amount: name === "fees" ? "1" : String(used),
      at: facts.now - choose.of([1, 86_399]),
    },
    { ...spend, asset: "GLD", amount: "9", feeCeilingWei: "9", at: facts.now - 86_400 },
  ];
}

export const ceilings: Bend[] = [
  (one, choose, over) => {
    needAmount(one, choose);
    const most = amountOf(one) - (over ? choose.of([1n, 1n, amountOf(one)]) : 0n);
    one.bounds.asset.request = String(most);
  },
  (one, choose, over) => {
    needAmount(one, choose);
    const used = BigInt(choose.of([0, 1, 5_000]));
    one.bounds.asset.day = String(amountOf(one) + used - (over ? 1n : 0n));
    useCeiling(one, choose, "day", used);
    if (over && one.facts.usage !== undefined && choose.chance(15))
      Reflect.deleteProperty(one.facts.usage, "ceiling.day");
  },
  (one, choose, over) => {
    needMint(one, choose);
    const { bounds, facts, policy } = one;
    const minted = BigInt(choose.of([0, 1, 5_000]));
    const supply = (amountOf(one) + minted) * 2n;
    if (supply > greatest) return;
    bounds.asset.shareOfSupplyMillionths = String(over ? 499_999n : 500_000n);
    const key = `token:${policy.token.address} supply`;
    facts.observed[key] = { value: String(supply), blockTime: facts.now };
    if (over && choose.chance(15)) facts.observed[key].value = choose.of(["", "0"]);
    if (over && choose.chance(15)) Reflect.deleteProperty(facts.observed, key);
    facts.outstanding = choose.of(["0", "4"]);
    useCeiling(one, choose, "share", minted);
    if (over && facts.usage !== undefined && choose.chance(10)) Reflect.deleteProperty(facts.usage, "ceiling.share");
  },
  (one, choose, over) => {
    const used = BigInt(choose.of([0, 1, 5_000]));
    const asked = BigInt(one.intent.feeCeilingWei);
    one.bounds.feesPerDayWei = String(asked + used - (over ? choose.of([1n, 1n, asked + used]) : 0n));
    useCeiling(one, choose, "fees", used);
    if (over && one.facts.usage !== undefined && choose.chance(15))
      Reflect.deleteProperty(one.facts.usage, "ceiling.fees");
  },
];
