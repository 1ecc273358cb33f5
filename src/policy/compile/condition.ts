/** Conditions as the decision reads them: finite sets and half-open intervals, one test for each part. */
import { isOffered, standardSchema, type Standard } from "../../intent/standard.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { ChainId } from "../../values/chain-id.ts";
import * as duration from "../../values/duration.ts";
import { invariant } from "../../values/errors.ts";
import type { Name } from "../../values/name.ts";
import {
  policyOperationSchema,
  weekdays,
  type PolicyOperation,
  type WrittenCondition,
  type WrittenInterval,
  type WrittenTests,
  type WrittenTime,
  type WrittenTypedData,
} from "../document/condition-schema.ts";
import { parseQuantity, type Unit } from "../quantity.ts";
import { refusal } from "./refusal.ts";

/** A conjunction; what is undefined or empty holds for everything. */
export type Condition = {
  readonly operations: ReadonlySet<PolicyOperation>;
  /** Everything that the token's standard offers, typed data too; `operations` is some or all of it. */
  readonly offered: ReadonlySet<PolicyOperation>;
  /** Somebody of this group asks. */
  readonly initiator: Name | undefined;
  readonly to: ListTest | undefined;
  /** Managed keys by name. */
  readonly accounts: ReadonlySet<Name> | undefined;
  /** Base units. */
  readonly amount: Interval | undefined;
  /** Wei. */
  readonly maxFee: Interval | undefined;
  readonly args: readonly FieldTest[];
  readonly typedData: TypedDataTest | undefined;
  readonly time: TimeWindow | undefined;
};

export type ListTest = { readonly kind: "in" | "not-in"; readonly list: Name };
/** From `from`, up to but not `below`. */
export type Interval = { readonly from: bigint; readonly below: bigint };
export type ValueTest =
  | ListTest
  | ({ readonly kind: "between" } & Interval)
  /** The canonical text of the value: an address in lower case, `true`, a decimal number, a text. */
  | { readonly kind: "is"; readonly value: string }
  /** A time that is at most so many seconds after the gate's own. */
  | { readonly kind: "within"; readonly seconds: number };
export type FieldTest = { readonly name: string; readonly test: ValueTest };

export type TypedDataTest = {
  readonly domain: {
    readonly name: string | undefined;
    readonly version: string | undefined;
    readonly chainId: ChainId;
    readonly verifyingContract: Address;
  };
  readonly primaryType: string;
  readonly fields: readonly FieldTest[];
};

export type TimeWindow = {
  /** 0 is Monday; undefined is every day. */
  readonly days: ReadonlySet<number> | undefined;
  /** Seconds since local midnight. */
  readonly fromSecond: number;
  readonly belowSecond: number;
  /** Dates such as `2026-12-25` on which it is closed. */
  readonly holidays: ReadonlySet<string> | undefined;
};

/** What a condition may name. */
export type Named = {
  readonly asset: Unit;
  readonly lists: ReadonlySet<Name>;
  readonly holidays: ReadonlyMap<Name, ReadonlySet<string>>;
  readonly hasCalendar: boolean;
  readonly standard: Standard;
};

const ether: Unit = { unit: "ETH", decimals: 18 };
const beyond = amount.max + 1n;

/** Asks nothing of a request. */
export const nothingAsked = {
  initiator: undefined,
  to: undefined,
  accounts: undefined,
  amount: undefined,
  maxFee: undefined,
  args: [],
  typedData: undefined,
  time: undefined,
} as const;

const everything = new Map(
  standardSchema.options.map((standard): [Standard, Condition] => {
    const all = new Set(
      policyOperationSchema.options.filter((one) => one === "signTypedData" || isOffered(standard, one)),
    );
    return [standard, { ...nothingAsked, operations: all, offered: all }];
  }),
);

/** Holds for everything that a token of the standard offers; the same object every time. */
export function always(standard: Standard): Condition {
  const found = everything.get(standard);
  invariant(found !== undefined, "every standard offers something");
  return found;
}

/** What every operation of the token passes is no test. */
export function isEverything({ operations, offered }: Pick<Condition, "operations" | "offered">): boolean {
  return operations.size === offered.size;
}

export function isAlways(condition: Condition): boolean {
  return [...everything.values()].includes(condition);
}

/** Throws `InvalidValue` with a code `policy.*` and the field. */
export function readCondition(written: WrittenCondition | undefined, field: string, named: Named): Condition {
  const { operations: offered } = always(named.standard);
  if (written === undefined) return always(named.standard);
  const { to, account, typedData } = written;
  const operations = operationsOf(written, offered);
  const foreign = [...operations].filter((one) => !offered.has(one));
  if (foreign.length > 0)
    throw refusal(
      "operation",
      `${field}.operation`,
      `a token of ${named.standard} does not offer ${foreign.join(", ")}`,
    );
  return {
    operations,
    offered,
    initiator: written.initiator?.group,
    to: to === undefined ? undefined : readListTest(to, `${field}.to`, named),
    accounts: account === undefined ? undefined : new Set(typeof account === "string" ? [account] : account.in),
    amount:
      written.amount && readInterval(written.amount, `${field}.amount`, (text, at) => quantity(text, named.asset, at)),
    maxFee: written.maxFee && readInterval(written.maxFee, `${field}.maxFee`, (text, at) => quantity(text, ether, at)),
    args: readTests(written.args, `${field}.args`, named),
    typedData: typedData && readTypedData(typedData, `${field}.typedData`, named),
    time: written.time && readTime(written.time, `${field}.time`, named),
  };
}

