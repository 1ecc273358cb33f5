/** What went wrong elsewhere, or could: each case is stopped by several safeguards, and by each of them with all the others removed. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { max } from "../../../src/values/amount.ts";
import { addressOf, goodSights, registries, tokenOf } from "../../place/profiles.ts";
import {
  attested,
  bankA,
  bounds,
  day,
  document,
  gld,
  idOf,
  inputWith,
  mintRule,
  n,
  now,
  observed,
  outcome,
  reserve,
  rosterWith,
  spend,
  stranger,
  tierWith,
  vote,
  type Bend,
} from "./example.ts";

type Fields = Readonly<Record<string, unknown>>;
type Has = (safeguard: string) => boolean;
type Attack = {
  readonly what: string;
  /** By the clause that says no. */
  readonly safeguards: readonly string[];
  /** The case with those safeguards in force that are asked for. */
  readonly under: (has: Has) => Bend;
  /** Where fewer than three clauses can see it: what else stands in its way, and where that is tried. */
  readonly fewer?: string;
};

const when = { operation: "mint" };
const reserves = (id: string, rest: Fields = {}): Fields => ({
  id,
  when,
  require: {
    evidence: "reserve",
    by: { group: "attestors", min: 1 },
    maxAge: "24h",
    cover: { ratio: "1.00" },
    ...rest,
  },
});
const limit = (whole: string): Fields => ({
  ...{ id: "mint-day", when, metric: "sum", window: "rolling 24h", per: "asset", over: "deny" },
  max: `${whole} GLD`,
});
const some = <T>(condition: boolean, one: T): readonly T[] => (condition ? [one] : []);
const open = { guards: [], limits: [], rules: [mintRule({}, tierWith({}))] };

/** The clauses that see an amount, at sizes under which this house works every day. */
const bySize = [
  "guard.reserves-cover",
  "limit.mint-day",
  "mint.amount",
  "ceiling.request",
  "ceiling.day",
  "ceiling.share",
];
function sized(has: Has, of: { readonly amount: string; readonly facts: Fields }): Bend {
  return {
    intent: { amount: of.amount },
    facts: of.facts,
    policy: {
      guards: some(has("guard.reserves-cover"), reserves("reserves-cover")),
      limits: some(has("limit.mint-day"), limit("5000")),
      rules: [has("mint.amount") ? mintRule() : mintRule({}, tierWith({}))],
    },
    ceilings: {
      request: has("ceiling.request") ? bounds.asset.request : max,
      day: has("ceiling.day") ? bounds.asset.day : max,
      shareOfSupplyMillionths: has("ceiling.share") ? 100_000n : undefined,
    },
  };
}

/** A T-REX token as it should be, but for these facts of it and of the recipient. */
function trex(
  policy: Fields,
  intent: Fields,
  facts: Fields,
  bent: Readonly<Partial<Record<subject.FactName, string>>>,
): Bend {
  const whole = { token: tokenOf("erc3643", document.token), limits: [], ...policy };
  const input = inputWith({ policy: whole, intent });
  const sights = goodSights(input.policy, input.intent);
  const seen = [...sights, { subject: subject.token(document.token.address), fact: "paused" as const, value: "false" }];
  const all = seen.map(({ subject: about, fact, value }): readonly [string, Fields] => [
    subject.factKey(about, fact),
    {
      subject: about,
      fact,
      value: bent[fact] ?? value,
      blockNumber: 77,
      blockTime: now - 5,
      finalized: false,
      statements: [],
    },
  ]);
  return { policy: whole, intent, facts: { observed: { ...observed, ...Object.fromEntries(all) }, ...facts } };
}
const emptied = JSON.stringify({ ...registries, claims: [] });
const upgraded = JSON.stringify({
  ...registries,
  identity: { ...registries.identity, implementation: addressOf("other registry code") },
});
const knowing = { id: "verified-holder", when, require: { evidence: "identity" } };
/** The fact as a token that behaves would have it, where the safeguard that reads it is out of force. */
const good = (value: string, has: boolean): string | undefined => (has ? value : undefined);
const bent = (
  facts: Readonly<Partial<Record<subject.FactName, string | undefined>>>,
): Readonly<Partial<Record<subject.FactName, string>>> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

