/** Random votes, spends, attestations and quorums over the people of the test roster. */
import fc from "fast-check";
import type { DecideInput } from "../../../src/policy/decide.ts";
import type { Facts, Observed, ReserveFact, Spend, Vote } from "../../../src/policy/facts.ts";
import type { Quorum } from "../../../src/policy/document/requirement.ts";
import type { Amount } from "../../../src/values/amount.ts";
import * as amount from "../../../src/values/amount.ts";
import { zero } from "../../../src/values/address.ts";
import type { Instant } from "../../../src/values/instant.ts";
import { intentHash } from "../../../src/intent/intent.ts";
import {
  furtherNames,
  operations,
  operationSchema,
  type FurtherName,
  type Operation,
} from "../../../src/intent/operation.ts";
import {
  bankA,
  bounds,
  document,
  ether,
  gld,
  idOf,
  inputWith,
  intentWith,
  key,
  n,
  now,
  observation,
  roster,
  stranger,
  vote,
  type Bend,
} from "../../unit/policy/example.ts";
import { raise } from "../../place/profiles.ts";

export const personIds = roster.people.map((person) => person.id);
export const serviceIds = roster.services.map((service) => service.id);
const groups = ["custodians", "compliance", "officers", "issuers"];

/** Printed with every failure; a run is repeated by giving its seed. */
export const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns, verbose: 1 });

