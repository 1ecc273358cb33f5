/** A written test as a case before the policy: the request, who votes, and a world in which all else is as it should be. */
import { parse as parseTypedData } from "../../intent/typed-data.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Credential, Member } from "../../roster/roster.ts";
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import * as country from "../../values/country.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import * as line from "../../values/line.ts";
import type { Name } from "../../values/name.ts";
import { hasAmount, hasRecipient, type Asked } from "../asked.ts";
import { localTime } from "../compile/calendar.ts";
import { destined } from "../decide/destination.ts";
import type { VetoFact, Vote } from "../facts.ts";
import type { Case, Policy, Rule } from "../policy.ts";
import { parseQuantity, type Unit } from "../quantity.ts";
import type { WrittenTest } from "../document/test-schema.ts";
import { shifted, vetoOf, voteOf, worldOf, type Given, type Together } from "./world.ts";

/** `key` is the managed key whose account signs. */
export type WrittenCase = Omit<Case, "roster"> & { readonly key: Name | undefined };

type Ground = { readonly policy: Policy; readonly roster: RosterIndex };
type Written = WrittenTest["request"];

/**
 * The case with each key that may be meant: the one the test names, or else those that the rules for its operation sign with.
 * Throws `InvalidValue` `policy.test` for what is nobody or nothing here.
 */
export function caseOf(test: WrittenTest, ground: Ground): readonly WrittenCase[] {
  const { policy, roster } = ground;
  const now = test.at === undefined ? plainTime(policy) : instantOf(test.at);
  const world = {
    roster,
    now,
    waitedSeconds: duration.parse(test.waited ?? "0s"),
    votes: votesOf(test, roster),
    vetoes: (test.vetoes ?? []).map((person): VetoFact => vetoOf(known(roster, person).id, now)),
    together: togetherOf(test, policy),
    given: givenOf(test.given ?? {}, policy),
  };
  const rules = policy.rules.filter(({ when }) => when.operations.has(test.request.operation));
  return keysOf(test.request, rules, roster).map(({ key, account }) => {
    const intent = askedOf(test.request, { ...ground, rules, account, now });
    const typedData = test.request.typedData === undefined ? {} : { typedData: parseTypedData(test.request.typedData) };
    return { key, initiator: test.request.by, intent, ...typedData, ...worldOf({ policy, asked: intent, ...world }) };
  });
}

/** Noon of a Wednesday that is nobody's holiday, so that a test without `at` does not depend on the day it runs. */
function plainTime({ calendar, guards, limits, rules }: Policy): Instant {
  const noon = instant.fromIso("2026-01-07T12:00:00Z");
  if (calendar === undefined) return noon;
  const from = calendar.offsets[0]?.from ?? noon;
  const conditions = [
    ...[...rules, ...guards, ...limits].map(({ when }) => when),
    ...guards.map(({ unless }) => unless),
  ];
  const windows = conditions.flatMap((condition) => condition?.time?.holidays ?? []);
  const starts = settledDays.map((days) => shifted(from, days * daySeconds));
  const hours = starts.flatMap((start) =>
    Array.from({ length: daysSearched * 24 }, (_, hour) => shifted(start, hour * 3_600)),
  );
  const plain = hours.find((at) => {
    const local = localTime(calendar, at);
    const isNoon = local?.weekday === 2 && local.second >= 43_200 && local.second < 46_800;
    return isNoon && !windows.some((dates) => dates.has(local.date));
  });
  return plain ?? shifted(from, daySeconds);
}

/** Waits and calendar windows of a test begin before its time, and are still in the calendar where it is long enough. */
const settledDays = [400, 40];
const daysSearched = 30;

/** `2026-10-05T10:00:00+02:00` is two hours before what its clock says; `Z` has no offset. */
function instantOf(text: string): Instant {
  const clock = instant.fromIso(`${text.slice(0, 19)}Z`);
  const offset = Number(text.slice(20, 22)) * 3_600 + Number(text.slice(23)) * 60;
  return instant.parse(text[19] === "-" ? clock + offset : clock - offset);
}

type Key = { readonly key: Name | undefined; readonly account: Address };

function keysOf({ account }: Written, rules: readonly Rule[], roster: RosterIndex): readonly Key[] {
  const named = account === undefined ? rules.flatMap(({ tiers }) => tiers.map(({ sign }) => sign)) : [account];
  const keys = [...new Set(named)].flatMap((name): Key[] => {
    const key = roster.key(name);
    return key === undefined ? [] : [{ key: key.id, account: key.account }];
  });
  if (keys.length === 0 && account !== undefined) throw wrong("account", `the roster has no key \`${account}\``);
  return keys.length === 0 ? [{ key: undefined, account: address.zero }] : keys;
}

