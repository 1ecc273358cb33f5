/** A batch as serve shows it: every request of it is woken, names who agreed with proof, and is found by the root. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { BatchTree, isLeg } from "../../../src/gate/batch.ts";
import type { RequestView } from "../../../src/request/api.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { toWire } from "../../../src/values/wire.ts";
import { batchApproval, batchPolicy, documentOf, legsOf, submissionIn } from "../../place/batch.ts";
import { openPlace, requestIdOf } from "../../place/gate.ts";
import { goldDeployment } from "../../place/gold.ts";
import type { PersonId } from "../../place/people.ts";
import { openServe, type ServePlace } from "./place.ts";

const deployment = goldDeployment({ policy: batchPolicy() });
let place: ServePlace;
let legs: readonly Envelope[];

beforeEach(async () => {
  place = await openServe(openPlace(deployment));
  legs = legsOf(deployment, place.gatePlace.now, [400, 300, 500]);
  for (const leg of legs) expect((await place.desk.post(leg, undefined)).kind).toBe("receipt");
  await place.step();
});
afterEach(() => place.close());

async function say(by: PersonId, decision = "approve"): Promise<string> {
  const posted = await place.desk.post(batchApproval(deployment, legs, by, { decision }), toWire(documentOf(legs)));
  return posted.kind;
}

async function viewOf(leg: Envelope): Promise<RequestView> {
  const found = await place.desk.request(requestIdOf(leg));
  if (found.kind !== "found") throw new Error("no such request");
  return found.value as RequestView;
}

const root = (): string => new BatchTree(documentOf(legs).legs).root;

test("three mints are agreed to at once, each says whom it waits for until then, and each is final with a bundle of its own", async () => {
  for (const by of ["carla", "chris"] as const) expect(await say(by)).toBe("receipt");
  await place.step();
  for (const leg of legs) expect((await place.request(leg)).waitsFor).toBe("waits for 1 more of compliance");
  expect(await say("cora")).toBe("receipt");
  await place.settle();
  for (const leg of legs) {
    expect((await place.request(leg)).state).toBe("final");
    const bundle = await place.desk.bundle(requestIdOf(leg));
    if (bundle.kind !== "found") throw new Error("no bundle");
    expect(verifyBundle(bundle.value, deployment.deploymentId, nativeChecks())).toMatchObject({ kind: "verified" });
  }
});

test("each shows who agreed to which batch, with what they signed and the proof that it stands in it", async () => {
  await say("carla");
  for (const leg of legs) {
    const { votes, signed = [], batches = [] } = await viewOf(leg);
    expect(votes).toMatchObject([
      { person: "carla", decision: "approve", reason: "with all of a batch of 3, 1,200 GLD", batch: root() },
    ]);
    const word = readStatement(signed.find(({ kind }) => kind === "BatchApproval"));
    if (word.kind !== "BatchApproval") throw new Error("no such word");
    expect(batches).toHaveLength(1);
    expect(isLeg(submissionIn(leg), word.message, batches[0]!)).toBe(true);
    const other = legs.find((one) => one !== leg)!;
    expect(isLeg(submissionIn(other), word.message, batches[0]!)).toBe(false);
  }
});

test("the requests of a batch are found by its root, page by page, and again after the store is filled anew", async () => {
  await say("carla");
  const listed = async (): Promise<readonly string[]> => {
    const first = await place.desk.requests({ batch: root() as never, limit: 2 });
    const rest = await place.desk.requests({ batch: root() as never, limit: 2, after: first.at(-1)!.requestId });
    return [...first, ...rest].map(({ requestId }) => requestId).sort();
  };
  expect(await listed()).toEqual(legs.map(requestIdOf).sort());
  expect(await place.desk.requests({ batch: `0x${"0".repeat(64)}` as never, limit: 9 })).toEqual([]);
  await place.restart({ forget: true });
  await place.parts.mirror.pull();
  expect(await listed()).toEqual(legs.map(requestIdOf).sort());
});

test("a rejection ends every one of them", async () => {
  await say("carla");
  expect(await say("cyril", "reject")).toBe("receipt");
  await place.settle();
  for (const leg of legs) expect((await place.request(leg)).state).toBe("rejected");
});
