/** Asking for all parts of a yield: what is under way or final is not asked for, and nobody is told that all is well while a part is nobody's. */
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { RequestPage } from "../../../src/request/api.ts";
import { states, type State } from "../../../src/request/state.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import {
  draftDistribution,
  partWishes,
  submitParts,
  type Asking,
  type Submitted,
} from "../../../src/sdk/distribution.ts";
import type { Posted } from "../../../src/sdk/delivery.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";
import { rosterOf } from "../../place/people.ts";
import { holderOf, partOf, yieldOf, yieldPolicy } from "../../place/yield.ts";

const now = 1_800_000_000;
const deployment = goldDeployment();
const of = yieldOf();
const wishes = partWishes(of, {
  reference: "YIELD-1",
  feeCeiling: "0.05",
  notBefore: parseInstant(now),
  expiresAt: parseInstant(now + 900),
  decimals: 18,
  accountOf: () => deployment.key.account,
});
const parts = of.entitlements.length;
const delivered = { kind: "delivered", receipt: {}, repeated: false } as Posted;
const partTaken: Posted = { kind: "refused", status: 409, code: "distribution.part-taken", message: "", field: "" };

/** The service shows a request for the first part in a state; of what is posted, the gate says the same of everything. */
function run(state: State | undefined, answer: Posted): Promise<Submitted> {
  const { to } = of.entitlements[0]!;
  const requests = state === undefined ? [] : [{ state, submission: { to } }];
  const asking: Asking = {
    requests: () => Promise.resolve({ requests, next: null } as unknown as RequestPage),
    post: () => Promise.resolve(answer),
    submissionOf: () => Promise.resolve(partOf(deployment, { now, of, index: 0 })),
    rest: () => Promise.resolve(),
  };
  return submitParts(asking, of, wishes);
}

it("everything is asked for when nobody asked before", async () => {
  expect(await run(undefined, delivered)).toEqual({ asked: parts, before: 0, taken: 0, stopped: undefined });
});

const without = new Set<State>(["refused", "rejected", "vetoed", "cancelled", "expired", "reverted"]);

it.each(states.filter((state) => !without.has(state)))("what is %s is not asked for again", async (state) => {
  expect(await run(state, delivered)).toEqual({ asked: parts - 1, before: 1, taken: 0, stopped: undefined });
});

it.each([...without])("what was %s pays nobody, and is asked for again", async (state) => {
  expect(await run(state, delivered)).toEqual({ asked: parts, before: 0, taken: 0, stopped: undefined });
});

it("what the gate holds for an earlier request is counted by itself, and not as asked for before", async () => {
  expect(await run("refused", partTaken)).toEqual({ asked: 0, before: 0, taken: parts, stopped: undefined });
});

it("any other refusal ends the run", async () => {
  const stopped: Posted = { ...partTaken, code: "distribution.amount" };
  expect(await run("final", stopped)).toEqual({ asked: 0, before: 1, taken: 0, stopped });
});

const holder = address.parse(holderOf(0));

it("no document is drafted that gives the account which pays it a part", () => {
  const draft = (ineligible: readonly address.Address[]): unknown =>
    draftDistribution({
      policy: compile(yieldPolicy()),
      roster: indexRoster(rosterOf([deployment.key])),
      record: { number: 5, hash: idOf("block 5") },
      previous: null,
      pool: amount.fromBigInt(1_000n),
      holders: [holder, deployment.key.account].map((one) => ({ address: one, balance: amount.fromBigInt(1n) })),
      ineligible,
    });
  expect(() => draft([])).toThrow("cannot pay itself");
  expect(draft([deployment.key.account])).toMatchObject({ document: { ineligible: [deployment.key.account] } });
});
