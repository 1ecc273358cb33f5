/** Requests, people and facts around a policy with every construct, near everything that it says. */
import fc from "fast-check";
import type { Asked } from "../../../src/policy/asked.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import type { Facts } from "../../../src/policy/facts.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { unsignedHash, vetoOf, voteOf, worldOf, type Given } from "../../../src/policy/trial/world.ts";
import { indexRoster, type RosterIndex } from "../../../src/roster/membership.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import * as instant from "../../../src/values/instant.ts";
import * as line from "../../../src/values/line.ts";
import * as name from "../../../src/values/name.ts";
import type { Name } from "../../../src/values/name.ts";
import { everyConstruct } from "../../place/construct.ts";
import { goldPolicy, treasury } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

/** Additions that overlap, are felt by few, or count people: where a tightening could open something. */
const subtle = {
  guards: [
    { id: "objectable", when: { operation: "burn" }, add: { delay: "1h", veto: { group: "officers", min: 1 } } },
  ],
  rules: [
    // Issuers and officers: whoever is both matches two rules.
    rule("redeem", "redeem", "issuers", { group: "custodians", min: 1 }),
    rule("redeem-again", "redeem", "officers", { group: "custodians", min: 2 }),
    {
      ...rule("unpause", "unpause", "officers", { group: "custodians", min: 1 }),
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, distinct: { people: 2 }, sign: "hsm-mint" }],
    },
  ],
};

function rule(id: string, operation: string, group: string, quorum: object): Readonly<Record<string, unknown>> {
  return { id, when: { operation, initiator: { group } }, tiers: [{ upTo: "max", quorum, sign: "hsm-mint" }] };
}

const every = everyConstruct();
export const base = goldPolicy({
  ...every,
  rules: [...(every["rules"] as object[]), ...subtle.rules],
  guards: [...(every["guards"] as object[]), ...subtle.guards],
  tests: [],
  never: [],
  always: [],
});
export const current = compile(base);

const groupsOf: Readonly<Record<string, readonly string[]>> = {
  ida: ["issuers", "juniors"],
  ivan: ["issuers", "officers"],
  otto: ["officers", "compliance"],
  carla: ["custodians", "juniors"],
  cyril: ["custodians", "compliance"],
};
const units: Readonly<Record<string, string>> = {
  carla: "vault",
  chris: "vault",
  cyril: "desk",
  cora: "desk",
  otto: "board",
};
export const whole: Roster = (() => {
  const roster = rosterOf([managedKey("hsm-mint")]);
  const people = roster.people.map((person, index) => ({
    ...person,
    groups: (groupsOf[person.id] ?? person.groups).map((group) => name.parse(group)),
    ...(units[person.id] === undefined ? {} : { unit: name.parse(units[person.id]) }),
    credentials: [
      ...person.credentials,
      {
        kind: "wallet" as const,
        id: name.parse(`${person.id}-2`),
        address: address.parse(`0x${(index + 1).toString(16).padStart(2, "0").repeat(20)}`),
      },
    ],
  }));
  return { ...roster, people };
})();
export const roster = indexRoster(whole);
/** The same with somebody on both sides of what must be apart, so that nothing is allowed. */
export const breached: Roster = {
  ...whole,
  people: whole.people.map((person) =>
    person.id === "carla" ? { ...person, groups: [...person.groups, name.parse("desk")] } : person,
  ),
};
const account = whole.keys[0]!.account;

const gold = (text: string): amount.Amount => amount.parseUnits(text, 18);
const one = "0.000000000000000001";
const amounts = [
  "0.5",
  "1",
  `1${one.slice(1)}`,
  "9",
  "10",
  `10${one.slice(1)}`,
  "50",
  "99",
  "100",
  "150",
  "200",
  "499",
  "600",
  "1000",
  "3000",
  "4000",
  "4500",
  "5000",
  "6000",
];
const bytes = ["aa", "ab", "b1", "b2", "d1", "d2", "e1", "e2", "f2", "a1", "a2", "a4"];
/** A Wednesday's noon and evening, a Sunday, and Christmas, in Zurich. */
const times = ["2026-10-07T10:00:00Z", "2026-10-07T20:00:00Z", "2026-10-11T10:00:00Z", "2026-12-25T10:00:00Z"].map(
  (text) => instant.fromIso(text),
);
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });

export const people = whole.people.map(({ id }) => id);
export type Written = {
  readonly asked: Asked;
  readonly initiator: Name;
  readonly now: instant.Instant;
  readonly waitedSeconds: number;
  readonly voters: readonly Name[];
  readonly second: boolean;
  readonly objectors: readonly Name[];
  readonly given: Given;
};
/** Mostly by somebody who may, to somebody who is listed, of an amount that a tier or a guard is about. */
const asking = (operation: Asked["operation"]) => {
  const isStop = operation === "pause" || operation === "unpause";
  return fc.record({
    operation: fc.constant(operation),
    by: isStop ? mostly("olga", "ivan", "ida") : mostly("ida", "ivan", "ivan", "olga"),
    value: operation === "transfer" ? mostly("0.5", ...amounts) : fc.constantFrom(...amounts),
    to: operation === "mint" ? mostly("aa", ...bytes) : mostly("b1", ...bytes),
  });
};

export const written: fc.Arbitrary<Written> = fc
  .record({
    of: fc.constantFrom("mint", "transfer", "burn", "redeem", "pause", "unpause" as const).chain(asking),
    fee: mostly("0.005", "0.01", "0.02", "0.03", "0.04", "0.05", "0.06"),
    now: mostly(times[0]!, ...times),
    waitedSeconds: mostly(90_000, 0, 1_800, 3_600, 5_400),
    voters: fc.oneof(
      fc.shuffledSubarray(people, { minLength: people.length }),
      fc.shuffledSubarray(people, { minLength: 1 }),
    ),
    second: fc.boolean(),
    objectors: mostly<readonly Name[]>(
      [],
      [name.parse("cora")],
      [name.parse("olga")],
      [name.parse("otto"), name.parse("olga")],
    ),
    used: fc.dictionary(
      fc.constantFrom("day", "often", "month", "watched", "few"),
      fc.constantFrom("0", "1", "9", "10", "4900", "39999", "40000"),
      { maxKeys: 2 },
    ),
    missing: mostly<readonly ("supply" | "used" | "calendar" | "listed" | "identity" | "reserve")[]>(
      [],
      ["supply"],
      ["used"],
      ["calendar"],
      ["listed"],
      ["identity"],
      ["reserve"],
    ),
    ageSeconds: mostly(0, 30, 61, 86_401),
  })
  .map(({ of: { operation, by, value, to }, fee, now, voters, used, missing, ageSeconds, ...rest }) => ({
    ...rest,
    initiator: name.parse(by),
    now,
    voters,
    asked: {
      operation,
      asset: name.parse("GLD"),
      chainId: base.token.chain,
      account,
      to:
        operation === "mint" || operation === "transfer"
          ? address.parse(to === "aa" ? treasury : `0x${to.repeat(20)}`)
          : address.zero,
      amount: operation === "pause" || operation === "unpause" ? amount.zero : gold(value),
      reference: line.parse("D-1"),
      feeCeilingWei: gold(fee),
      notBefore: instant.parse(0),
      expiresAt: instant.parse(now + 86_400),
    },
    given: {
      used: new Map(
        Object.entries(used).map(([id, text]) => [id, ["often", "few"].includes(id) ? BigInt(text) : gold(text)]),
      ),
      missing: new Set(missing),
      ageSeconds,
    },
  }));

/** The facts that both policies would ask for. */
export function factsOf(
  policies: readonly Policy[],
  { asked, now, waitedSeconds, voters, second, objectors, given }: Written,
): Facts {
  const votes = voters.flatMap((person, index) => {
    const [own, other] = roster.member(person)?.credentials ?? [];
    return [
      ...(own === undefined ? [] : [voteOf(person, own, index + 1)]),
      ...(second && other !== undefined ? [voteOf(person, other, 30 - index)] : []),
    ];
  });
  const vetoes = objectors.map((person) => vetoOf(person, now));
  const worlds = policies.map(
    (policy) => worldOf({ policy, roster, asked, now, waitedSeconds, votes, vetoes, given }).facts,
  );
  return worlds.reduce((all, facts) => ({
    ...all,
    usage: { ...all.usage, ...facts.usage },
    reserves: all.reserves.length > 0 ? all.reserves : facts.reserves,
    prices: [...(all.prices ?? []), ...(facts.prices ?? [])],
  }));
}

export function allows(
  policy: Policy,
  { asked, initiator, given }: Written,
  facts: Facts,
  index: RosterIndex = roster,
): boolean {
  const known = given.missing?.has("calendar") === true ? { ...policy, calendar: undefined } : policy;
  const { bounds } = worldOf({ policy, roster: index, asked, now: facts.now });
  const hashes = { policyHash: unsignedHash, rosterHash: unsignedHash, intentHash: unsignedHash };
  return (
    decide({ policy: known, roster: index, bounds, intent: asked, initiator, facts, ...hashes }).verdict === "allowed"
  );
}

/** Enough of each kind, and now and then one that opened something, which must have been a loosening. */
export const enough = { tighten: 11, loosen: 11, flipped: 11, kept: 11, opened: 1 };
