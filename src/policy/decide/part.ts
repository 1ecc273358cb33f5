/** The parts of a condition, each a test with three answers and the words for it. */
import { argumentOf } from "../../intent/argument.ts";
import type { TypedValue } from "../../intent/typed-value.ts";
import * as instant from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import { localTime } from "../compile/calendar.ts";
import type { PolicyCode } from "../code.ts";
import {
  isEverything,
  type Condition,
  type Interval,
  type ListTest,
  type TimeWindow,
  type TypedDataTest,
} from "../compile/condition.ts";
import type { Case } from "../policy.ts";
import { inAsset, inEther } from "../quantity.ts";
import { answerOf, intervalAnswer, listAnswer, valueAnswer, type Answer } from "./answer.ts";
import { addressText, intervalText, localText, shownValue, testText, windowText } from "./condition-text.ts";

/** One test of a condition. Unknown when a fact is missing, which is a yes to nobody's favour. */
export type Part = {
  /** Where it stands in the condition: `to`, `args.amount`, `time`. */
  readonly id: string;
  /** Names a refusal for want of this part. */
  readonly code: PolicyCode;
  readonly answer: (one: Case) => Answer;
  /** The list that must have held the value for its `minAge`, and the value; empty when it is no text. */
  readonly aged?: { readonly list: Name; readonly value: (one: Case) => string } | undefined;
  readonly observed: (one: Case) => string;
  readonly bound: (one: Case) => string;
};

const made = new WeakMap<Condition, readonly Part[]>();

/** In the order in which they are told; the same every time for the same condition. */
export function partsOf(condition: Condition): readonly Part[] {
  const known = made.get(condition);
  if (known !== undefined) return known;
  const { initiator, to, accounts, amount, maxFee, args, typedData, time } = condition;
  const parts = [
    ...(isEverything(condition) ? [] : [operationPart(condition)]),
    ...(initiator === undefined ? [] : [initiatorPart(initiator)]),
    ...(to === undefined ? [] : [recipientPart(to)]),
    ...(accounts === undefined ? [] : [accountPart(accounts)]),
    ...(amount === undefined ? [] : [amountPart(amount)]),
    ...(maxFee === undefined ? [] : [feePart(maxFee)]),
    ...args.map((test) => valuePart(`args.${test.name}`, "policy.argument", test, argument)),
    ...(typedData === undefined ? [] : typedDataParts(typedData)),
    ...(time === undefined ? [] : [timePart(time)]),
  ];
  made.set(condition, parts);
  return parts;
}

function operationPart({ operations }: Condition): Part {
  const bound = [...operations].sort().join(" or ");
  return {
    id: "operation",
    code: "policy.no-rule",
    answer: ({ intent }) => (operations.has(intent.operation) ? "yes" : "no"),
    observed: ({ intent }) => intent.operation,
    bound: () => bound,
  };
}

function initiatorPart(group: Name): Part {
  return {
    id: "initiator",
    code: "policy.initiator-not-in-group",
    answer: ({ roster, initiator }) => (roster.inGroup(initiator, group) ? "yes" : "no"),
    observed: ({ initiator }) => initiator,
    bound: () => `group ${group}`,
  };
}

function recipientPart(test: ListTest): Part {
  const within = test.kind === "in";
  return {
    id: "to",
    code: within ? "policy.recipient-not-listed" : "policy.recipient-excluded",
    answer: ({ policy, intent }) => listAnswer(test, intent.to, policy),
    aged: within ? { list: test.list, value: ({ intent }) => intent.to } : undefined,
    observed: ({ policy, intent }) => {
      const label = policy.lists.get(test.list)?.entries.get(intent.to);
      return `${addressText(intent.to)}${label === undefined ? "" : ` (${label})`}`;
    },
    bound: () => testText(test),
  };
}

function accountPart(names: ReadonlySet<Name>): Part {
  const bound = `key ${[...names].sort().join(" or ")}`;
  return {
    id: "account",
    code: "policy.wrong-account",
    answer: ({ bounds: { managed }, intent }) =>
      managed?.account !== intent.account ? "unknown" : names.has(managed.key) ? "yes" : "no",
    observed: ({ bounds: { managed }, intent }) =>
      managed?.account !== intent.account
        ? `${intent.account} is no managed account`
        : `${intent.account} is ${managed.key}`,
    bound: () => bound,
  };
}