export const quorum: fc.Arbitrary<Quorum> = fc.letrec<{ leaf: Quorum; node: Quorum }>((tie) => ({
  leaf: fc.record({ group: fc.constantFrom(...groups).map(n), min: fc.integer({ min: 1, max: 3 }) }),
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("node"), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    fc.array(tie("node"), { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
  ),
})).node;

const instant = fc
  .oneof(fc.integer({ min: now - 200_000, max: now + 200_000 }), fc.integer({ min: 0, max: 253_402_300_799 }))
  .map((at) => at as Instant);
const near = fc.integer({ min: now - 300, max: now + 300 }).map((at) => at as Instant);
const sum = fc
  .oneof(
    fc.bigInt({ min: 0n, max: gld("6000") }),
    fc.constantFrom(0n, 1n, gld("1000"), gld("1000") + 1n, gld("5000"), gld("5000") + 1n, amount.max),
  )
  .map((value) => value as Amount);

export const votes: fc.Arbitrary<Vote[]> = fc.array(
  fc
    .record({
      person: fc.constantFrom(...personIds, ...serviceIds),
      expiresAt: fc.oneof(fc.constant((now + 600) as Instant), near),
      nth: fc.nat(3),
    })
    .map(({ person, expiresAt, nth }) => vote(person, { expiresAt, approvalId: idOf(`approval ${person} ${nth}`) })),
  { maxLength: 10 },
);

const operation = fc.constantFrom<Operation>(...operationSchema.options);
const account = fc.constantFrom(key.account, stranger);

export const spends: fc.Arbitrary<Spend[]> = fc.array(
  fc.record({
    requestId: fc.string().map(idOf),
    asset: fc.constantFrom(n("GLD"), n("SLV")),
    operation,
    initiator: fc.constantFrom(n("ida"), n("ivan")),
    account,
    to: fc.constantFrom(bankA, stranger),
    amount: sum,
    feeCeilingWei: fc.bigInt({ min: 0n, max: ether("0.6") }).map((value) => value as Amount),
    at: fc.oneof(near, instant),
  }),
  { maxLength: 5 },
);

export const reserves: fc.Arbitrary<ReserveFact[]> = fc.array(
  fc.record({
    attestor: fc.constantFrom(n("vault-auditor"), n("obs-1"), n("nobody")),
    reserves: fc.oneof(sum, fc.constant(gld("100000"))),
    supply: sum,
    supplyBlock: fc.nat(100),
    asOf: fc.oneof(near, instant),
    expiresAt: fc.oneof(fc.constant((now + 600) as Instant), instant),
    sequence: fc.nat(3),
    statement: fc.constant(idOf("s")),
  }),
  { maxLength: 3 },
);

/** Present or absent, right or wrong, fresh or old; also values that nobody expects. */
const observed: fc.Arbitrary<Record<string, Observed>> = fc
  .tuple(
    fc.option(fc.constantFrom(document.token.codehash, idOf("other"), "")),
    fc.option(fc.oneof(sum.map(String), fc.constantFrom("", "-1", "0x10", "many"))),
    fc.option(fc.constantFrom("false", "true", "maybe")),
    fc.oneof(near, instant),
  )
  .map(([codehash, supply, paused, blockTime]) => ({
    ...(codehash === null ? {} : observation("codehash", codehash, { blockTime })),
    ...(supply === null ? {} : observation("supply", supply, { blockTime })),
    ...(paused === null ? {} : observation("paused", paused, { blockTime })),
  }));

const facts: fc.Arbitrary<Facts> = fc.record({
  now: fc.oneof(fc.constant(now as Instant), instant),
  firstSeen: fc.oneof(near, instant),
  votes,
  spends,
  reserves,
  observed,
  outstanding: sum,
  listedSince: fc.option(instant).map((at) => (at === null ? {} : { [`treasury ${bankA}`]: at })),
});

const base = inputWith().facts;

/** Facts near those of the allowed mint, so that many runs are allowed and few lacks decide. */
const likely: fc.Arbitrary<Facts> = fc
  .record({ votes, spends: fc.oneof({ weight: 2, arbitrary: fc.constant<Spend[]>([]) }, spends), wide: fc.boolean() })
  .map(({ votes: some, spends: spent, wide }) => {
    return {
      ...base,
      spends: spent,
      votes: wide ? [...base.votes, vote("cora"), ...some] : [...base.votes, ...some],
      firstSeen: (now - 3_000) as Instant,
    };
  });

const holder = `0x${"0a".repeat(20)}`;
const contract = `0x${"0b".repeat(20)}`;

/** No policy can ask about them. */
const furtherValues: Readonly<Record<FurtherName, string | number>> = {
  from: holder,
  identity: contract,
  country: 756,
  issuer: stranger,
  topic: "1",
  claim: idOf("claim"),
  signature: `0x${"1b".repeat(65)}`,
  destination: "vault-zrh",
  distribution: `0x${"0d".repeat(32)}`,
  ...raise,
};

const intent = fc
  .record({
    operation,
    amount: sum,
    to: fc.constantFrom(bankA, stranger),
    feeCeilingWei: fc.constantFrom(0n, ether("0.01"), ether("0.06")),
    account,
  })
  .map((fields) => {
    const uses = operations[fields.operation];
    const to = uses.recipient && fields.to !== fields.account ? fields.to : uses.recipient ? bankA : zero;
    const value = !uses.amount ? 0n : fields.amount === 0n ? 1n : fields.amount;
    const further = Object.fromEntries(furtherNames(fields.operation).map((name) => [name, furtherValues[name]]));
    return intentWith({
      ...fields,
      ...further,
      to,
      amount: value.toString(),
      feeCeilingWei: fields.feeCeilingWei.toString(),
    });
  });

/** A case over a policy with a young list as well, or the demo's own. */
export const caseOf = (bend: Bend = {}): fc.Arbitrary<DecideInput> => {
  const base = inputWith(bend);
  return fc
    .record({
      facts: fc.oneof({ weight: 2, arbitrary: likely }, facts),
      intent: fc.oneof(
        { weight: 2, arbitrary: sum.map((value) => intentWith({ amount: (value === 0n ? 1n : value).toString() })) },
        intent,
      ),
      initiator: fc.oneof(
        { weight: 3, arbitrary: fc.constant(n("ida")) },
        fc.constantFrom(...personIds, ...serviceIds, n("nobody")),
      ),
      share: fc.option(fc.bigInt({ min: 0n, max: 2_000_000n }), { nil: undefined }),
    })
    .map(({ share, ...parts }) => {
      const asset = { ...bounds.asset, shareOfSupplyMillionths: share };
      return { ...base, ...parts, intentHash: intentHash(parts.intent), bounds: { ...bounds, asset } };
    });
};
