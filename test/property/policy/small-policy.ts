/** Random small policies over a universe that can be walked: three operations, six people, four recipients, a few amounts, fees and hours. */
import fc from "fast-check";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide, type DecideInput } from "../../../src/policy/decide.ts";
import { readPolicyDocument, type PolicyDocument } from "../../../src/policy/document/document.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { hashOf, unsignedHash, voteOf, worldOf } from "../../../src/policy/trial/world.ts";
import type { RosterIndex } from "../../../src/roster/membership.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import * as instant from "../../../src/values/instant.ts";
import { parseReference } from "../../../src/values/line.ts";
import { document, n, rosterWith } from "../../unit/policy/example.ts";
import { bank, zurich } from "../../unit/policy/small.ts";

/** Ivan may be in both groups that ask; carla sits on two. */
export const everybody: RosterIndex = rosterWith({
  ivan: { groups: ["issuers", "traders"].map(n) },
  otto: { groups: ["traders", "officers"].map(n), unit: n("desk") },
  carla: { groups: ["custodians", "compliance"].map(n), unit: n("vault") },
  chris: { unit: n("vault") },
  cyril: { unit: n("desk") },
});

const group = fc.constantFrom("custodians", "compliance", "officers");
const leaf = fc.oneof(
  fc.record({ group, min: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ group, min: fc.constant(1), credentials: fc.constantFrom(["wallet"], ["key"], ["key", "wallet"]) }),
);
const pair = (key: "all" | "any" | "ordered"): fc.Arbitrary<object> =>
  fc.tuple(leaf, leaf).map((parts) => ({ [key]: parts }));
export const quorum: fc.Arbitrary<object> = fc.oneof(leaf, pair("all"), pair("any"), pair("ordered"));
const plain: fc.Arbitrary<object> = fc.oneof(leaf, pair("all"), pair("any"));

const whole = (value: number): string => `${value} GLD`;
const points = [10, 20];
const interval = (unit: (value: number) => string, at: readonly number[]): fc.Arbitrary<object> =>
  fc
    .record({ key: fc.constantFrom("lt", "lte", "gt", "gte", "eq"), value: fc.constantFrom(...at) })
    .map(({ key, value }) => ({ [key]: unit(value) }));
const list = fc
  .record({ key: fc.constantFrom("in", "notIn"), name: fc.constantFrom("treasury", "other") })
  .map(({ key, name }) => ({ [key]: name }));
const time = fc.constantFrom<object>(
  { days: ["mon", "tue", "wed", "thu", "fri"] },
  { from: "08:00", to: "18:00" },
  { days: ["fri"], holidays: "bank" },
);

/** Some of the parts of a condition, each now and then. */
const parts = {
  amount: interval(whole, points),
  maxFee: interval((value) => `0.0${value} ETH`, [1, 2]),
  account: fc.constantFrom<unknown>("hsm-mint", "hsm-other", { in: ["hsm-mint", "hsm-other"] }),
  time,
};
const some = fc.record(parts, { requiredKeys: [] });
const operation = fc.constantFrom<unknown>("mint", "transfer", { in: ["mint", "transfer"] }, "pause");
const initiator = fc.constantFrom("issuers", "traders").map((name) => ({ group: name }));

/** Of guards, limits and claims: anything or nothing is said. */
export const condition: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.record({ operation, initiator, to: list }, { requiredKeys: [] }),
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, some),
    fc.option(
      fc.constantFrom<object>(
        { to: { in: "treasury" } },
        { to: { is: bank("c") } },
        { amount: { lte: "15" } },
        { amount: { is: "20" } },
      ),
    ),
  )
  .map(([first, second, args]) => ({ ...first, ...second, ...(args === null ? {} : { args }) }));

const delay = fc.constantFrom("1h", "2h");
const distinct = fc.constantFrom<object>({ people: 2 }, { people: 3 }, { units: 2 });
const addition = fc
  .record({ quorum: plain, delay, distinct }, { requiredKeys: [] })
  .filter((one) => Object.keys(one).length > 0);
const isSaid = (one: object): boolean => Object.keys(one).length > 0;

