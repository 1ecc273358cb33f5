/** One word about many requests as a client makes it: of nothing but what the requests themselves say. */
import { describe, expect, it } from "vitest";
import { batchMessage, checkBatch } from "../../../src/sdk/batch.ts";
import { weigh } from "../../../src/gate/batch.ts";
import { sentence } from "../../../src/intent/words.ts";
import type { Shown } from "../../../src/sdk/approval.ts";
import type { PolicyView, RosterView } from "../../../src/request/api.ts";
import { toWire } from "../../../src/values/wire.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { batchPolicy, legsOf, submissionIn } from "../../place/batch.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";

const deployment = goldDeployment({ policy: batchPolicy() });
const policies = [
  {
    asset: parseName("GLD"),
    hash: deployment.policyHash,
    version: 1,
    document: toWire(deployment.policy),
  } satisfies PolicyView,
];
const genesis = (deployment.file as { genesis: { roster: unknown } }).genesis;
const roster = { hash: deployment.rosterHash, version: 1, document: genesis.roster } as RosterView;
const views = (amounts: readonly number[]): readonly Shown[] =>
  legsOf(deployment, 1_800_000_000, amounts).map((leg) => {
    const submission = submissionIn(leg);
    return {
      requestId: submission.requestId,
      initiator: parseName("ida"),
      submission: toWire(submission),
      words: sentence(submission, 18),
    };
  });
const vote = { policies, roster, decision: "approve", expiresAt: 1_800_000_900, batchId: idOf("batch") } as const;
const three = views([400, 300, 500]);

describe("a batch as a client makes it", () => {
  it("is what the requests come to, in whichever order they are named", () => {
    const { message, document } = batchMessage(three, vote);
    expect(message).toMatchObject({ decision: "approve", count: 3, totalText: "1,200 GLD", batchId: idOf("batch") });
    expect(message).toMatchObject({ policyHash: deployment.policyHash, rosterHash: deployment.rosterHash });
    expect(batchMessage(three.toReversed(), vote)).toEqual({ message, document });
    const submissions = legsOf(deployment, 1_800_000_000, [400, 300, 500]).map(submissionIn);
    expect(message.merkleRoot).toBe(weigh(submissions, 18).merkleRoot);
    expect(checkBatch(three, policies).requests.map(({ submission }) => submission.requestId)).toEqual(
      document.legs.map(({ requestId }) => requestId),
    );
  });

  it.each<[string, (one: Shown) => Shown]>([
    ["another amount", (one) => ({ ...one, submission: { ...(one.submission as object), amount: "1" } })],
    ["other words", (one) => ({ ...one, words: "mint 1 GLD" })],
    ["another id", (one) => ({ ...one, requestId: idOf("another") })],
  ])("is not made of a request that is shown with %s", (_, lie) => {
    const [first, ...rest] = three;
    expect(() => batchMessage([lie(first!), ...rest], vote)).toThrow("nothing is signed");
  });

  it("reads the policy once, however many requests there are", () => {
    const readings = (views: readonly Shown[]): number => {
      let read = 0;
      const view = {
        ...policies[0]!,
        get document() {
          read += 1;
          return toWire(deployment.policy);
        },
      };
      checkBatch(views, [view]);
      return read;
    };
    expect(readings(three)).toBe(readings(three.slice(1)));
  });

  it("names no request twice, and at least two", () => {
    expect(() => batchMessage([...three, three[0]!], vote)).toThrow("is named twice");
    for (const few of [[], three.slice(1, 2)])
      expect(() => batchMessage(few, vote)).toThrow("a batch has at least 2 requests; one is approved by itself");
  });

  it("is not made under documents that are not what they are called", () => {
    const other = [{ ...policies[0]!, hash: idOf("policy") }];
    expect(() => batchMessage(three, { ...vote, policies: other })).toThrow("nothing is signed");
    expect(() => batchMessage(three, { ...vote, roster: { ...roster, hash: idOf("roster") } })).toThrow(
      "nothing is signed",
    );
  });
});
