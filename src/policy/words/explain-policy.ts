/** A policy in plain English, for somebody who does not read YAML. */
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import { hasAmount } from "../asked.ts";
import { countriesText } from "../countries.ts";
import { quorumText } from "../decide/demand-text.ts";
import type { By, Guard, Limit, Policy, Pricing, Rule, Tier } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import type { ChangeRule } from "../document/requirement.ts";
import { feedText } from "./feed.ts";
import {
  anySpanText,
  counted,
  demandText,
  described,
  listed,
  operationsText,
  partTexts,
  requestsText,
  sentenceOf,
  spanText,
} from "./spoken.ts";

/** Rules first, then what narrows them, then what both rest on. */
export function explainPolicy(policy: Policy): string[] {
  return [
    headLine(policy),
    ...policy.rules.flatMap((rule) => ruleLines(policy, rule)),
    ...policy.guards.map((guard) => `guard ${guard.id}: ${guardText(policy, guard)}`),
    ...policy.limits.map((limit) => `limit ${limit.id}: ${limitText(policy, limit)}`),
    ...policy.feeds.map((feed) => `feed ${feed.id}: ${feedText(feed)}`),
    ...listLines(policy),
    ...countryLines(policy),
    ...redemptionLines(policy),
    ...groupLines(policy),
    ...policy.separation.map(([one, other]) => `nobody is in both ${one} and ${other}`),
    ...calendarLines(policy),
    `to tighten this policy: ${changeText(policy.change.tighten)}`,
    `to loosen this policy: ${changeText(policy.change.loosen)}`,
    "everything else is denied",
  ];
}

function headLine({ asset, version, token }: Policy): string {
  const proxy = token.implementation === undefined ? "" : ` that forwards to ${address.checksum(token.implementation)}`;
  return `policy ${version} of ${asset}: token ${address.checksum(token.address)} on chain ${token.chain}, ${token.decimals} decimals, with code ${token.codehash}${proxy}`;
}

function ruleLines(policy: Policy, rule: Rule): string[] {
  const { id, when, loud, tiers } = rule;
  const told = loud ? "; everybody is told" : "";
  const head = `${id}: somebody of ${when.initiator} may ask to ${described({ ...when, initiator: undefined }, policy)}${told}`;
  const sized = [...when.operations].some((operation) => hasAmount(operation));
  const last = tiers.at(-1);
  const end =
    sized && last !== undefined && last.below <= amount.max
      ? [`  over ${inAsset(last.below - 1n, policy)}: never`]
      : [];
  return [head, ...tiers.map((tier) => `  ${tierText(policy, tier, sized)}`), ...end, ...batchLines(policy, rule)];
}

function batchLines(policy: Policy, { batch }: Rule): string[] {
  if (batch === undefined) return [];
  const most = `up to ${counted(batch.max, "request")} of together at most ${inAsset(batch.total, policy)}`;
  return [`  ${most} may be agreed to at once, by those who must agree to the amount of all of them together`];
}

function tierText(policy: Policy, tier: Tier, sized: boolean): string {
  const from = tier.from === 0n ? "" : `over ${inAsset(tier.from - 1n, policy)}`;
  const upTo = tier.below > amount.max ? "" : `up to ${inAsset(tier.below - 1n, policy)}`;
  const size = [from, upTo].filter(Boolean).join(" and ") || "any amount";
  return `${sized ? `${size}: ` : ""}${demandText(tier)}; ${tier.sign} signs`;
}

function guardText(policy: Policy, { when, unless, then }: Guard): string {
  const subject = requestsText(when, policy);
  const except = unless === undefined ? "" : `, unless ${sentenceOf(unless, policy)}`;
  switch (then.kind) {
    case "deny":
      return `${subject} is denied${except}`;
    case "add":
      return `for ${subject} also ${demandText(then.addition)}${except}`;
    case "reserves":
      return `${subject} ${reservesText(then)}${except}`;
    case "price":
      return `${subject} needs a price in ${then.quote} from ${counted(then.sources, "source")} at most ${then.deviation.text} apart, signed by ${byText(then.by, then.maxAgeSeconds)}${except}`;
    case "identity":
      return `${subject} needs a recipient whom ${byText(then.by, then.maxAgeSeconds)} called verified${except}`;
    case "document":
      return `${subject} needs the document behind its reference, signed by ${byText(then.by, then.maxAgeSeconds)}${except}`;
  }
}

