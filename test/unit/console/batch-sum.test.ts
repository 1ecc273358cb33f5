/** What many requests come to, in the order of the batch; none twice; and which tier the total is weighed by. */
import { describe, expect, it } from "vitest";
import { kinOf } from "../../../src/console/batch-choice.ts";
import { sumOf, tierOf, type Line, type Sum } from "../../../src/console/batch-sum.ts";
import { BatchTree } from "../../../src/gate/batch.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import type { RequestView } from "../../../src/request/api.ts";
import type { Checked } from "../../../src/sdk/approval.ts";
import { batchPolicy, documentOf, legsOf, submissionIn } from "../../place/batch.ts";
import { goldDeployment, units } from "../../place/gold.ts";

const policy = batchPolicy();
const deployment = goldDeployment({ policy });
const now = 1_800_000_000;
const policies = new Map([["GLD", { policy: compile(policy) }]]);

function added(amounts: readonly number[], intent: object = {}): Sum<{ readonly policy: Policy }> {
  const lines = legsOf(deployment, now, amounts, { ...intent }).map((leg): Line => ({
    checked: { submission: submissionIn(leg), policy: compile(policy) } as Checked,
    initiator: "ida",
  }));
  return sumOf(lines, policies);
}

describe("a batch", () => {
  it("comes to the sum of its lines, under the root of the batch's order", () => {
    const legs = legsOf(deployment, now, [400, 300, 500]);
    const { weight, lines } = added([400, 300, 500]);
    expect(weight).toMatchObject({ count: 3, total: BigInt(units(1_200)), largest: BigInt(units(500)) });
    expect(weight.merkleRoot).toBe(new BatchTree(documentOf(legs).legs).root);
    const ids = lines.map(({ checked }) => checked.submission.requestId);
    expect(ids).toEqual([...ids].sort());
  });

  it("has no line twice", () => {
    const { lines } = added([400, 300]);
    expect(() => sumOf([...lines, lines[0]!], policies)).toThrow(/twice/);
  });

  it("is of an asset whose policy is shown", () => {
    const { lines } = added([400, 300]);
    expect(() => sumOf(lines, new Map())).toThrow(/no policy of GLD/);
  });
});

describe("the tier of a batch", () => {
  it.each([
    ["is that of its total", [400, 300], 0],
    ["is the next when the total is above", [400, 300, 500], 1],
  ] as const)("%s", (_, amounts, index) => {
    const sum = added(amounts);
    const tier = tierOf(sum);
    expect(tier).toBe(sum.policy.policy.rules.find(({ id }) => id === "mint")?.tiers[index]);
  });

  it.each([
    ["the total is above what a rule takes at once", [900, 900, 900, 900]],
    ["there are more than a rule takes at once", Array.from({ length: 11 }, () => 1)],
  ])("is none where %s", (_, amounts) => {
    expect(tierOf(added(amounts))).toContain("than a rule of the policy takes at once");
  });
});

describe("requests that may be agreed to together", () => {
  const view = (index: number, changes: object = {}): RequestView =>
    ({
      requestId: String(index),
      state: "pending",
      waitsFor: "waits for 2 more of custodians",
      initiator: "ida",
      votes: [],
      alarm: null,
      submission: legsOf(deployment, now, [index])[0]!.message,
      ...changes,
    }) as unknown as RequestView;
  const reader = { member: "carla", groups: ["custodians"] };

  it("are those of one kind that wait for the reader", () => {
    const kin = kinOf([view(1), view(2), view(3, { state: "final" }), view(4, { initiator: "carla" })], reader);
    expect(kin.map(({ name, views }) => [name, views.length])).toEqual([["mint GLD on chain 31337", 2]]);
  });

  it("leave out what is no request", () => {
    expect(kinOf([view(1, { submission: {} })], reader)).toEqual([]);
  });
});
