/** What a policy permits and forbids, for somebody who does not read YAML, a line at a time. */
import * as address from "../values/address.ts";
import * as duration from "../values/duration.ts";
import * as instant from "../values/instant.ts";
import { policyOperationSchema, type PolicyOperation } from "./condition-schema.ts";
import { intervalText, testText, windowText } from "./condition-text.ts";
import type { Condition, ListTest } from "./condition.ts";
import { additionText, floorTexts, quorumText, vetoText } from "./demand-text.ts";
import type { By, Guard, Limit, Policy, Rule, Tier, Window } from "./policy.ts";
import { inAsset, inEther } from "./quantity.ts";
import type { ChangeRule } from "./requirement.ts";

export function explainPolicy(policy: Policy): string[] {
  const { token, calendar } = policy;
  return [
    `policy ${policy.version} of ${policy.asset}: token ${address.checksum(token.address)} on chain ${token.chain}, ${token.decimals} decimals`,
    ...policy.rules.flatMap((rule) => ruleLines(policy, rule)),
    ...policy.guards.map((guard) => guardLine(policy, guard)),
    ...policy.limits.map((limit) => limitLine(policy, limit)),
    ...[...policy.lists].map(([name, { entries, minAgeSeconds }]) => {
      const age = minAgeSeconds === 0 ? "" : `, each after ${duration.format(minAgeSeconds)}`;
      return `list ${name}${age}: ${[...entries].map(([entry, label]) => `${label} (${address.checksum(entry)})`).join(", ")}`;
    }),
    ...[...policy.groups].map(([name, { min, credentials }]) => {
      const kinds = credentials === undefined ? "" : `, who sign by ${[...credentials].join(" or ")}`;
      return `group ${name}: at least ${min}${kinds}`;
    }),
    ...policy.separation.map(([one, other]) => `nobody is in both ${one} and ${other}`),
    `observers: ${policy.observersMin} must agree on what they see`,
    ...(calendar === undefined ? [] : [`local time is known until ${instant.toIso(calendar.until)}`]),
    `to tighten: ${changeText(policy.change.tighten)}`,
    `to loosen: ${changeText(policy.change.loosen)}`,
    "everything else is denied",
  ];
}

function ruleLines(policy: Policy, rule: Rule): string[] {
  const { when, loud } = rule;
  const told = loud ? "; everybody is told" : "";
  const head = `${rule.id}: somebody of ${when.initiator} may ask to ${operationsText(when)}${furtherText(when, policy)}${told}`;
  return [head, ...rule.tiers.map((tier) => `  ${tierText(policy, tier)}`)];
}

function operationsText({ operations }: Condition, join = " or "): string {
  return [...operations].sort().map(operationText).join(join);
}

function operationText(operation: PolicyOperation): string {
  return operation === "signTypedData" ? "sign typed data" : operation;
}

/** Everything a condition says but operation and initiator, with a space in front. */
function furtherText(condition: Condition, policy: Policy): string {
  const { to, accounts, amount, maxFee, args, typedData, time } = condition;
  const words = [
    ...(to === undefined ? [] : [`to ${listText(to)}`]),
    ...(accounts === undefined ? [] : [`by key ${[...accounts].sort().join(" or ")}`]),
    ...(amount === undefined ? [] : [`of ${intervalText(amount, (value) => inAsset(value, policy))}`]),
    ...(maxFee === undefined ? [] : [`with fees of ${intervalText(maxFee, inEther)}`]),
    ...args.map(({ name, test }) => `with ${name}: ${testText(test, name === "amount" ? policy : undefined)}`),
    ...(typedData === undefined ? [] : typedDataTexts(typedData)),
    ...(time === undefined ? [] : [`while it is ${windowText(time)}`]),
  ];
  return words.map((word) => ` ${word}`).join("");
}

function typedDataTexts({ domain, primaryType, fields }: NonNullable<Condition["typedData"]>): readonly string[] {
  const named = [domain.name, domain.version].filter((word) => word !== undefined);
  const of = `(${primaryType}${named.length === 0 ? "" : ` of ${named.join(" ")}`} for ${address.checksum(domain.verifyingContract)} on chain ${domain.chainId})`;
  return [of, ...fields.map(({ name, test }) => `with ${name}: ${testText(test)}`)];
}

