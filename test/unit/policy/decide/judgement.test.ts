/** A judgement becomes a clause by losing the word of the decision. */
import { expect, it } from "vitest";
import { clauseSchema } from "../../../../src/policy/decision.ts";
import { toClause, type Judgement } from "../../../../src/policy/decide/judgement.ts";

it("a clause has the fields that are stored and no other", () => {
  const judgement: Judgement = {
    id: "mint.to",
    kind: "rule",
    code: "policy.recipient-not-listed",
    ok: false,
    curable: false,
    observed: "a",
    bound: "b",
  };
  expect(clauseSchema.parse(toClause(judgement))).toEqual({
    id: "mint.to",
    kind: "rule",
    ok: false,
    curable: false,
    observed: "a",
    bound: "b",
  });
});