function amountPart(interval: Interval): Part {
  return {
    id: "amount",
    code: "policy.amount-outside",
    answer: ({ intent }) => intervalAnswer(interval, intent.amount),
    observed: ({ intent, policy }) => inAsset(intent.amount, policy),
    bound: ({ policy }) => intervalText(interval, (value) => inAsset(value, policy)),
  };
}

function feePart(interval: Interval): Part {
  return {
    id: "maxFee",
    code: "policy.fee-outside",
    answer: ({ intent }) => intervalAnswer(interval, intent.feeCeilingWei),
    observed: ({ intent }) => `fees up to ${inEther(intent.feeCeilingWei)}`,
    bound: () => intervalText(interval, inEther),
  };
}

type Read = (one: Case, name: string) => TypedValue | undefined;

function argument({ intent }: Case, name: string): TypedValue | undefined {
  const { operation, to, amount } = intent;
  return operation === "signTypedData" ? undefined : argumentOf({ operation, to, amount }, name);
}

function field({ typedData }: Case, name: string): TypedValue | undefined {
  return typedData !== undefined && Object.hasOwn(typedData.message, name) ? typedData.message[name] : undefined;
}

function valuePart(id: string, code: PolicyCode, { name, test }: Condition["args"][number], read: Read): Part {
  const text = (one: Case): string => {
    const value = read(one, name);
    return typeof value === "string" ? value : "";
  };
  return {
    id,
    code,
    answer: (one) => valueAnswer(test, read(one, name), one),
    aged: test.kind === "in" ? { list: test.list, value: text } : undefined,
    observed: (one) => shownValue(read(one, name), id === "args.amount" ? one.policy : undefined),
    bound: ({ policy }) => testText(test, id === "args.amount" ? policy : undefined),
  };
}

function typedDataParts({ domain, primaryType, fields }: TypedDataTest): readonly Part[] {
  const wanted = [
    `${primaryType} of ${domain.verifyingContract} on chain ${domain.chainId}`,
    domain.name,
    domain.version,
  ];
  const bound = wanted.filter((word) => word !== undefined).join(", ");
  const about: Part = {
    id: "typedData",
    code: "policy.typed-data",
    answer: ({ intent, typedData }) => {
      if (intent.operation !== "signTypedData") return "no";
      if (typedData === undefined) return "unknown";
      const said = typedData.domain;
      return answerOf(
        typedData.primaryType === primaryType &&
          said.chainId === domain.chainId &&
          said.verifyingContract === domain.verifyingContract &&
          (domain.name === undefined || said.name === domain.name) &&
          (domain.version === undefined || said.version === domain.version),
      );
    },
    observed: ({ typedData }) => {
      if (typedData === undefined) return "no typed data";
      const { verifyingContract, chainId, name, version } = typedData.domain;
      const words = [`${typedData.primaryType} of ${verifyingContract} on chain ${chainId}`, name, version];
      return words.filter((word) => word !== undefined).join(", ");
    },
    bound: () => bound,
  };
  return [about, ...fields.map((test) => valuePart(`typedData.${test.name}`, "policy.typed-data", test, field))];
}

function timePart(window: TimeWindow): Part {
  const bound = windowText(window);
  return {
    id: "time",
    code: "policy.outside-hours",
    answer: ({ policy, facts }) => {
      const local = policy.calendar === undefined ? undefined : localTime(policy.calendar, facts.now);
      if (local === undefined) return "unknown";
      return answerOf(
        (window.days === undefined || window.days.has(local.weekday)) &&
          local.second >= window.fromSecond &&
          local.second < window.belowSecond &&
          window.holidays?.has(local.date) !== true,
      );
    },
    observed: ({ policy, facts }) => {
      const local = policy.calendar === undefined ? undefined : localTime(policy.calendar, facts.now);
      return local === undefined ? `no local time is known of ${instant.toIso(facts.now)}` : localText(local);
    },
    bound: () => bound,
  };
}