/** Left out, every operation; but typed data is of one operation alone. */
function operationsOf(
  { operation, typedData }: WrittenCondition,
  offered: ReadonlySet<PolicyOperation>,
): ReadonlySet<PolicyOperation> {
  if (operation === undefined) return typedData === undefined ? offered : new Set(["signTypedData"]);
  return new Set(typeof operation === "string" ? [operation] : operation.in);
}

function readTypedData({ domain, primaryType, fields }: WrittenTypedData, field: string, named: Named): TypedDataTest {
  if (domain.name?.trim().toLowerCase() === "countersign")
    throw refusal(
      "typed-data",
      `${field}.domain.name`,
      "statements of this house are signed by people, never by a managed key",
    );
  return {
    domain: { ...domain, name: domain.name, version: domain.version },
    primaryType,
    fields: readTests(fields, `${field}.fields`, named),
  };
}

function readListTest(written: { in: Name } | { notIn: Name }, field: string, { lists }: Named): ListTest {
  const [kind, key, list] =
    "in" in written ? (["in", "in", written.in] as const) : (["not-in", "notIn", written.notIn] as const);
  if (!lists.has(list)) throw refusal("list", `${field}.${key}`, `there is no list \`${list}\``);
  return { kind, list };
}

function readInterval(
  { eq, gt, gte, lt, lte }: WrittenInterval,
  field: string,
  read: (text: string, field: string) => bigint,
): Interval {
  if (eq !== undefined) {
    const value = read(eq, `${field}.eq`);
    return { from: value, below: value + 1n };
  }
  const from = gt !== undefined ? read(gt, `${field}.gt`) + 1n : gte !== undefined ? read(gte, `${field}.gte`) : 0n;
  const below =
    lt !== undefined ? read(lt, `${field}.lt`) : lte !== undefined ? read(lte, `${field}.lte`) + 1n : beyond;
  if (from >= below) throw refusal("interval", field, "no value is in this interval");
  return { from, below };
}

function readTests(written: WrittenTests | undefined, field: string, named: Named): readonly FieldTest[] {
  return Object.entries(written ?? {}).map(([name, test]) => ({
    name,
    test: readTest(test, `${field}.${name}`, named),
  }));
}

function readTest(written: WrittenTests[string], field: string, named: Named): ValueTest {
  if ("in" in written || "notIn" in written) return readListTest(written, field, named);
  if ("is" in written)
    return { kind: "is", value: /^0x[0-9a-fA-F]{40}$/.test(written.is) ? written.is.toLowerCase() : written.is };
  if ("within" in written) return { kind: "within", seconds: duration.parse(written.within) };
  return { kind: "between", ...readInterval(written, field, (text, at) => wholeOrQuantity(text, named.asset, at)) };
}

/** `123`, or an amount of the asset such as `5 GLD`. */
function wholeOrQuantity(text: string, unit: Unit, field: string): bigint {
  if (!/^(?:0|[1-9][0-9]*)$/.test(text)) return quantity(text, unit, field);
  const value = BigInt(text);
  if (value > amount.max) throw refusal("amount", field, `\`${text}\` does not fit in 256 bits`);
  return value;
}

function quantity(text: string, unit: Unit, field: string): bigint {
  return text === "max" ? amount.max : parseQuantity(text, unit, field);
}

function readTime({ days, from, to, holidays }: WrittenTime, field: string, named: Named): TimeWindow {
  if (!named.hasCalendar)
    throw refusal("calendar", field, "a time of day needs `timezone` and the `calendar` compiled from it");
  const dates = holidays && named.holidays.get(holidays);
  if (holidays !== undefined && dates === undefined)
    throw refusal("holidays", `${field}.holidays`, `there are no holidays \`${holidays}\``);
  if (from === "24:00") throw refusal("time", `${field}.from`, "the day is over at `24:00`");
  const [fromSecond, belowSecond] = [from === undefined ? 0 : secondOf(from), secondOf(to ?? "24:00")];
  if (fromSecond >= belowSecond)
    throw refusal("time", field, "the window ends before it begins; write two guards for a night");
  return {
    days: days === undefined ? undefined : new Set(days.map((day) => weekdays.indexOf(day))),
    fromSecond,
    belowSecond,
    holidays: dates,
  };
}

function secondOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 3_600 + minutes * 60;
}
