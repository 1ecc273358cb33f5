/** From the document to the policy: units to base units, lists to sets, and every name found. */
import { isOffered } from "../../intent/standard.ts";
import { zero, type Address } from "../../values/address.ts";
import type { Country } from "../../values/country.ts";
import * as instant from "../../values/instant.ts";
import { parse as parseName, type Name } from "../../values/name.ts";
import type { Calendar } from "./calendar.ts";
import { readGuard } from "./compile-guard.ts";
import { readLimit } from "./compile-limit.ts";
import { readFeeds, type Feeds } from "./compile-feed.ts";
import { checkQuorum } from "./compile-requirement.ts";
import { readRule } from "./compile-rule.ts";
import type { Named } from "./condition.ts";
import { checkDisjoint } from "./disjoint.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Countries, Groups, MultiplierBounds, Policy, Redemption, Token } from "../policy.ts";
import { checkIssuing } from "./issuing.ts";
import { readRatio } from "./ratio.ts";
import { refusal } from "./refusal.ts";
import type { ChangeRule } from "../document/requirement.ts";
import { positive, seconds } from "./span.ts";
import { branches } from "./way.ts";

/** First words of clause ids; a rule of that name would make two clauses look alike. */
const reserved: ReadonlySet<string> = new Set([
  "ceiling",
  "group",
  "guard",
  "intent",
  "limit",
  "rule",
  "separation",
  "token",
]);

/** Throws `InvalidValue` with a code `policy.*` and the field. */
export function compile(document: PolicyDocument): Policy {
  if ((document.version === 1) !== (document.previous === null)) {
    throw refusal("previous", "previous", "version 1 has no previous document, and every other version names it");
  }
  const lists = readLists(document.lists ?? {});
  const groups: Groups = new Map(
    entries(document.groups).map(([name, { min, credentials }]) => [
      name,
      { min, credentials: credentials === undefined ? undefined : new Set(credentials) },
    ]),
  );
  const observers = [...groups].find(([name]) => name === "observers");
  if (observers === undefined)
    throw refusal("observers", "groups.observers", "say how many observers must agree: `observers: { min: 2 }`");
  const calendar = readCalendar(document);
  const feeds = readFeeds(document);
  const named: Named & Feeds = {
    asset: { unit: document.asset, decimals: document.token.decimals },
    lists: new Set(lists.keys()),
    holidays: new Map(
      entries(document.holidays ?? {}).map(([name, dates]) => [name, readDates(dates, `holidays.${name}`)]),
    ),
    hasCalendar: calendar !== undefined,
    standard: document.token.standard,
    feeds,
  };
  const guards = (document.guards ?? []).map((guard, index) => readGuard(guard, `guards.${index}`, named));
  const limits = (document.limits ?? []).map((limit, index) => readLimit(limit, `limits.${index}`, named));
  const rules = document.rules.map((rule, index) => readRule(rule, `rules.${index}`, named));
  checkIds("guards", guards);
  checkIds("limits", limits);
  checkIds("rules", rules);
  const separation = (document.separation ?? []).map((pair, index) => readPair(pair, `separation.${index}`));
  checkDisjoint(rules, { lists, separation });
  checkIssuing({ rules, guards, limits });
  for (const which of ["tighten", "loosen"] as const) checkChange(document.change[which], `change.${which}`);
  return {
    asset: document.asset,
    version: document.version,
    token: readToken(document.token),
    feeds: [...feeds.values()],
    calendar,
    lists,
    countries: readCountries(document),
    redemption: readRedemption(document.redemption),
    groups,
    observersMin: observers[1].min,
    separation,
    guards,
    limits,
    rules,
    change: document.change,
  };
}

function readToken(token: PolicyDocument["token"]): Token {
  const { chain, address, decimals, codehash, standard, implementation } = token;
  const pinned = token.standard === "erc3643" ? token : undefined;
  const shared = token.standard === "backed-token" ? token : undefined;
  return {
    chain,
    address,
    decimals,
    codehash,
    implementation,
    standard,
    registries: pinned?.registries,
    identityCode: pinned?.identityCode,
    claimSigners: pinned === undefined ? undefined : readSigners(pinned),
    sanctions: shared?.sanctions,
    multiplier: shared === undefined ? undefined : readMultiplier(shared.multiplier),
    roles: readRoles(token),
  };
}

/** Of issuers whom the token's registry trusts, each once. */
function readSigners({
  claimSigners,
  registries,
}: Extract<PolicyDocument["token"], { standard: "erc3643" }>): Token["claimSigners"] {
  if (claimSigners === undefined) return undefined;
  const found = new Map<Address, ReadonlySet<Address>>();
  for (const [index, { issuer, signers }] of claimSigners.entries()) {
    const field = `token.claimSigners.${index}.issuer`;
    if (found.has(issuer)) throw refusal("duplicate", field, `\`${issuer}\` stands twice`);
    if (!registries.trusted.some((one) => one.issuer === issuer))
      throw refusal("claims", field, `\`${issuer}\` is no issuer that \`token.registries\` trusts`);
    found.set(issuer, new Set(signers));
  }
  return found;
}

