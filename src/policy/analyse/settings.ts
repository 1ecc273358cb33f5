/** What a policy says beside its rules, guards and limits, compared part by part: it decides what rosters and facts must be like. */
import type { RosterIndex } from "../../roster/membership.ts";
import * as duration from "../../values/duration.ts";
import { canonical } from "../../values/json.ts";
import { parse as parseName, type Name } from "../../values/name.ts";
import type { Effect } from "./difference.ts";
import { effectOf, requirementText } from "./difference.ts";
import { countriesText, permitted } from "../countries.ts";
import type { Countries, GroupFloor, Policy } from "../policy.ts";
import type { ChangeRule } from "../document/requirement.ts";
import { feedText } from "../words/feed.ts";
import { compare, type Comparison, type Held } from "./strength.ts";

export type SettingChange = {
  readonly effect: Effect;
  /** Path in the document. */
  readonly field: string;
  readonly from: string;
  readonly to: string;
};

export function settingChanges(before: Policy, next: Policy, roster: RosterIndex): readonly SettingChange[] {
  return [
    ...changed("token", tokenText(before), tokenText(next)),
    ...changed("calendar", canonical(before.calendar ?? null), canonical(next.calendar ?? null)).map((change) => ({
      ...change,
      from: calendarText(before),
      to: calendarText(next),
    })),
    ...countryChanges(before.countries, next.countries),
    ...feedChanges(before, next),
    ...changed("redemption", redemptionText(before), redemptionText(next)),
    ...groupChanges(before, next),
    ...separationChanges(before, next),
    ...changeBlock(before, next, roster),
  ];
}

/** Another token, or other local time, is neither more nor less. */
function changed(field: string, from: string, to: string): readonly SettingChange[] {
  return from === to ? [] : [{ effect: "incomparable", field, from, to }];
}

function tokenText({ asset, token }: Policy): string {
  const behind = token.implementation === undefined ? "" : ` behind which is ${token.implementation}`;
  return `${asset} at ${token.address} on chain ${token.chain}, ${token.decimals} decimals, code ${token.codehash}${behind}${signersText(token)}${listText(token)}${multiplierText(token)}`;
}

/** Whose signature makes claims. */
function signersText({ claimSigners }: Policy["token"]): string {
  const named = [...(claimSigners ?? [])].map(
    ([issuer, signers]) => `${issuer} by ${[...signers].sort().join(" or ")}`,
  );
  return named.length === 0 ? "" : `, claims of ${named.sort().join(" and of ")}`;
}

/** Who says whom the token stops. */
function listText({ sanctions }: Policy["token"]): string {
  return sanctions === undefined ? "" : `, stopping whom ${sanctions} lists`;
}

/** How far a multiplier may be raised at once, and when. */
function multiplierText({ multiplier }: Policy["token"]): string {
  if (multiplier === undefined) return "";
  const { rise, aheadSeconds, lateSeconds } = multiplier;
  const times = `at most ${duration.format(aheadSeconds)} ahead, at most ${duration.format(lateSeconds)} past its time`;
  return `, its multiplier raised by at most ${rise.text} of it, ${times}`;
}

function calendarText({ calendar }: Policy): string {
  return calendar === undefined ? "no local time" : `${calendar.offsets.length} offsets of local time`;
}

function redemptionText({ redemption }: Policy): string {
  if (redemption === undefined) return "redemptions end with their burn";
  const { destinations, deliveredBy, withinSeconds } = redemption;
  const places = [...destinations].map(([id, label]) => `${id} (${label})`).join(", ");
  return `released to ${places}; delivery said by ${deliveredBy.min} of ${deliveredBy.group} within ${duration.format(withinSeconds)}`;
}

function countryChanges(before: Countries | undefined, next: Countries | undefined): readonly SettingChange[] {
  const effect = countryEffect(before, next);
  const text = (one: Countries | undefined): string => (one === undefined ? "nobody is asked" : countriesText(one));
  return effect === undefined ? [] : [{ effect, field: "countries", from: text(before), to: text(next) }];
}

/** By whom it lets in, however it says so; undefined when that is the same. */
function countryEffect(before: Countries | undefined, next: Countries | undefined): Effect | undefined {
  if (before === undefined || next === undefined)
    return before === next ? undefined : before === undefined ? "tightening" : "loosening";
  const [a, b] = [permitted(before), permitted(next)];
  const [fewer, more] = [a.some((one) => !b.includes(one)), b.some((one) => !a.includes(one))];
  if (fewer) return more ? "incomparable" : "tightening";
  return more ? "loosening" : undefined;
}

