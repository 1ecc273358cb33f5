/** Conditions, demands and spans of time as a person says them. */
import * as address from "../../values/address.ts";
import { testText, intervalText, windowText } from "../decide/condition-text.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import { isEverything, type Condition, type FieldTest, type ValueTest } from "../compile/condition.ts";
import { quorumText } from "../decide/demand-text.ts";
import type { Distinct, Policy } from "../policy.ts";
import { inAsset, inEther } from "../quantity.ts";
import type { Quorum, Veto } from "../document/requirement.ts";

const units = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** `30 minutes`, `1 day`: in the largest unit that divides it. */
export function spanText(seconds: number): string {
  const [size, name] = units.find(([one]) => seconds !== 0 && seconds % one === 0) ?? [1, "second"];
  return counted(seconds / size, name);
}

/** `day`, `7 days`: behind `any` or `the last`. */
export function anySpanText(seconds: number): string {
  return spanText(seconds).replace(/^1 /, "");
}

/** `1 request`, `2 requests`. */
export function counted(count: number | bigint, name: string): string {
  return `${count} ${name}${Number(count) === 1 ? "" : "s"}`;
}

/** `a, b or c`. */
export function listed(words: readonly string[], last: "or" | "and"): string {
  const before = words.slice(0, -1).join(", ");
  return before === "" ? words.join("") : `${before} ${last} ${words.at(-1) ?? ""}`;
}

/** `every request`, or `every mint or transfer to somebody on list treasury`. */
export function requestsText(condition: Condition, policy: Policy): string {
  return `every ${described(condition, policy)}`;
}

/** The operations with everything else that is asked of them. */
export function described(condition: Condition, policy: Policy): string {
  const parts = partTexts(condition, policy).join(", ");
  return parts === "" ? operationsText(condition) : `${operationsText(condition)} ${parts}`;
}

export function operationsText(condition: Condition): string {
  return isEverything(condition) ? "request" : listed([...condition.operations].sort().map(operationText), "or");
}

function operationText(operation: PolicyOperation): string {
  return operation === "signTypedData" ? "sign typed data" : operation;
}

/** Everything that a condition asks besides the operation; nothing when it asks nothing. */
export function partTexts(condition: Condition, policy: Policy): readonly string[] {
  const { initiator, to, accounts, amount, maxFee, args, typedData, time } = condition;
  return [
    ...(initiator === undefined ? [] : [`asked for by somebody of ${initiator}`]),
    ...(amount === undefined ? [] : [`of ${intervalText(amount, (value) => inAsset(value, policy))}`]),
    ...(to === undefined ? [] : [`to ${to.kind === "in" ? "somebody" : "nobody"} on list ${to.list}`]),
    ...(accounts === undefined ? [] : [`signed by ${listed([...accounts].sort(), "or")}`]),
    ...(maxFee === undefined ? [] : [`with fees of ${intervalText(maxFee, inEther)}`]),
    ...fieldTexts(args, "argument", policy),
    ...(typedData === undefined ? [] : [typedDataText(typedData)]),
    ...(time === undefined ? [] : [`while it is ${windowText(time)}`]),
  ];
}

/** The same as a sentence: `its fees are at most 0.05 ETH and it goes to nobody on list blocked`. */
export function sentenceOf(condition: Condition, policy: Policy): string {
  const { initiator, to, accounts, amount, maxFee, args, typedData, time } = condition;
  const said = [
    ...(initiator === undefined ? [] : [`somebody of ${initiator} asks for it`]),
    ...(amount === undefined ? [] : [`it is of ${intervalText(amount, (value) => inAsset(value, policy))}`]),
    ...(to === undefined ? [] : [`it goes to ${to.kind === "in" ? "somebody" : "nobody"} on list ${to.list}`]),
    ...(accounts === undefined ? [] : [`${listed([...accounts].sort(), "or")} signs it`]),
    ...(maxFee === undefined ? [] : [`its fees are ${intervalText(maxFee, inEther)}`]),
    ...args.map(({ name, test }) => `its argument ${name} is ${valueText(test, unitOf(name, policy))}`),
    ...(typedData === undefined ? [] : [`it is ${typedDataText(typedData)}`]),
    ...(time === undefined ? [] : [`it is ${windowText(time)}`]),
  ];
  const only = isEverything(condition) ? [] : [`it is a ${operationsText(condition)}`];
  return listed([...only, ...said], "and");
}

function typedDataText({ domain, primaryType, fields }: NonNullable<Condition["typedData"]>): string {
  const name = domain.name === undefined ? "" : ` (${domain.name})`;
  const contract = `${address.checksum(domain.verifyingContract)}${name} on chain ${domain.chainId}`;
  return [`of type ${primaryType} for ${contract}`, ...fieldTexts(fields, "field")].join(" ");
}

function fieldTexts(tests: readonly FieldTest[], word: string, policy?: Policy): readonly string[] {
  if (tests.length === 0) return [];
  const said = tests.map(({ name, test }) => `${word} ${name} is ${valueText(test, unitOf(name, policy))}`);
  return [`whose ${listed(said, "and")}`];
}

/** Only of an argument that is an amount is it known what it is in. */
function unitOf(name: string, policy: Policy | undefined): Policy | undefined {
  return name === "amount" ? policy : undefined;
}

function valueText(test: ValueTest, unit: Policy | undefined): string {
  switch (test.kind) {
    case "in":
      return `on list ${test.list}`;
    case "not-in":
      return `not on list ${test.list}`;
    case "within":
      return `at most ${spanText(test.seconds)} from now`;
    default:
      return testText(test, unit);
  }
}

export type Demanded = {
  readonly quorum: Quorum | undefined;
  readonly distinct: Distinct;
  readonly delaySeconds: number;
  readonly veto: Veto | undefined;
};

/** `2 of custodians must agree, it waits 1 day, and meanwhile 1 of officers can stop it`. */
export function demandText({ quorum, distinct, delaySeconds, veto }: Demanded): string {
  const { people, units: houses } = distinct;
  return listed(
    [
      ...(quorum === undefined ? [] : [`${quorumText(quorum)} must agree`]),
      ...(people + houses === 0 ? [] : [floorsText(distinct)]),
      ...(delaySeconds === 0 ? [] : [`it waits ${spanText(delaySeconds)}`]),
      ...(veto === undefined ? [] : [`meanwhile ${veto.min} of ${veto.group} can stop it`]),
    ],
    "and",
  );
}

/** `they must be at least 4 people of at least 2 units`. */
function floorsText({ people, units: houses }: Distinct): string {
  const who = people === 0 ? [] : [`at least ${counted(people, "person").replace("persons", "people")}`];
  return `they must be ${[...who, ...(houses === 0 ? [] : [`of at least ${counted(houses, "unit")}`])].join(" ")}`;
}