const attacks: readonly Attack[] = [
  {
    what: "a mint of three hundred trillion by a slip",
    safeguards: bySize,
    under: (has) =>
      sized(has, {
        amount: gld("300000000000000").toString(),
        facts: { reserves: [reserve({ reserves: gld("2700000000").toString() })] },
      }),
  },
  {
    what: "an amount meant with six decimals and written with eighteen",
    safeguards: bySize,
    under: (has) => sized(has, { amount: (gld("100") * 10n ** 12n).toString(), facts: {} }),
  },
  {
    what: "two mints that each fit and together do not, the second while the first is on its way",
    safeguards: ["guard.reserves-cover", "limit.mint-day", "ceiling.day", "ceiling.share"],
    under: (has) => ({
      facts: {
        reserves: [reserve({ reserves: gld("1150").toString() })],
        outstanding: has("guard.reserves-cover") ? gld("100").toString() : "0",
        spends: [spend()],
      },
      policy: {
        ...open,
        guards: some(has("guard.reserves-cover"), reserves("reserves-cover")),
        limits: some(has("limit.mint-day"), limit("150")),
      },
      ceilings: {
        request: max,
        day: has("ceiling.day") ? gld("150") : max,
        shareOfSupplyMillionths: has("ceiling.share") ? 150_000n : undefined,
      },
    }),
  },
  {
    what: "reserves counted one second too long ago",
    safeguards: ["guard.reserves-cover.evidence", "guard.audit.evidence", "guard.second-count.evidence"],
    under: (has) => ({
      facts: { reserves: [reserve({ asOf: now - day - 1 })] },
      policy: {
        ...open,
        guards: [
          ...some(has("guard.reserves-cover.evidence"), reserves("reserves-cover")),
          ...some(has("guard.audit.evidence"), reserves("audit", { cover: undefined })),
          ...some(has("guard.second-count.evidence"), reserves("second-count", { maxAge: "12h" })),
        ],
      },
    }),
  },
  {
    what: "an attestor who says ten times what is there",
    safeguards: ["guard.reserves-cover", "limit.mint-day", "ceiling.share"],
    under: (has) => ({
      roster: rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } }),
      facts: {
        reserves: [
          reserve({ reserves: gld("100000").toString() }),
          // The second count is asked for where the safeguard is in force.
          ...some(has("guard.reserves-cover"), reserve({ attestor: "obs-1", reserves: gld("1050").toString() })),
        ],
      },
      policy: {
        ...open,
        guards: [reserves("reserves-cover", { by: { group: "attestors", min: has("guard.reserves-cover") ? 2 : 1 } })],
        limits: some(has("limit.mint-day"), limit("50")),
      },
      ceilings: { request: max, day: max, shareOfSupplyMillionths: has("ceiling.share") ? 50_000n : undefined },
    }),
  },
  {
    what: "a registry that asks for no claim any more, and a stranger whom it then takes for verified",
    safeguards: ["token.registries", "guard.verified-holder.evidence", "rule"],
    under: (has) =>
      trex(
        {
          guards: some(has("guard.verified-holder.evidence"), knowing),
          rules: [has("rule") ? mintRule({}, tierWith({})) : { ...mintRule({ to: undefined }, tierWith({})) }],
        },
        { to: stranger },
        { identities: [] },
        bent({ registries: good(emptied, has("token.registries")) }),
      ),
  },
  {
    what: "a paused token and a frozen recipient to whom it would mint all the same",
    safeguards: ["token.paused", "token.to.frozen", "guard.verified-holder"],
    under: (has) =>
      trex(
        { ...open, guards: some(has("guard.verified-holder"), knowing) },
        {},
        { identities: [attested({ value: "revoked" })] },
        bent({ paused: good("true", has("token.paused")), frozen: good("1", has("token.to.frozen")) }),
      ),
  },
  {
    what: "other code behind the proxies than when people agreed",
    safeguards: ["token.implementation", "token.registries"],
    under: (has) =>
      trex(
        open,
        {},
        {},
        bent({
          implementation: good(addressOf("other code"), has("token.implementation")),
          registries: good(upgraded, has("token.registries")),
        }),
      ),
    fewer:
      "the event of the upgrade is of no transaction that the gate signed, and freezes the asset (flow/gate/stranger.test.ts)",
  },
  {
    what: "a recipient who is nobody, such as the token itself",
    safeguards: ["intent.recipient", "rule"],
    under: (has) => ({
      policy: {
        ...open,
        // Where the list is no safeguard, it has the address.
        rules: [mintRule(has("rule") ? {} : { to: undefined }, tierWith({}))],
      },
      intent: { to: has("intent.recipient") ? document.token.address : stranger },
    }),
    fewer: "of a standard that knows holders the recipient must be verified too (property/policy/eligibility.test.ts)",
  },
  {
    what: "an issuer who approves their own mint with a friend",
    safeguards: ["mint.quorum", "mint.people"],
    under: (has) => ({
      policy: {
        ...open,
        rules: [
          mintRule(
            {},
            {
              tiers: [
                {
                  upTo: "max",
                  quorum: { group: "custodians", min: has("mint.quorum") ? 2 : 1 },
                  sign: "hsm-mint",
                  ...(has("mint.people") ? { distinct: { people: 2 } } : {}),
                },
              ],
            },
          ),
        ],
      },
      facts: {
        votes: [vote("ida"), vote("carla"), vote("carla", { credential: n("carla-2"), approvalId: idOf("2") })],
      },
    }),
    fewer:
      "a roster in which an issuer is a custodian breaks the separation of the policy (unit/policy/decide/approval.test.ts)",
  },
];

const named =
  (safeguards: readonly string[]): Has =>
  (one) =>
    safeguards.includes(one);

describe.each(attacks)("$what", ({ safeguards, under, fewer }) => {
  it("would pass with none of the safeguards, so that each that stops it is what stopped it", () => {
    expect(outcome(under(() => false))).toMatchObject({ verdict: "allowed" });
  });

  it("is stopped by all of them together, each for itself", () => {
    const found = outcome(under(named(safeguards)));
    expect(found.verdict).not.toBe("allowed");
    expect(safeguards.filter((one) => !found.failing.includes(one))).toEqual([]);
  });

  it.each([...safeguards])("is stopped by %s with all the others removed", (one) => {
    const found = outcome(under(named([one])));
    expect(found.verdict).not.toBe("allowed");
    expect(found.failing).toContain(one);
    expect(found.failing.filter((other) => other !== one && safeguards.includes(other))).toEqual([]);
  });

  it("is stopped by each of any three with the other two of them removed", () => {
    const pairs = safeguards.flatMap((one, index) => safeguards.slice(index + 1).map((other) => [one, other]));
    for (const removed of pairs) {
      const left = safeguards.filter((one) => !removed.includes(one));
      if (left.length > 0) expect(outcome(under(named(left))).verdict).not.toBe("allowed");
    }
  });

  it("has three of them, or it is said what else there is", () => {
    expect(safeguards.length >= 3).toBe(fewer === undefined);
  });
});

it("says nothing of bank A, who may have all of this", () => {
  expect(outcome({ policy: open }).verdict).toBe("allowed");
  expect(outcome(trex(open, { to: bankA }, {}, {})).verdict).toBe("allowed");
});
