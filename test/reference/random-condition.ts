/** Random conditions that hold for a case, or do not, near their edges and far from them. */
import { hasAmount, hasRecipient } from "./holding.ts";
import type { PlainCase, PlainCondition } from "./plain.ts";
import { initiatorGroups, keys, voterGroups } from "./random-roster.ts";
import { typedDataTest } from "./random-typed-data.ts";
import type { Chooser } from "./tape.ts";
import { wallClock } from "./wall-clock.ts";
import { comparison, inUnits, listTest } from "./random-value.ts";

export const operations = ["mint", "transfer", "burn", "redeem", "pause", "unpause", "grantRole", "revokeRole"];

type Time = NonNullable<PlainCondition["time"]>;

function timeWindow(one: PlainCase, choose: Chooser, holds: boolean): Time | undefined {
  const shown = wallClock(one.policy.calendar, one.facts.now);
  if (shown === undefined) return undefined;
  const { weekday, minutes, date } = shown;
  const clock = (at: number): string =>
    `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
  const otherDays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].filter((day) => day !== weekday);
  const [open, shut] = Object.entries(one.policy.holidays ?? {}).reduce<[string[], string[]]>(
    ([a, b], [name, dates]) => (dates.includes(date) ? [a, [...b, name]] : [[...a, name], b]),
    [[], []],
  );
  const inside = {
    from: clock(choose.of([minutes, Math.max(0, minutes - 90), 0])),
    to: clock(choose.of([minutes + 1, Math.min(24 * 60, minutes + 90), 24 * 60])),
  };
  const passing: Time[] = [
    { days: [weekday, ...choose.some(otherDays)] },
    inside,
    { ...inside, days: [...choose.some(otherDays), weekday] },
    ...open.map((name) => ({ ...inside, holidays: name })),
  ];
  const failing: Time[] = [
    { days: [otherDays[0]!, ...choose.some(otherDays.slice(1))] },
    ...(minutes > 0 ? [{ to: clock(minutes) }, { from: "00:00", to: clock(Math.max(1, minutes - 60)) }] : []),
    ...(minutes < 24 * 60 - 1 ? [{ from: clock(minutes + 1) }, { from: clock(minutes + 1), to: "24:00" }] : []),
    ...shut.flatMap((name) => [{ holidays: name }, { ...inside, holidays: name }]),
  ];
  return choose.of(holds ? passing : failing);
}

export type ConditionKey =
  "operation" | "initiator" | "to" | "account" | "amount" | "maxFee" | "args" | "typedData" | "time";
export const conditionKeys: readonly ConditionKey[] = [
  ...(["operation", "initiator", "to", "account"] as const),
  ...(["amount", "maxFee", "args", "typedData", "time"] as const),
];

/** One key of a condition; undefined when nothing can be said so of this case. */
export function part(one: PlainCase, choose: Chooser, key: ConditionKey, holds: boolean): PlainCondition | undefined {
  const { intent, bounds, policy, roster, initiator } = one;
  const inAsset = (value: bigint): string => inUnits(value, policy.asset, policy.token.decimals);
  switch (key) {
    case "operation": {
      const others = operations.filter((operation) => operation !== intent.operation);
      const some = choose.shuffled(others).slice(0, choose.between(1, 2));
      if (!holds) return { operation: choose.chance(50) ? some[0]! : { in: some } };
      return { operation: choose.chance(50) ? intent.operation : { in: [...some, intent.operation] } };
    }
    case "initiator": {
      const member = [...roster.people, ...roster.services].find(({ id }) => id === initiator);
      const groups = [...initiatorGroups, ...voterGroups];
      const fitting = groups.filter((group) => (member?.groups.includes(group) ?? false) === holds);
      return fitting.length === 0 ? undefined : { initiator: { group: choose.of(fitting) } };
    }
    case "to":
      if (!hasRecipient(intent.operation) || Object.keys(policy.lists ?? {}).length === 0) return undefined;
      return { to: listTest(one, choose, intent.to, holds) };
    case "account": {
      if (bounds.managed?.account !== intent.account) return undefined;
      const own = bounds.managed.key;
      const other = keys.map(({ id }) => String(id)).find((id) => id !== own)!;
      if (!holds) return { account: choose.chance(50) ? other : { in: [other] } };
      return { account: choose.chance(50) ? own : { in: choose.shuffled([own, other]) } };
    }
    case "amount":
      return { amount: comparison(choose, BigInt(intent.amount), holds, inAsset) };
    case "maxFee":
      return {
        maxFee: comparison(choose, BigInt(intent.feeCeilingWei), holds, (value) => inUnits(value, "ETH", 18)),
      };
    case "args": {
      const recipient = hasRecipient(intent.operation);
      if (!hasAmount(intent.operation)) return undefined;
      if (!recipient || choose.chance(50)) {
        const write = choose.chance(50) ? inAsset : String;
        return { args: { amount: comparison(choose, BigInt(intent.amount), holds, write) } };
      }
      const is = { is: holds ? intent.to : `0x${"9".repeat(40)}` };
      if (Object.keys(policy.lists ?? {}).length === 0 || choose.chance(30)) return { args: { to: is } };
      return { args: { to: listTest(one, choose, intent.to, holds) } };
    }
    case "typedData": {
      const typedData = typedDataTest(one, choose, holds);
      return typedData === undefined ? undefined : { typedData };
    }
    case "time": {
      const time = timeWindow(one, choose, holds);
      return time === undefined ? undefined : { time };
    }
  }
}

/** One to three keys of which all hold, or at least one does not. */
export function randomCondition(one: PlainCase, choose: Chooser, holds: boolean): PlainCondition | undefined {
  const count = choose.between(1, 3);
  const chosen = choose.shuffled(conditionKeys).slice(0, count);
  const failing = holds ? -1 : choose.below(count);
  const parts = chosen.map((key, index) => part(one, choose, key, index !== failing));
  if (!holds && parts[failing] === undefined) return part(one, choose, "operation", false);
  const condition = Object.assign({}, ...parts) as PlainCondition;
  return Object.keys(condition).length === 0 ? undefined : condition;
}