const guard = fc
  .record({
    when: condition,
    unless: fc.option(condition.filter(isSaid)),
    then: fc.oneof<fc.Arbitrary<object>[]>(
      fc.constant({ deny: true }),
      addition.map((add) => ({ add })),
    ),
  })
  .filter(({ when, unless }) => isSaid(when) || unless !== null)
  .map(({ when, unless, then }) => ({
    ...(isSaid(when) ? { when } : {}),
    ...(unless === null ? {} : { unless }),
    ...then,
  }));

const limit = fc
  .record({
    metric: fc.constantFrom("sum", "count"),
    window: fc.constantFrom("rolling 24h", "calendar day"),
    per: fc.constantFrom("asset", "initiator", "account"),
    size: fc.constantFrom(10, 15, 20),
    over: process.env["DENY"]
      ? fc.constant("deny")
      : fc.oneof<fc.Arbitrary<unknown>[]>(
          fc.constant("deny"),
          addition.map((add) => ({ add })),
        ),
    when: fc.option(
      fc.record(
        {
          operation: fc.constantFrom<unknown>("mint", { in: ["mint", "transfer"] }),
          to: list,
          amount: interval(whole, points),
          time,
        },
        { requiredKeys: ["operation"] },
      ),
    ),
  })
  .map(({ size, metric, when, ...rest }) => ({
    ...rest,
    metric,
    max: metric === "count" ? size : whole(size),
    ...(when === null ? {} : { when }),
  }));

const tier = fc
  .record({
    quorum,
    delay: fc.option(delay),
    distinct: fc.option(distinct),
    sign: fc.constantFrom("hsm-mint", "hsm-mint", "hsm-other"),
  })
  .map(({ delay: wait, distinct: floor, ...rest }) => ({
    ...rest,
    ...(wait === null ? {} : { delay: wait }),
    ...(floor === null ? {} : { distinct: floor }),
  }));

const rule = fc
  .record({
    operation,
    initiator,
    to: fc.option(list),
    rest: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, some),
    tiers: fc.array(tier, { minLength: 1, maxLength: 2 }),
    top: fc.constantFrom(15, 25),
  })
  .map(({ operation: op, initiator: by, to, rest, tiers, top }) => {
    const stops = op === "pause";
    const when = { operation: op, initiator: by, ...(stops || to === null ? {} : { to }), ...(stops ? {} : rest) };
    return {
      when,
      tiers: tiers.map((one, index) => ({ ...one, upTo: index === tiers.length - 1 ? whole(top) : whole(10) })),
    };
  });

const named = <T extends object>(kind: string, items: readonly T[]): (T & { id: string })[] =>
  items.map((item, index) => ({ id: `${kind}-${index + 1}`, ...item }));

const entries = (letters: readonly string[]): object => ({
  entries: letters.map((letter) => ({ address: bank(letter), label: `Bank ${letter}` })),
});

type Parts = {
  readonly rules: readonly object[];
  readonly guards: readonly object[];
  readonly limits: readonly object[];
  readonly treasury: readonly string[];
  readonly other: readonly string[];
};

function written({ rules, guards, limits, treasury, other }: Parts): unknown {
  return {
    ...document,
    tests: [],
    ...zurich,
    holidays: { bank: ["2026-12-25"] },
    token: { ...document.token, decimals: 0 },
    lists: { treasury: entries(treasury), other: entries(other) },
    groups: { observers: { min: 2 } },
    separation: [],
    guards: named("guard", guards),
    limits: named("limit", limits),
    rules: named("rule", rules),
  };
}

export type Small = { readonly document: PolicyDocument; readonly policy: Policy };

/** Undefined of what the compiler does not take, such as two rules that overlap. */
function read(parts_: Parts): Small | undefined {
  try {
    const found = readPolicyDocument(written(parts_));
    return { document: found, policy: compile(found) };
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

const partsOf: fc.Arbitrary<Parts> = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  guards: fc.array(guard, { maxLength: 2 }),
  limits: fc.array(limit, { maxLength: 1 }),
  treasury: fc.constantFrom(["a"], ["a", "b"], []),
  other: fc.constantFrom(["b"], ["b", "c"]),
});

const compiled = (found: Small | undefined): found is Small => found !== undefined;

export const smallPolicy: fc.Arbitrary<Small> = partsOf.map(read).filter(compiled);

