/**
 * A second, naive reading of a policy: from the document's own words to a verdict, written to be obvious and to share nothing with
 * the engine. `docs` of the language are policies/README.md; where the two readings differ, one of them is wrong.
 */
import { reserveHolds } from "./attested.ts";
import { ceilingFailures } from "./allowance.ts";
import { causes, type Cause, type Failure } from "./failure.ts";
import { guardApplies, guardFailures } from "./guarding.ts";
import { hasAmount, holdings, youngEntries } from "./holding.ts";
import { limitFailures, overflowing } from "./limiting.ts";
import { baseUnits, secondsOf } from "./measure.ts";
import type { PlainAddition, PlainCase, PlainGuard, PlainQuorum, PlainRule, PlainTier } from "./plain.ts";
import { maySit, meets, seatsOf, voters, type Voter } from "./seats.ts";

export type Answer = {
  readonly verdict: "allowed" | "pending" | "refused";
  readonly rule: string | null;
  readonly tier: number | null;
  readonly failing: readonly Failure[];
  readonly requires: PlainQuorum | null;
};

export function answer(one: PlainCase): Answer {
  const matching = one.policy.rules.filter((rule) => holdings(one, rule.when).every(({ holds }) => holds === "yes"));
  const [rule] = matching.length === 1 ? matching : [];
  const tier = rule === undefined ? undefined : tierOf(one, rule);
  const failing = [
    ...tokenFailures(one),
    ...lifeFailures(one),
    ...(rule === undefined ? [unmatched(one, matching)] : [...ageFailures(one, rule), ...amountFailures(rule, tier)]),
    ...(rule === undefined || tier === undefined ? [] : tierFailures(one, rule, tier)),
    ...separationFailures(one),
    ...guardFailures(one),
    ...limitFailures(one),
    ...ceilingFailures(one),
    ...tokenFactFailures(one),
  ];
  const verdict = failing.length === 0 ? "allowed" : failing.every(({ curable }) => curable) ? "pending" : "refused";
  return {
    verdict,
    rule: rule?.id ?? null,
    tier: tier === undefined ? null : rule!.tiers.indexOf(tier),
    failing,
    requires: tier === undefined ? null : required(tier, additions(one)),
  };
}

/** The clause that names the verdict: the first that nothing cures, or else the first. */
export function deciding({ failing }: Answer): Failure | undefined {
  return failing.find(({ curable }) => !curable) ?? failing[0];
}

function fail(bad: boolean, id: string, cause: Cause, curable: boolean): Failure[] {
  return bad ? [{ id, curable, cause }] : [];
}

function tokenFailures({ policy, intent, bounds }: PlainCase): Failure[] {
  return [
    ...fail(intent.asset !== policy.asset, "token.asset", "asset", false),
    ...fail(intent.chainId !== policy.token.chain, "token.chain", "chain", false),
    ...fail(!bounds.chainKnown, "intent.chain", "chain of the genesis", false),
  ];
}

function lifeFailures({ intent, facts, bounds }: PlainCase): Failure[] {
  const life = intent.expiresAt - facts.firstSeen;
  return [
    ...fail(facts.now >= intent.expiresAt, "intent.expiresAt", "expiry", false),
    ...fail(life > bounds.lifetimeSubmissionSeconds, "intent.lifetime", "lifetime", false),
    ...fail(facts.now < intent.notBefore, "intent.notBefore", "not before", true),
  ];
}

/** No rule, or more than one. Where a single part of a rule is what fails, that part decides. */
function unmatched(one: PlainCase, matching: readonly PlainRule[]): Failure {
  if (matching.length > 1) return { id: "rule", curable: false, cause: "ambiguous" };
  const lacks = one.policy.rules.map((rule) => holdings(one, rule.when).filter(({ holds }) => holds !== "yes"));
  const [nearest] = lacks.flatMap((lack) => (lack.length === 1 ? [`rule ${lack[0]!.key.replace(/\..*/, "")}`] : []));
  const cause = causes.find((one) => one === nearest);
  // A window that is closed opens again.
  const curable = lacks.some((lack) => lack.length === 1 && lack[0]!.key === "time" && lack[0]!.holds === "no");
  return { id: "rule", curable, cause: cause ?? "no rule" };
}

