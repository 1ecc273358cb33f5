/** Every way to mint what nothing backs, each at the clause that says no first; how many stand behind one another is in `safeguards.test.ts`. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../src/evidence/subject.ts";
import { addressOf, goodSights, tokenOf } from "../../place/profiles.ts";
import {
  bankA,
  day,
  document,
  documentWith,
  gld,
  inputWith,
  now,
  observed,
  outcome,
  reserve,
  type Bend,
} from "./example.ts";

type Fields = Readonly<Record<string, unknown>>;

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
