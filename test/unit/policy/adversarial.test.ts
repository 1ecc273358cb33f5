/** Mints that went wrong elsewhere or could: the three hundred trillion of October 2025, and every way to mint what nothing backs. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { max } from "../../../src/values/amount.ts";
import { addressOf, goodSights, tokenOf } from "../../place/profiles.ts";
import {
  bankA,
  bounds,
  day,
  document,
  documentWith,
  gld,
  inputWith,
  mintRule,
  now,
  observation,
  observed,
  outcome,
  reserve,
  tierWith,
  type Bend,
} from "./example.ts";

type Fields = Readonly<Record<string, unknown>>;
const [cover] = document.guards!;
const [dayLimit] = document.limits!;

/** 300,000,000,000,000 of a token that has a supply of 2.6 billion, all of it backed. */
const trillions = gld("300000000000000");
const backed = gld("2600000000");
const slip: Bend = {
  intent: { amount: trillions.toString() },
  facts: {
    observed: { ...observed, ...observation("supply", backed.toString()) },
    reserves: [reserve({ supply: backed.toString(), reserves: gld("2700000000").toString() })],
  },
};

/** Each of them alone has to stop it. */
const clauses = {
  "guard.reserves-cover": { guards: [cover] },
  "limit.mint-day": { limits: [dayLimit] },
  "mint.amount": { rules: [mintRule()] },
  "ceiling.request": {},
  "ceiling.day": {},
  "ceiling.share": {},
} as const satisfies Readonly<Record<string, Fields>>;
type Clause = keyof typeof clauses;
const every = Object.keys(clauses) as Clause[];

/** The slip, with these clauses in force and the others taken away. */
function slipWith(...kept: readonly Clause[]): ReturnType<typeof outcome> {
  const open = { guards: [], limits: [], rules: [mintRule({}, tierWith({}))] };
  const policy = Object.assign({}, open, ...kept.map((one) => clauses[one])) as Fields;
  const has = (one: Clause): boolean => kept.includes(one);
  const ceilings = {
    request: has("ceiling.request") ? bounds.asset.request : max,
    day: has("ceiling.day") ? bounds.asset.day : max,
    shareOfSupplyMillionths: has("ceiling.share") ? 100_000n : undefined,
  };
  return outcome({ ...slip, policy, ceilings });
}

describe("three hundred trillion at once", () => {
  it("would pass with none of the clauses, so that each that stops it is what stopped it", () => {
    expect(slipWith()).toEqual({ verdict: "allowed", code: "policy.allowed", failing: [] });
  });

  it("is refused by six clauses together", () => {
    const found = slipWith(...every);
    expect(found.verdict).toBe("refused");
    expect([...found.failing].sort()).toEqual([...every].sort());
  });

  it.each(every)("is stopped by %s with all the others removed", (one) => {
    const { verdict, failing } = slipWith(one);
    expect(verdict).not.toBe("allowed");
    expect(failing).toEqual([one]);
  });

  const triples = every.flatMap((a, i) =>
    every.slice(i + 1).flatMap((b, j) => every.slice(i + j + 2).map((c) => [a, b, c] as const)),
  );
  it("is refused by each of any three with the other two of them removed", () => {
    expect(triples).toHaveLength(20);
    for (const three of triples)
      for (const left of three)
        expect(slipWith(...every.filter((one) => one === left || !three.includes(one))).verdict).toBe("refused");
  });
});

/** A T-REX token as it should be, but for one thing that its own code would let pass. */
function trexWith(fact: subject.FactName, value: string): Bend {
  const policy = { token: tokenOf("erc3643", document.token), guards: [], limits: [] };
  const input = inputWith({ policy });
  const sights = goodSights(input.policy, input.intent).map((one): readonly [string, Fields] => [
    subject.factKey(one.subject, one.fact),
    { ...one, blockNumber: 77, blockTime: now - 5, finalized: false, statements: [] },
  ]);
  const seen: Fields = { ...observed, ...Object.fromEntries(sights) };
  const about = [subject.token(document.token.address), subject.holder(document.token.address, bankA)]
    .map((one) => subject.factKey(one, fact))
    .find((key) => key in seen)!;
  return { policy, facts: { observed: { ...seen, [about]: { ...(seen[about] as Fields), value } } } };
}

const emptied = (): string => {
  const { registries } = documentWith({ token: tokenOf("erc3643", document.token) }).token as { registries?: unknown };
  return JSON.stringify({ ...(registries as Fields), claims: [] });
};

const cases: readonly (readonly [what: string, bend: Bend, verdict: string, first: string])[] = [
  [
    "two mints that each fit and together do not: the second, while the first is on its way",
    { facts: { reserves: [reserve({ reserves: gld("1150").toString() })], outstanding: gld("100").toString() } },
    "pending",
    "guard.reserves-cover",
  ],
  [
    "reserves that were attested one second too long ago",
    { facts: { reserves: [reserve({ asOf: now - day - 1 })] } },
    "pending",
    "guard.reserves-cover.evidence",
  ],
  [
    "a proof of reserves that expires this second",
    { facts: { reserves: [reserve({ expiresAt: now })] } },
    "pending",
    "guard.reserves-cover.evidence",
  ],
  [
    "a proof of reserves by nobody who may give one",
    { facts: { reserves: [reserve({ attestor: "obs-1" })] } },
    "pending",
    "guard.reserves-cover.evidence",
  ],
  ["a token of 6 decimals that is taken for one of 18", trexWith("decimals", "6"), "refused", "token.decimals"],
  ["a paused token that would mint all the same", trexWith("paused", "true"), "pending", "token.paused"],
  ["a frozen recipient to whom it would mint all the same", trexWith("frozen", "1"), "pending", "token.to.frozen"],
  ["a registry that asks for no claim any more", trexWith("registries", emptied()), "pending", "token.registries"],
  [
    "other code behind the proxy than when people agreed",
    trexWith("implementation", addressOf("other code")),
    "refused",
    "token.implementation",
  ],
];

describe("nothing is minted on", () => {
  it.each(cases)("%s", (_, bend, verdict, first) => {
    const found = outcome(bend);
    expect(found.verdict).toBe(verdict);
    expect(found.failing[0]).toBe(first);
  });

  it("any of these, and would be without it", () => {
    expect(outcome().verdict).toBe("allowed");
    expect(outcome(trexWith("paused", "false")).verdict).toBe("allowed");
  });
});
