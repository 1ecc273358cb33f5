/** What is said of a rule that takes batches: each is planted, and its twin is silent. */
import { describe, expect, it } from "vitest";
import { batchFindings } from "../../../../src/policy/analyse/batch-fit.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { mintRule, small, sum } from "../small.ts";

const batch = { max: 10, total: "50 GLD" };
const day = { id: "day", when: { operation: "mint" }, ...sum, max: "10 GLD", over: "deny" };
const found = (when: object, limits: readonly object[] = [day], batching: object | null = batch): unknown[] => {
  const rule = { ...mintRule(when), ...(batching && { batch: batching }) };
  return batchFindings(compile(small({ rules: [rule], limits }))).map(
    ({ severity, field, code }) => `${severity} ${field} ${code}`,
  );
};

describe("a rule that takes batches", () => {
  it("is silent where a list names the recipients and a rolling sum holds them", () => {
    expect(found({})).toEqual([]);
    expect(found({ to: undefined }, [], null)).toEqual([]);
  });

  it("warns of recipients that nobody sees on a wallet, but of operations that have none", () => {
    const unseen = ["warning rules.0.batch policy.batch-unseen"];
    expect(found({ to: undefined })).toEqual(unseen);
    expect(found({ to: { notIn: "treasury" } })).toEqual(unseen);
    expect(found({ operation: "burn", to: undefined }, [{ ...day, when: { operation: "burn" } }])).toEqual([]);
  });

  it("warns where no rolling limit on the sum holds one batch after the other", () => {
    const unlimited = ["warning rules.0.batch policy.batch-unlimited"];
    expect(found({}, [])).toEqual(unlimited);
    expect(found({}, [{ ...day, metric: "count", max: 9 }])).toEqual(unlimited);
    expect(found({}, [{ ...day, when: { operation: "burn" } }])).toEqual(unlimited);
  });

  it("says in words which rule and which operations", () => {
    const rule = { ...mintRule({ to: undefined }), batch };
    const messages = batchFindings(compile(small({ rules: [rule], limits: [] }))).map(({ message }) => message);
    expect(messages).toEqual([
      "a wallet shows no recipient of a batch, and rule `mint` lets it mint to anybody whom no list names",
      "no rolling limit on the sum of mint holds one batch of rule `mint` after the other",
    ]);
  });
});