function tierOf({ policy, intent }: PlainCase, rule: PlainRule): PlainTier | undefined {
  return rule.tiers.find(({ upTo }) => BigInt(intent.amount) <= baseUnits(upTo, policy.asset, policy.token.decimals));
}

function amountFailures(rule: PlainRule, tier: PlainTier | undefined): Failure[] {
  return fail(tier === undefined, `${rule.id}.amount`, "top tier", false);
}

/** A young entry of a list that permits does not count yet. */
function ageFailures(one: PlainCase, rule: PlainRule): Failure[] {
  return youngEntries(one, rule.when).flatMap((key) => fail(true, `${rule.id}.${key}.age`, "list age", true));
}

/** An addition with the clause that makes it. */
export type Added = { readonly id: string; readonly addition: PlainAddition };

/** Everything that guards and full limits demand beside the tier, in the order of their ids. */
export function additions(one: PlainCase): Added[] {
  const { guards = [], limits = [] } = one.policy;
  const demanding = [
    ...guards.flatMap((guard) =>
      guard.add !== undefined && guardApplies(one, guard) ? [{ id: `guard.${guard.id}`, addition: guard.add }] : [],
    ),
    ...guards.flatMap((guard) => warned(one, guard)),
    ...limits.flatMap((limit) =>
      limit.over !== "deny" && overflowing(one, limit) ? [{ id: `limit.${limit.id}`, addition: limit.over.add }] : [],
    ),
  ];
  return demanding.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What a guard adds while the reserves that it wants are thin. */
function warned(one: PlainCase, guard: PlainGuard): Added[] {
  const { require } = guard;
  const warn = require?.cover?.warn;
  if (require === undefined || warn === undefined || !guardApplies(one, guard)) return [];
  return reserveHolds(one, require).thin ? [{ id: `guard.${guard.id}.warn`, addition: warn.add }] : [];
}

/** The tier's own quorum, joined by every quorum that is added. */
function required(tier: PlainTier, added: readonly Added[]): PlainQuorum {
  const more = added.flatMap(({ addition: { quorum } }) => (quorum === undefined ? [] : [quorum]));
  return more.length === 0 ? tier.quorum : { all: [tier.quorum, ...more] };
}

function tierFailures(one: PlainCase, rule: PlainRule, tier: PlainTier): Failure[] {
  const { policy, roster, bounds, intent, facts, initiator } = one;
  const added = additions(one);
  const quorum = required(tier, added);
  const some = voters(roster, facts, initiator);
  const demands = [tier, ...added.map(({ addition }) => addition)];
  const rightKey = bounds.managed?.account === intent.account && bounds.managed.key === tier.sign;
  const waited = facts.now - facts.firstSeen;
  const delay = Math.max(...demands.map((demand) => secondsOf(demand.delay)));
  const ownDelay = secondsOf(tier.delay);
  const quorumCause = (): Cause => {
    if (meets(tier.quorum, some, policy, roster)) return "added quorum";
    if ("all" in tier.quorum) return "all quorum";
    if ("any" in tier.quorum) return "any quorum";
    return "ordered" in tier.quorum ? "ordered quorum" : "group quorum";
  };
  const met = meets(quorum, some, policy, roster);
  return [
    ...fail(!rightKey, `${rule.id}.sign`, "key", false),
    ...floorFailures(one, quorum),
    ...(met ? [] : fail(true, `${rule.id}.quorum`, quorumCause(), true)),
    ...distinctFailures(one, rule, tier, added),
    ...fail(waited < delay, `${rule.id}.delay`, waited < ownDelay ? "delay" : "added delay", true),
    ...vetoFailures(one, rule, tier, added),
  ];
}

function floorFailures({ policy, roster }: PlainCase, quorum: PlainQuorum): Failure[] {
  const groups = [...new Set(seatsOf(quorum).map(({ group }) => group))];
  return groups.flatMap((group) => {
    const count = roster.people.filter((person) => person.groups.includes(group)).length;
    return fail(count < (policy.groups[group]?.min ?? 0), `group.${group}`, "group floor", true);
  });
}

/** Voters who could take one of the seats. */
function sitters({ policy, roster }: PlainCase, quorum: PlainQuorum, some: readonly Voter[]): Voter[] {
  const seats = seatsOf(quorum);
  return some.filter((voter) => seats.some((seat) => maySit(voter, seat, policy, roster)));
}

/** Each floor stands for itself, over those who could sit where it is asked for: of the tier, or of the tier and what is added. */
function distinctFailures(one: PlainCase, rule: PlainRule, tier: PlainTier, added: readonly Added[]): Failure[] {
  const some = voters(one.roster, one.facts, one.initiator);
  const floors = [
    { distinct: tier.distinct, quorum: tier.quorum },
    ...added.map(({ addition }) => ({ distinct: addition.distinct, quorum: required(tier, [{ id: "", addition }]) })),
  ];
  const lacks = floors.map(({ distinct, quorum }) => {
    const sitting = sitters(one, quorum, some);
    const units = sitting.flatMap((voter) => one.roster.people.find(({ id }) => id === voter.id)?.unit ?? []);
    return {
      people: sitting.length < (distinct?.people ?? 0),
      units: new Set(units).size < (distinct?.units ?? 0),
    };
  });
  return [
    ...fail(
      lacks.some(({ people }) => people),
      `${rule.id}.people`,
      "distinct people",
      true,
    ),
    ...fail(
      lacks.some(({ units }) => units),
      `${rule.id}.units`,
      "distinct units",
      true,
    ),
  ];
}

/** Each veto stands for itself: enough people of its group who object. */
function vetoFailures(
  { roster, facts }: PlainCase,
  rule: PlainRule,
  tier: PlainTier,
  added: readonly Added[],
): Failure[] {
  const objecting = new Set((facts.vetoes ?? []).map(({ person }) => person));
  const granted = [{ id: rule.id, addition: tier }, ...added];
  return granted.flatMap(({ id, addition: { veto } }) => {
    if (veto === undefined) return [];
    const members = roster.people.filter((person) => objecting.has(person.id) && person.groups.includes(veto.group));
    return fail(members.length >= veto.min, `${id}.veto`, "veto", false);
  });
}

function separationFailures({ policy, roster }: PlainCase): Failure[] {
  return (policy.separation ?? []).flatMap(([a, b]) => {
    const both = [...roster.people, ...roster.services].some(({ groups }) => groups.includes(a) && groups.includes(b));
    return fail(both, `separation.${a}.${b}`, "separation", true);
  });
}

/** What observers saw of the token: its code, that it is not paused, and all of it a short time ago. */
function tokenFactFailures(one: PlainCase): Failure[] {
  const { policy, facts, bounds, intent } = one;
  const { token } = policy;
  const seen = (fact: string): PlainCase["facts"]["observed"][string] | undefined =>
    facts.observed[`token:${token.address} ${fact}`];
  const pinned = (fact: "codehash" | "implementation", value: string): Failure[] =>
    fail(seen(fact)?.value !== value, `token.${fact}`, fact, seen(fact) === undefined);
  const moves = hasAmount(intent.operation);
  const reserves = (policy.guards ?? []).some(
    (guard) => guard.require?.evidence === "reserve" && guard.require.cover !== undefined && guardApplies(one, guard),
  );
  const share = intent.operation === "mint" && bounds.asset.shareOfSupplyMillionths !== undefined;
  const used = [
    seen("codehash"),
    ...(token.implementation === undefined ? [] : [seen("implementation")]),
    ...(moves ? [seen("paused")] : []),
    ...(reserves || share ? [seen("supply")] : []),
    ...(policy.guards ?? [])
      .filter((guard) => guardApplies(one, guard))
      .flatMap(({ require }) => require?.feeds ?? [])
      .map((name) => facts.observed[`feed:${policy.feeds![name]!.address} round`]),
  ];
  const nonce = facts.observed[`account:${intent.account} nonce`];
  const ages = [...used, ...(nonce === undefined ? [] : [nonce])];
  const fresh = ages.every(
    (fact) => fact !== undefined && Math.abs(facts.now - fact.blockTime) <= bounds.freshnessSeconds,
  );
  return [
    ...pinned("codehash", token.codehash),
    ...(token.implementation === undefined ? [] : pinned("implementation", token.implementation)),
    ...(moves ? fail(seen("paused")?.value !== "false", "token.paused", "paused", true) : []),
    ...fail(!fresh, "token.freshness", "freshness", true),
  ];
}