/** A policy and another that differs in one or two of its parts. */
export const smallPair: fc.Arbitrary<readonly [Small, Small]> = fc
  .tuple(
    partsOf,
    partsOf,
    fc.subarray<keyof Parts>(["rules", "guards", "limits", "treasury", "other"], { minLength: 1, maxLength: 2 }),
    fc.boolean(),
  )
  .map(([one, other, changed, whole_]) => {
    const next: Parts = { ...one, ...Object.fromEntries(changed.map((key) => [key, other[key]])) };
    // Now and then one rule of several is another, and not all of them.
    const rules = whole_ || one.rules.length < 2 ? next.rules : [...one.rules.slice(0, -1), ...next.rules.slice(-1)];
    return [read(one), read({ ...next, rules })] as const;
  })
  .filter((found): found is readonly [Small, Small] => found.every(compiled));

/** One request with who agreed to it, and how long it waited. */
export type Try = {
  readonly operation: "mint" | "transfer" | "pause";
  readonly by: string;
  readonly to: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly account: string;
  readonly at: string;
  readonly voters: readonly string[];
  readonly waitedSeconds: number;
  readonly used: bigint;
};

const people = everybody.roster.people.map(({ id }) => id);
const cents = 10n ** 16n;

export const request = fc.record({
  operation: fc.constantFrom<Try["operation"][]>("mint", "mint", "transfer", "pause"),
  by: fc.constantFrom("ida", "ivan", "otto", "carla"),
  to: fc.constantFrom("a", "b", "c", "d"),
  amount: fc.constantFrom(1n, 9n, 10n, 11n, 15n, 16n, 19n, 20n, 21n, 25n, 26n, amount.max),
  fee: fc.constantFrom(0n, cents - 1n, cents, cents + 1n, 2n * cents, 2n * cents + 1n),
  account: fc.constantFrom("hsm-mint", "hsm-mint", "hsm-other"),
  at: fc.constantFrom(
    "2026-12-21T09:00:00Z",
    "2026-12-18T20:00:00Z",
    "2026-12-20T09:00:00Z",
    "2026-12-25T09:00:00Z",
    "2028-06-01T09:00:00Z",
  ),
});

/** Everybody agreed in every order that matters, and all waits are over. */
export const atBest = request.map((one): Try => ({
  ...one,
  voters: [...people, ...people],
  waitedSeconds: 86_400,
  used: 0n,
}));

/** Often with enough people and time, now and then with too few. */
export const anyTry: fc.Arbitrary<Try> = fc
  .tuple(
    request,
    fc.oneof(fc.shuffledSubarray(people, { minLength: 6 }), fc.shuffledSubarray(people, { maxLength: 4 })),
    fc.constantFrom(0, 3_600, 7_200, 7_200),
    fc.constantFrom(0n, 0n, 0n, 5n, 100n),
  )
  .map(([one, voters, waitedSeconds, used]) => ({ ...one, voters, waitedSeconds, used }));

export function inputOf({ policy }: Small, one: Try, roster: RosterIndex = everybody): DecideInput {
  const moves = one.operation !== "pause";
  const now = instant.fromIso(one.at);
  const account = roster.key(n(one.account))?.account ?? address.zero;
  const asked = {
    operation: one.operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account,
    to: moves ? address.parse(bank(one.to)) : address.zero,
    amount: amount.fromBigInt(moves ? one.amount : 0n),
    reference: parseReference("R-1"),
    feeCeilingWei: amount.fromBigInt(one.fee),
    notBefore: instant.parse(0),
    expiresAt: instant.parse(now + 86_400),
  };
  const votes = one.voters
    .flatMap((id) => (roster.member(n(id))?.credentials ?? []).map((credential) => ({ id: n(id), credential })))
    .map(({ id, credential }, index) => voteOf(id, credential, index + 1));
  const used = new Map(policy.limits.map(({ id }) => [id, one.used]));
  const world = worldOf({ policy, roster, asked, now, votes, waitedSeconds: one.waitedSeconds, given: { used } });
  const hashes = { policyHash: unsignedHash, rosterHash: unsignedHash, intentHash: hashOf(asked) };
  return { ...world, roster, intent: asked, initiator: n(one.by), ...hashes };
}

export function isAllowed(small: Small, one: Try): boolean {
  return decide(inputOf(small, one)).verdict === "allowed";
}
