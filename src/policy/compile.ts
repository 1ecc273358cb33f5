/** From the document to the policy: units to base units, lists to sets, and every name found. */
import { operations, operationSchema, type Operation } from "../intent/operation.ts";
import { zero, type Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as duration from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import { parse as parseName, type Name } from "../values/name.ts";
import { checkDisjoint } from "./disjoint.ts";
import type { PolicyDocument } from "./document.ts";
import type { Groups, Guard, Limit, PermitList, Policy, Ratio, Rule, Tier } from "./policy.ts";
import { isBounded, maxBranches, maxSeats } from "./quorum.ts";
import { parseQuantity } from "./quantity.ts";
import type { Quorum } from "./requirement.ts";

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

const every: ReadonlySet<Operation> = new Set(operationSchema.options);

type Lists = ReadonlyMap<Name, PermitList>;
type OperationFilter = PolicyDocument["rules"][number]["when"]["operation"];

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
  const guards = (document.guards ?? []).map((guard, index) => readGuard(guard, `guards.${index}`));
  const limits = (document.limits ?? []).map((limit, index) => readLimit(document, limit, `limits.${index}`));
  const rules = document.rules.map((rule, index) => readRule(document, rule, { field: `rules.${index}`, lists }));
  checkIds("guards", guards);
  checkIds("limits", limits);
  checkIds("rules", rules);
  checkDisjoint(rules, lists);
  for (const which of ["tighten", "loosen"] as const)
    checkQuorum(document.change[which].quorum, `change.${which}.quorum`);
  return {
    asset: document.asset,
    version: document.version,
    token: { ...document.token, implementation: document.token.implementation },
    lists,
    groups,
    observersMin: observers[1].min,
    separation: (document.separation ?? []).map((pair, index) => readPair(pair, `separation.${index}`)),
    guards,
    limits,
    rules,
    change: document.change,
  };
}

