/** Ceilings of the genesis hold, whatever a policy permits. */
import { expect, it } from "vitest";
import { decideWith, document, gld, outcome, type Bend } from "./example.ts";

const generous: Bend["policy"] = {
  guards: [],
  limits: [],
  rules: document.rules.map((rule) => ({
    ...rule,
    tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
  })),
};

it("no policy raises a ceiling", () => {
  expect(outcome({ policy: generous, intent: { amount: gld("100000").toString() } })).toMatchObject({
    verdict: "allowed",
  });
  expect(outcome({ policy: generous, intent: { amount: (gld("100000") + 1n).toString() } })).toMatchObject({
    verdict: "refused",
    code: "policy.ceiling-request",
  });
});

it("the smallest ceilings leave nothing but what a rule would permit below them", () => {
  const bend = { policy: generous, ceilings: { request: gld("0"), day: gld("0"), shareOfSupplyMillionths: 0n } };
  const failing = decideWith(bend).clauses.filter((clause) => !clause.ok);
  expect(failing.map((clause) => clause.id)).toEqual(["ceiling.request", "ceiling.day", "ceiling.share"]);
});