type Place = Ground & { readonly rules: readonly Rule[]; readonly account: Address; readonly now: Instant };

/** What the test leaves out: the first recipient that a rule of the operation lists, the first destination, no fees, and a reference of no meaning. */
function askedOf(written: Written, { policy, rules, account, now }: Place): Asked {
  const { operation, reference = "TEST-1" } = written;
  const unit = { unit: policy.asset, decimals: policy.token.decimals };
  if (hasAmount(operation) && written.amount === undefined) throw wrong("amount", `say the amount of the ${operation}`);
  return {
    operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account,
    to: hasRecipient(operation) ? (written.to ?? firstRecipient(policy, rules)) : address.zero,
    amount: quantity(written.amount ?? `0 ${policy.asset}`, unit),
    reference: line.parse(reference),
    feeCeilingWei: quantity(written.maxFee ?? "0 ETH", ether),
    notBefore: shifted(now, -daySeconds * 400),
    expiresAt: shifted(now, daySeconds),
    ...destined(policy, operation, now),
    ...(written.destination === undefined ? {} : { destination: written.destination }),
    ...(written.country === undefined ? {} : { country: country.numberOf(written.country) }),
  };
}

const daySeconds = 86_400;
const ether: Unit = { unit: "ETH", decimals: 18 };

function firstRecipient({ lists }: Policy, rules: readonly Rule[]): Address {
  const listed = rules.flatMap(({ when: { to } }) =>
    to?.kind === "in" ? [...(lists.get(to.list)?.entries.keys() ?? [])] : [],
  );
  return listed[0] ?? address.parse(`0x${"01".repeat(20)}`);
}

/** In the order in which they vote; somebody who names no credential votes with all of theirs at once. */
function votesOf({ votes = [] }: WrittenTest, roster: RosterIndex): readonly Vote[] {
  return votes.flatMap((vote, index): readonly Vote[] => {
    const member = known(roster, typeof vote === "string" ? vote : vote.by);
    const meant = typeof vote === "string" ? member.credentials : [heldBy(member, vote.with)];
    return meant.map((credential) => voteOf(member.id, credential, index + 1));
  });
}

function togetherOf({ batch }: WrittenTest, { asset, token }: Policy): Together | undefined {
  if (batch === undefined) return undefined;
  return { count: batch.count, total: quantity(batch.total, { unit: asset, decimals: token.decimals }) };
}

function known(roster: RosterIndex, person: Name): Member {
  const member = roster.member(person);
  if (member === undefined) throw wrong("votes", `\`${person}\` is nobody in the roster`);
  return member;
}

function heldBy({ id, credentials }: Member, wanted: Name): Credential {
  const held = credentials.find((one) => one.id === wanted);
  if (held === undefined) throw wrong("votes", `\`${id}\` has no credential \`${wanted}\``);
  return held;
}

function givenOf(written: NonNullable<WrittenTest["given"]>, policy: Policy): Given {
  const unit = { unit: policy.asset, decimals: policy.token.decimals };
  const { reserves, supply, price, identity, paused, age, missing } = written;
  const from = written.country;
  return {
    price,
    identity,
    paused,
    missing: new Set(missing),
    used: new Map(Object.entries(written.used ?? {}).map(([id, text]) => [id, usedOf(id, text, policy)])),
    ...(from === undefined ? {} : { country: from === "none" ? 0 : country.numberOf(from) }),
    ...(reserves === undefined ? {} : { reserves: quantity(reserves, unit) }),
    ...(supply === undefined ? {} : { supply: quantity(supply, unit) }),
    ...(age === undefined ? {} : { ageSeconds: duration.parse(age) }),
  };
}

/** In the unit of the limit or ceiling: a number of requests, ether, or the asset's own. */
function usedOf(id: string, written: string | number, { asset, token, limits }: Policy): bigint {
  const limit = limits.find((one) => one.id === id);
  if (limit === undefined && !["day", "share", "fees"].includes(id))
    throw wrong("given.used", `there is no limit \`${id}\``);
  const isCount = limit?.metric === "count";
  if (typeof written === "number" && isCount) return BigInt(written);
  if (typeof written === "number" || isCount) throw wrong("given.used", `\`${id}\` does not count in \`${written}\``);
  return quantity(written, limit === undefined && id === "fees" ? ether : { unit: asset, decimals: token.decimals });
}

function quantity(text: string, unit: Unit): amount.Amount {
  return text === "max" ? amount.max : parseQuantity(text, unit, "request");
}

function wrong(field: string, message: string): InvalidValue {
  return new InvalidValue("policy.test", `${field}: ${message}`, field);
}