function readLists(lists: NonNullable<PolicyDocument["lists"]>): Lists {
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

function readPair([one, other]: readonly [Name, Name], field: string): readonly [Name, Name] {
  if (one === other) throw refusal("separation", field, `\`${one}\` cannot be separate from itself`);
  return [one, other];
}

function readGuard(guard: NonNullable<PolicyDocument["guards"]>[number], field: string): Guard {
  const applies = guard.when === undefined ? every : operationsOf(guard.when.operation);
  if (guard.unless !== undefined) {
    const maxFeeWei = parseQuantity(
      guard.unless.maxFee.lte,
      { unit: "ETH", decimals: 18 },
      `${field}.unless.maxFee.lte`,
    );
    return { kind: "fee", id: guard.id, operations: applies, maxFeeWei };
  }
  if (guard.require === undefined) throw refusal("guard", field, "a guard has `require` or `unless`");
  if (applies.size !== 1 || !applies.has("mint")) {
    throw refusal("guard", `${field}.when`, "reserves cover mints: write `when: { operation: mint }`");
  }
  const { by, maxAge, cover } = guard.require;
  const ratio = readRatio(cover.ratio, `${field}.require.cover.ratio`);
  return {
    kind: "reserves",
    id: guard.id,
    operations: applies,
    by,
    maxAgeSeconds: positive(maxAge, `${field}.require.maxAge`),
    ratio,
  };
}

function readRatio(text: string, field: string): Ratio {
  const [, whole = "", fraction = ""] = /^(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?$/.exec(text) ?? [];
  const numerator = whole === "" ? 0n : BigInt(whole + fraction);
  if (numerator === 0n) throw refusal("ratio", field, `\`${text}\` is not a ratio above 0 such as \`1.00\``);
  return { text, numerator, denominator: 10n ** BigInt(fraction.length) };
}

function readLimit(
  document: PolicyDocument,
  limit: NonNullable<PolicyDocument["limits"]>[number],
  field: string,
): Limit {
  const applies = limit.when === undefined ? every : operationsOf(limit.when.operation);
  const idle = [...applies].filter((operation) => !operations[operation].amount);
  if (limit.when !== undefined && idle.length > 0) {
    throw refusal("limit", `${field}.when.operation`, `${idle.join(", ")} has no amount to add up`);
  }
  if (limit.per === "to" && [...applies].some((operation) => !operations[operation].recipient)) {
    throw refusal("limit", `${field}.per`, "only operations with a recipient can be counted per `to`");
  }
  const [, window] = /^rolling (\S+)$/.exec(limit.window) ?? [];
  if (window === undefined)
    throw refusal("limit", `${field}.window`, `\`${limit.window}\` is not a window such as \`rolling 24h\``);
  return {
    id: limit.id,
    operations: applies,
    windowSeconds: positive(window, `${field}.window`),
    per: limit.per,
    max: inAsset(document, limit.max, `${field}.max`),
  };
}

function readRule(
  document: PolicyDocument,
  rule: PolicyDocument["rules"][number],
  place: { field: string; lists: Lists },
): Rule {
  const { field, lists } = place;
  const applies = operationsOf(rule.when.operation);
  const to = rule.when.to?.in;
  if (to !== undefined) {
    if (!lists.has(to)) throw refusal("list", `${field}.when.to.in`, `there is no list \`${to}\``);
    const lone = [...applies].filter((operation) => !operations[operation].recipient);
    if (lone.length > 0) throw refusal("recipient", `${field}.when.to`, `${lone.join(", ")} has no recipient`);
  }
  const tiers: Tier[] = [];
  for (const [index, tier] of rule.tiers.entries()) {
    tiers.push(readTier(document, tier, { field: `${field}.tiers.${index}`, from: tiers.at(-1)?.below ?? 0n }));
  }
  return { id: rule.id, operations: applies, initiator: rule.when.initiator.group, to, tiers };
}

function readTier(
  document: PolicyDocument,
  tier: PolicyDocument["rules"][number]["tiers"][number],
  place: { field: string; from: bigint },
): Tier {
  const { field, from } = place;
  const upTo = tier.upTo === "max" ? amount.max : inAsset(document, tier.upTo, `${field}.upTo`);
  // `from` is one above the tier before; the first begins at 0, and 0 alone is no amount of any operation that has one.
  if (upTo === 0n || upTo < from)
    throw refusal("tier", `${field}.upTo`, `\`${tier.upTo}\` is not above the tier before`);
  checkQuorum(tier.quorum, `${field}.quorum`);
  return { from, below: upTo + 1n, quorum: tier.quorum, delaySeconds: seconds(tier.delay), sign: tier.sign };
}

function checkQuorum(quorum: Quorum, field: string): void {
  if (isBounded(quorum)) return;
  throw refusal("quorum", field, `the quorum has more than ${maxBranches} ways or ${maxSeats} seats`);
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

function operationsOf(filter: OperationFilter): ReadonlySet<Operation> {
  return new Set(typeof filter === "string" ? [filter] : filter.in);
}

function inAsset(document: PolicyDocument, text: string, field: string): amount.Amount {
  return parseQuantity(text, { unit: document.asset, decimals: document.token.decimals }, field);
}

function seconds(text: string | undefined): number {
  return text === undefined ? 0 : duration.parse(text);
}

function positive(text: string, field: string): number {
  try {
    const length = duration.parse(text);
    if (length > 0) return length;
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw refusal("duration", field, error.message);
  }
  throw refusal("duration", field, `\`${text}\` is no time at all`);
}

/** Records have names as keys: the schema checked them, the type of `Object.entries` forgot. */
function entries<T>(record: Readonly<Record<Name, T>>): readonly (readonly [Name, T])[] {
  return Object.entries<T>(record).map(([name, value]) => [parseName(name), value]);
}

function refusal(what: string, field: string, message: string): InvalidValue {
  return new InvalidValue(`policy.${what}`, `${field}: ${message}`, field);
}