function listText({ kind, list }: ListTest): string {
  return kind === "in" ? `somebody on list ${list}` : `somebody not on list ${list}`;
}

function tierText(policy: Policy, tier: Tier): string {
  const from = tier.from === 0n ? "" : `over ${inAsset(tier.from - 1n, policy)} and `;
  const upTo = tier.below === 1n << 256n ? "any amount" : `up to ${inAsset(tier.below - 1n, policy)}`;
  const demanded = [
    quorumText(tier.quorum),
    ...floorTexts(tier.distinct),
    ...(tier.delaySeconds === 0 ? [] : [`after ${duration.format(tier.delaySeconds)}`]),
    ...(tier.veto === undefined ? [] : [vetoText(tier.veto)]),
    `signed by ${tier.sign}`,
  ];
  return `${from}${upTo}: ${demanded.join(", ")}`;
}

function guardLine(policy: Policy, guard: Guard): string {
  const { id, when, unless, then } = guard;
  const sparing = unless === undefined ? "" : `, unless it is ${conditionText(unless, policy)}`;
  const about = conditionText(when, policy);
  switch (then.kind) {
    case "deny":
      return `guard ${id}: no ${denialText(policy, guard)}`;
    case "add":
      return `guard ${id}: ${about} also takes ${additionText(then.addition)}${sparing}`;
    case "reserves":
      return `guard ${id}: no ${about} beyond attested reserves × ${then.ratio.text}, attested by ${byText(then.by)} within ${duration.format(then.maxAgeSeconds)}${sparing}`;
    case "price": {
      const agree = `${then.sources} sources at most ${then.deviation.text} of the lowest apart`;
      return `guard ${id}: no ${about} without a price in ${then.quote} from ${agree}, attested by ${byText(then.by)} within ${duration.format(then.maxAgeSeconds)}${sparing}`;
    }
    case "identity":
    case "document": {
      const what = then.kind === "identity" ? "a verified recipient" : "a document behind its reference";
      const age = then.maxAgeSeconds === undefined ? "" : ` within ${duration.format(then.maxAgeSeconds)}`;
      return `guard ${id}: no ${about} without ${what}, attested by ${byText(then.by)}${age}${sparing}`;
    }
  }
}

function denialText(policy: Policy, { when, unless }: Guard): string {
  const about = conditionText(when, policy);
  if (unless === undefined) return about;
  const { maxFee } = unless;
  const isFee = maxFee?.from === 0n && conditionText({ ...unless, maxFee: undefined }, policy) === "request";
  return isFee
    ? `${about} with fees over ${inEther(maxFee.below - 1n)}`
    : `${about}, unless it is ${conditionText(unless, policy)}`;
}

/** `mint by somebody of issuers to somebody on list treasury`, or `request` for everything. */
function conditionText(condition: Condition, policy: Policy): string {
  const { initiator } = condition;
  const by = initiator === undefined ? "" : ` by somebody of ${initiator}`;
  const operations = isEverything(condition) ? "request" : operationsText(condition, ", ");
  return `${operations}${by}${furtherText(condition, policy)}`;
}

function isEverything({ operations }: Condition): boolean {
  return operations.size === policyOperationSchema.options.length;
}

function byText({ group, min }: By): string {
  return `${min} of ${group}`;
}

function limitLine(policy: Policy, limit: Limit): string {
  const { id, metric, when, max, per, window, over } = limit;
  const each = per === "asset" ? "" : ` per ${per}`;
  const beyond = over === "deny" ? "" : `; beyond it also ${additionText(over)}`;
  const what = {
    sum: `${inAsset(max, policy)} of ${conditionText(when, policy)}`,
    count: `${max} times ${conditionText(when, policy)}`,
    net: `${inAsset(max, policy)} minted less what is finally burned`,
  }[metric];
  return `limit ${id}: at most ${what}${each} in ${spanText(window)}${beyond}`;
}

function spanText(window: Window): string {
  return window.kind === "rolling" ? `any ${duration.format(window.seconds)}` : `a calendar ${window.unit}`;
}

function changeText({ quorum, delay, veto }: ChangeRule): string {
  const wait = delay === undefined ? [] : [`after ${delay}`];
  return [quorumText(quorum), ...wait, ...(veto === undefined ? [] : [vetoText(veto)])].join(", ");
}
