/** Whether a condition holds: yes, no, or unknown because a fact that it asks for is missing. */
import { baseUnits, compares, plainOrUnits, secondsOf } from "./measure.ts";
import type { ListTest, PlainCase, PlainCondition, ValueTest } from "./plain.ts";
import { minutesOf, wallClock } from "./wall-clock.ts";

export type Holding = "yes" | "no" | "unknown";

const asHolding = (holds: boolean): Holding => (holds ? "yes" : "no");

/** The keys of a condition, each with whether it holds; how long a list has had an entry is not asked here. */
export function holdings(one: PlainCase, condition: PlainCondition): { key: string; holds: Holding }[] {
  const { policy, intent, bounds, roster, initiator } = one;
  const { operation, initiator: from, to, account, amount, maxFee, args, typedData, time } = condition;
  const found: { key: string; holds: Holding }[] = [];
  const note = (key: string, holds: Holding): void => {
    found.push({ key, holds });
  };
  if (operation !== undefined) note("operation", asHolding(oneOf(operation).includes(intent.operation)));
  if (from !== undefined) {
    const members = [...roster.people, ...roster.services].filter(({ groups }) => groups.includes(from.group));
    note("initiator", asHolding(members.some(({ id }) => id === initiator)));
  }
  // Where nobody receives, the recipient is the zero address, which no list holds.
  if (to !== undefined) note("to", listed(one, to, intent.to));
  if (account !== undefined) {
    const managed = bounds.managed?.account === intent.account ? bounds.managed : undefined;
    note("account", managed === undefined ? "unknown" : asHolding(oneOf(account).includes(managed.key)));
  }
  if (amount !== undefined) note("amount", asHolding(compares(BigInt(intent.amount), amount, inAsset(one))));
  if (maxFee !== undefined)
    note("maxFee", asHolding(compares(BigInt(intent.feeCeilingWei), maxFee, (text) => baseUnits(text, "ETH", 18))));
  for (const [name, test] of Object.entries(args ?? {})) note(`args.${name}`, argumentHolds(one, name, test));
  if (typedData !== undefined) {
    for (const { key, holds } of typedDataHoldings(one, typedData)) note(key, holds);
  }
  if (time !== undefined) note("time", timeHolds(policy, one.facts.now, time));
  return found;
}

/**
 * A conjunction, as guards and limits ask it: one `no` is no, and otherwise one `unknown` leaves it unknown. They wait for nobody,
 * so an entry too young for its list leaves it unknown too.
 */
export function holds(one: PlainCase, condition: PlainCondition | undefined): Holding {
  const all = holdings(one, condition ?? {}).map((part) => part.holds);
  if (all.includes("no")) return "no";
  return all.includes("unknown") || youngEntries(one, condition ?? {}).length > 0 ? "unknown" : "yes";
}

/** Where the condition permits by a list that has not had the entry for its `minAge`, as far as anybody knows. */
export function youngEntries(one: PlainCase, { to, args, typedData }: PlainCondition): string[] {
  const { policy, facts, intent } = one;
  const asked: { key: string; list: string | undefined; address: string }[] = [
    { key: "to", list: to?.in, address: intent.to },
    ...Object.entries(args ?? {}).map(([name, test]) => ({ key: `args.${name}`, list: test.in, address: intent.to })),
    ...Object.entries(typedData?.fields ?? {}).map(([name, test]) => ({
      ...{ key: `typedData.${name}`, list: test.in },
      address: String(one.typedData?.message[name]),
    })),
  ];
  return asked.flatMap(({ key, list, address }) => {
    const minAge = list === undefined ? 0 : secondsOf(policy.lists?.[list]?.minAge);
    if (list === undefined || minAge === 0) return [];
    const since = facts.listedSince[`${list} ${address}`];
    return since === undefined || facts.now - since < minAge ? [key] : [];
  });
}

function oneOf(written: string | { in: string[] }): readonly string[] {
  return typeof written === "string" ? [written] : written.in;
}