function reservesText({ by, maxAgeSeconds, cover, lots, feeds }: Extract<Guard["then"], { kind: "reserves" }>): string {
  const who = byText(by, maxAgeSeconds);
  const each = lots ? " lot by lot" : "";
  const names = listed(
    feeds.map(({ id }) => `feed ${id}`),
    "and",
  );
  if (cover === undefined) {
    const read = feeds.length === 0 ? "" : `, and a sound figure of ${names}`;
    return `needs an attestation of the reserves${each}, signed by ${who}${read}`;
  }
  const most = feeds.length === 0 ? "" : `, or of fewer where ${names} says so`;
  const { ratio, warn, price } = cover;
  const worth = price === undefined ? "" : `, ${worthText(price)}`;
  const early = warn === undefined ? "" : `; beyond ${warn.ratio.text} × them also ${demandText(warn.addition)}`;
  return `must leave the supply within ${ratio.text} × the reserves that ${who} attested${each}${most}${worth}${early}`;
}

function worthText({ quote, sources, deviation, by, maxAgeSeconds, par }: Pricing): string {
  const apart = `from ${counted(sources, "source")} at most ${deviation.text} apart`;
  return `each worth the middle price in ${quote} ${apart}, signed by ${byText(by, maxAgeSeconds)}, over ${par.text}`;
}

function byText({ group, min }: By, maxAgeSeconds: number | undefined): string {
  const age = maxAgeSeconds === undefined ? "" : ` in the last ${anySpanText(maxAgeSeconds)}`;
  return `at least ${min} of ${group}${age}`;
}

/** `at most 5,000 GLD of mint in any 24 hours`. */
export function limitText(policy: Policy, { when, metric, window, per, max, over }: Limit): string {
  const operations = operationsText(when);
  const most = metric === "count" ? counted(max, "request") : inAsset(max, policy);
  const what = {
    sum: `${most} of ${operations}`,
    count: operations === "request" ? most : `${most} to ${operations}`,
    net: `${most} minted less what was burned`,
  }[metric];
  const span = window.kind === "rolling" ? `any ${anySpanText(window.seconds)}` : `one calendar ${window.unit}`;
  const together = { asset: "", initiator: " by one initiator", to: " to one recipient", account: " from one account" }[
    per
  ];
  const only = partTexts(when, policy);
  const bound = only.length === 0 ? "" : `; it binds only requests ${only.join(", ")}`;
  const beyond = over === "deny" ? "" : `; beyond that ${demandText(over)}`;
  return `at most ${what}${together} in ${span}${bound}${beyond}`;
}

function listLines({ lists }: Policy): string[] {
  return [...lists].map(([name, { entries, minAgeSeconds }]) => {
    const age = minAgeSeconds === 0 ? "" : `, each once it is known for ${spanText(minAgeSeconds)}`;
    const shown = [...entries].map(([entry, label]) => `${label} (${address.checksum(entry)})`);
    return `list ${name}${age}: ${shown.join(", ") || "nobody"}`;
  });
}

function countryLines({ countries }: Policy): string[] {
  if (countries === undefined) return [];
  return [`whoever gets tokens or is registered is from ${countriesText(countries)}`];
}

function redemptionLines({ redemption }: Policy): string[] {
  if (redemption === undefined) return [];
  const { destinations, deliveredBy, withinSeconds } = redemption;
  const places = [...destinations].map(([id, label]) => `${label} (${id})`);
  return [
    `a redemption is released, once its burn is final, to one of: ${places.join(", ")}`,
    `its delivery is said by at least ${deliveredBy.min} of ${deliveredBy.group} within ${spanText(withinSeconds)}`,
  ];
}

function groupLines({ groups, observersMin }: Policy): string[] {
  const floors = [...groups]
    .filter(([name]) => name !== "observers")
    .map(([name, { min, credentials }]) => {
      const kinds =
        credentials === undefined ? "" : `, who sign${min === 1 ? "s" : ""} with a ${listed([...credentials], "or")}`;
      return `group ${name}: at least ${min === 1 ? "1 person" : `${min} people`}${kinds}`;
    });
  return [...floors, `group observers: ${observersMin} must agree on what they see`];
}

function calendarLines({ calendar }: Policy): string[] {
  return calendar === undefined ? [] : [`local time is known until ${instant.toIso(calendar.until)}`];
}

function changeText({ quorum, delay, veto }: ChangeRule): string {
  const wait = delay === undefined ? "" : `, then it waits ${spanText(duration.parse(delay))}`;
  const stop = veto === undefined ? "" : `, and meanwhile ${veto.min} of ${veto.group} can stop it`;
  return `${quorumText(quorum)} must sign${wait}${stop}`;
}