/** What a feed must be like says what becomes of guards that name it. */
function feedChanges(before: Policy, next: Policy): readonly SettingChange[] {
  const names = [...new Set([...before.feeds, ...next.feeds].map(({ id }) => id))].sort();
  const textOf = ({ feeds }: Policy, name: Name): string => {
    const feed = feeds.find(({ id }) => id === name);
    return feed === undefined ? "not named" : feedText(feed);
  };
  return names.flatMap((name) => changed(`feeds.${name}`, textOf(before, name), textOf(next, name)));
}

function groupChanges(before: Policy, next: Policy): readonly SettingChange[] {
  const names = [...new Set([...before.groups.keys(), ...next.groups.keys()])].sort();
  return names.flatMap((name): readonly SettingChange[] => {
    const [a, b] = [before.groups.get(name), next.groups.get(name)];
    const comparison = mixed([order(b?.min ?? 0, a?.min ?? 0), kindsOrder(a, b)]);
    if (comparison === "equal") return [];
    return [{ effect: effectOf([comparison]), field: `groups.${name}`, from: floorText(a), to: floorText(b) }];
  });
}

/** More on the left is stronger. */
function order(next: number, before: number): Comparison {
  return next === before ? "equal" : next > before ? "stronger" : "weaker";
}

const everyKind = ["key", "passkey", "wallet"] as const;

/** Fewer kinds are stronger. */
function kindsOrder(before: GroupFloor | undefined, next: GroupFloor | undefined): Comparison {
  const of = (floor: GroupFloor | undefined): readonly string[] => [...(floor?.credentials ?? everyKind)];
  const [a, b] = [of(before), of(next)];
  const fewer = b.every((kind) => a.includes(kind));
  const more = a.every((kind) => b.includes(kind));
  if (fewer) return more ? "equal" : "stronger";
  return more ? "weaker" : "incomparable";
}

function mixed(comparisons: readonly Comparison[]): Comparison {
  const found = new Set(comparisons.filter((one) => one !== "equal"));
  const [first] = found;
  return found.size > 1 ? "incomparable" : (first ?? "equal");
}

function floorText(floor: GroupFloor | undefined): string {
  if (floor === undefined) return "not named";
  return `at least ${floor.min}, with ${[...(floor.credentials ?? everyKind)].sort().join(" or ")}`;
}

function separationChanges(before: Policy, next: Policy): readonly SettingChange[] {
  const pairs = ({ separation }: Policy): ReadonlySet<string> =>
    new Set(separation.map((pair) => [...pair].sort().join(" and ")));
  const [a, b] = [pairs(before), pairs(next)];
  const only = (these: ReadonlySet<string>, those: ReadonlySet<string>): readonly string[] =>
    [...these].filter((pair) => !those.has(pair));
  return [
    ...only(a, b).map((pair): SettingChange => ({
      effect: "loosening",
      field: "separation",
      from: `nobody is in ${pair}`,
      to: "somebody may be",
    })),
    ...only(b, a).map((pair): SettingChange => ({
      effect: "tightening",
      field: "separation",
      from: "somebody may be",
      to: `nobody is in ${pair}`,
    })),
  ];
}

const noKey: Name = parseName("nobody");

function changeBlock(before: Policy, next: Policy, roster: RosterIndex): readonly SettingChange[] {
  return (["tighten", "loosen"] as const).flatMap((which): readonly SettingChange[] => {
    const [a, b] = [held(before, which, roster), held(next, which, roster)];
    const comparison = compare(a, b);
    if (comparison === "equal") return [];
    const [from, to] = [a, b].map(({ requirement, electorate }) => requirementText(requirement, electorate.groups));
    return [{ effect: effectOf([comparison]), field: `change.${which}`, from: from ?? "", to: to ?? "" }];
  });
}

function held({ change, groups }: Policy, which: "tighten" | "loosen", roster: RosterIndex): Held {
  const { quorum, delay, veto }: ChangeRule = change[which];
  return {
    requirement: {
      ask: { quorum, floors: [] },
      delaySeconds: delay === undefined ? 0 : duration.parse(delay),
      vetoes: veto === undefined ? [] : [veto],
      sign: noKey,
    },
    electorate: { roster, groups, initiator: undefined },
  };
}