function inAsset({ policy }: PlainCase): (text: string) => bigint {
  return (text) => baseUnits(text, policy.asset, policy.token.decimals);
}

export function hasRecipient(operation: string): boolean {
  return operation === "mint" || operation === "transfer";
}

export function hasAmount(operation: string): boolean {
  return ["mint", "burn", "redeem", "transfer"].includes(operation);
}

/** Whether an address stands in a list, or does not. */
function listed({ policy }: PlainCase, test: ListTest, address: string): Holding {
  const entries = policy.lists?.[test.in ?? test.notIn ?? ""]?.entries ?? [];
  const inside = entries.some((entry) => entry.address === address.toLowerCase());
  return asHolding(test.in === undefined ? !inside : inside);
}

function argumentHolds(one: PlainCase, name: string, test: ValueTest): Holding {
  const { operation, to, amount } = one.intent;
  if (name === "to" && hasRecipient(operation)) return valueHolds(one, test, { type: "address", text: to });
  if (name === "amount" && hasAmount(operation)) return valueHolds(one, test, { type: "uint256", text: amount });
  return "unknown";
}

type Value = { readonly type: string; readonly text: string };

function valueHolds(one: PlainCase, test: ValueTest, value: Value): Holding {
  const { policy, facts } = one;
  const number = /^-?[0-9]+$/.test(value.text) ? BigInt(value.text) : undefined;
  if (test.in !== undefined || test.notIn !== undefined)
    return value.type === "address" ? listed(one, test, value.text) : "unknown";
  if (test.is !== undefined)
    return asHolding(value.type === "address" ? test.is.toLowerCase() === value.text : test.is === value.text);
  if (number === undefined || !value.type.includes("int")) return "unknown";
  if (test.within !== undefined) return asHolding(number <= BigInt(facts.now + secondsOf(test.within)));
  // Comparisons are about amounts: what is below nothing lies in no interval.
  return asHolding(
    number >= 0n && compares(number, test, (text) => plainOrUnits(text, policy.asset, policy.token.decimals)),
  );
}

function typedDataHoldings(
  one: PlainCase,
  test: NonNullable<PlainCondition["typedData"]>,
): { key: string; holds: Holding }[] {
  const { typedData } = one;
  const idle = Object.keys(test.fields ?? {}).map((name) => ({ key: `typedData.${name}`, holds: "unknown" as const }));
  if (one.intent.operation !== "signTypedData") return [{ key: "typedData", holds: "no" }, ...idle];
  if (typedData === undefined) return [{ key: "typedData", holds: "unknown" }, ...idle];
  const { domain, primaryType, message, types } = typedData;
  const same =
    (test.domain.name === undefined || test.domain.name === domain.name) &&
    (test.domain.version === undefined || test.domain.version === domain.version) &&
    domain.chainId === test.domain.chainId &&
    domain.verifyingContract === test.domain.verifyingContract &&
    primaryType === test.primaryType;
  const fields = Object.entries(test.fields ?? {}).map(([name, field]) => {
    const type = types[primaryType]?.find((member) => member.name === name)?.type;
    const value = message[name];
    const readable = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    const holds: Holding =
      type === undefined || !readable ? "unknown" : valueHolds(one, field, { type, text: String(value) });
    return { key: `typedData.${name}`, holds };
  });
  return [{ key: "typedData", holds: asHolding(same) }, ...fields];
}

function timeHolds(policy: PlainCase["policy"], now: number, time: NonNullable<PlainCondition["time"]>): Holding {
  const shown = wallClock(policy.calendar, now);
  if (shown === undefined) return "unknown";
  const { days, from = "00:00", to = "24:00", holidays } = time;
  if (days !== undefined && !days.includes(shown.weekday)) return "no";
  if (holidays !== undefined && policy.holidays?.[holidays]?.includes(shown.date) === true) return "no";
  return asHolding(minutesOf(from) <= shown.minutes && shown.minutes < minutesOf(to));
}
