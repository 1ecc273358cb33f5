/** What a part of a yield rests on: each thing by itself keeps it from being signed. */
import { describe, expect, it } from "vitest";
import * as subject from "../../../../src/evidence/subject.ts";
import { holdersKey, judgeDistribution, listedPlaces } from "../../../../src/policy/decide/distribution.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { factsSchema, type Facts } from "../../../../src/policy/facts.ts";
import type { Case } from "../../../../src/policy/policy.ts";
import { partFact } from "../../../../src/evidence/distribution.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { idOf, treasury } from "../../../place/gold.ts";
import { escrow, yieldOf, yieldPolicy } from "../../../place/yield.ts";

const of = yieldOf();
const [first] = of.entitlements;
const policy = compile(yieldPolicy());
const fact = partFact(of, first!.to, idOf("submission"));
const about = subject.holders(fact.token, fact);
const key = subject.factKey(about, "holders");
const seen = {
  subject: about,
  fact: "holders",
  value: of.holders,
  blockNumber: 20,
  blockTime: 1_800_000_000,
  finalized: false,
  statements: [],
};

type Bend = { readonly fact?: object; readonly seen?: object | undefined; readonly intent?: object };

function judged(bend: Bend = {}, known: Facts["distribution"] = fact): readonly string[] {
  const wire = { ...(toWire(known ?? null) as object), ...bend.fact };
  const observed = "seen" in bend && bend.seen === undefined ? {} : { [key]: { ...seen, ...bend.seen } };
  const facts = factsSchema.pick({ distribution: true, observed: true }).parse({
    ...(known === undefined ? {} : { distribution: wire }),
    observed,
  });
  const intent = {
    operation: "distribute",
    to: first!.to,
    amount: first!.amount,
    distribution: of.hash,
    ...bend.intent,
  };
  return judgeDistribution({ policy, intent, facts } as unknown as Case)
    .filter(({ ok }) => !ok)
    .map(({ id, code, curable }) => `${id} ${code}${curable ? "" : " for ever"}`);
}

describe("a part of a yield", () => {
  it("is judged by its document, its place in it, and who held the token", () => {
    expect(judged()).toEqual([]);
  });

  it.each<[string, Bend, string]>([
    ["another document", { fact: { hash: idOf("other") } }, "intent.distribution policy.distribution for ever"],
    ["a document of another asset", { fact: { asset: "SLV" } }, "intent.distribution policy.distribution for ever"],
    ["a document of another chain", { fact: { chainId: 1 } }, "intent.distribution policy.distribution for ever"],
    ["a unit more", { intent: { amount: first!.amount + 1n } }, "intent.distribution.part policy.entitlement for ever"],
    [
      "somebody whom it gives nothing",
      { fact: { entitlement: "0" } },
      "intent.distribution.part policy.entitlement for ever",
    ],
    [
      "an escrow of nobody's list",
      { fact: { escrow: treasury } },
      "intent.distribution.escrow policy.distribution for ever",
    ],
    [
      "a treasury of nobody's list",
      { fact: { treasury: escrow } },
      "intent.distribution.treasury policy.distribution for ever",
    ],
    ["holders that nobody saw", { seen: undefined }, "intent.distribution.holders policy.evidence-missing"],
    [
      "holders said before the record block",
      { seen: { blockNumber: 4 } },
      "intent.distribution.holders policy.evidence-missing",
    ],
    ["other holders", { seen: { value: idOf("others") } }, "intent.distribution.holders policy.distribution for ever"],
  ])("is not signed for %s", (_, bend, failing) => {
    expect(judged(bend)).toContain(failing);
  });

  it("of nothing is none, even where the document gives nothing", () => {
    expect(judged({ fact: { entitlement: "0" }, intent: { amount: 0n } })).toEqual([
      "intent.distribution.part policy.entitlement for ever",
    ]);
  });

  it("waits for a document that nobody has", () => {
    expect(
      judgeDistribution({
        policy,
        intent: { operation: "distribute", amount: 1n },
        facts: { observed: {} },
      } as never).map(({ ok, curable }) => [ok, curable]),
    ).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
  });

  it("is nothing that a mint is asked for", () => {
    const mint = { policy, intent: { operation: "mint" }, facts: { distribution: fact, observed: {} } } as never;
    expect(judgeDistribution(mint)).toEqual([]);
    expect(holdersKey(mint)).toBeUndefined();
  });
});

it("the places of a policy are the first entries of its two lists", () => {
  expect(listedPlaces(policy)).toEqual({ escrow, treasury });
});