function readMultiplier({ rise, ahead, late }: Multiplier): MultiplierBounds {
  return {
    rise: readRatio(rise, "token.multiplier.rise"),
    aheadSeconds: seconds(ahead),
    lateSeconds: seconds(late),
  };
}

type Multiplier = Extract<PolicyDocument["token"], { standard: "backed-token" }>["multiplier"];

function readRoles({ standard, roles }: PolicyDocument["token"]): Token["roles"] {
  const strange = Object.keys(roles ?? {}).find((operation) => !isOffered(standard, operation));
  if (strange === undefined) return roles;
  throw refusal("roles", `token.roles.${strange}`, `a token of the standard ${standard} does not offer ${strange}`);
}

/** Votes on a change are a set, so nobody can say who was first. */
function checkChange({ quorum }: ChangeRule, field: string): void {
  checkQuorum(quorum, `${field}.quorum`);
  if (branches(quorum).some((way) => way.some(({ turn }) => turn !== undefined)))
    throw refusal("ordered", `${field}.quorum`, "approvals of a change have no order; ask for `all` of them");
}

/** Dates that there are. */
function readDates(dates: readonly string[], field: string): ReadonlySet<string> {
  for (const [index, date] of dates.entries()) {
    try {
      instant.fromIso(`${date}T00:00:00Z`);
    } catch {
      throw refusal("holidays", `${field}.${index}`, `\`${date}\` is no date`);
    }
  }
  return new Set(dates);
}

/** Ascending offsets that end; a calendar belongs to a named zone. */
function readCalendar({ calendar, timezone }: PolicyDocument): Calendar | undefined {
  if (calendar === undefined) return undefined;
  if (timezone === undefined) throw refusal("calendar", "timezone", "a calendar is of a time zone; name it");
  const last = calendar.offsets.reduce((before, { from }, index) => {
    if (from <= before)
      throw refusal("calendar", `calendar.offsets.${index}.from`, "offsets stand in the order of time");
    return from;
  }, -1);
  if (calendar.until <= last) throw refusal("calendar", "calendar.until", "it ends before its last offset begins");
  return calendar;
}

function readLists(lists: NonNullable<PolicyDocument["lists"]>): Policy["lists"] {
  return new Map(
    entries(lists).map(([name, list]) => {
      const found = new Map<Address, string>();
      for (const [index, { address, label }] of list.entries.entries()) {
        const field = `lists.${name}.entries.${index}.address`;
        if (found.has(address)) throw refusal("duplicate", field, `\`${address}\` stands in the list twice`);
        if (address === zero) throw refusal("recipient", field, "the zero address is nobody");
        found.set(address, label);
      }
      return [name, { minAgeSeconds: seconds(list.minAge), entries: found }];
    }),
  );
}

/** Only a registry of identities knows where somebody is from. */
function readCountries({ countries, token }: PolicyDocument): Countries | undefined {
  if (countries === undefined) return undefined;
  if (token.standard !== "erc3643")
    throw refusal("countries", "countries", `a token of the standard ${token.standard} knows nobody's country`);
  const [kind, written] =
    "only" in countries ? (["only", countries.only] as const) : (["never", countries.never] as const);
  const listed = new Set<Country>();
  for (const [index, country] of written.entries()) {
    if (listed.has(country)) throw refusal("duplicate", `countries.${kind}.${index}`, `\`${country}\` stands twice`);
    listed.add(country);
  }
  return { kind, listed };
}

function readRedemption(written: PolicyDocument["redemption"]): Redemption | undefined {
  if (written === undefined) return undefined;
  const { destinations, delivery } = written;
  checkIds("redemption.destinations", destinations);
  return {
    destinations: new Map(destinations.map(({ id, label }) => [id, label])),
    deliveredBy: delivery.by,
    withinSeconds: positive(delivery.within, "redemption.delivery.within"),
  };
}

function readPair([one, other]: readonly [Name, Name], field: string): readonly [Name, Name] {
  if (one === other) throw refusal("separation", field, `\`${one}\` cannot be separate from itself`);
  return [one, other];
}

function checkIds(field: string, items: readonly { readonly id: Name }[]): void {
  const seen = new Set<Name>();
  for (const [index, { id }] of items.entries()) {
    if (seen.has(id)) throw refusal("duplicate", `${field}.${index}.id`, `\`${id}\` stands twice`);
    if (field === "rules" && reserved.has(id))
      throw refusal("reserved", `${field}.${index}.id`, `\`${id}\` names other clauses`);
    seen.add(id);
  }
}

/** Records have names as keys: the schema checked them, the type of `Object.entries` forgot. */
function entries<T>(record: Readonly<Record<Name, T>>): readonly (readonly [Name, T])[] {
  return Object.entries<T>(record).map(([name, value]) => [parseName(name), value]);
}
