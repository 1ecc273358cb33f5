/** A request that its quorum cancelled though it may be signed: it stays so, whoever leaves the roster before its nonce is closed. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signStatement } from "../../../src/adapters/credential/credential.ts";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import { checkLanes } from "../../../src/gate/lanes-from-log.ts";
import type { GateAnswer, Health } from "../../../src/gate/wire.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { bundleOf, logOf } from "../../place/bundle-maker.ts";
import {
  approvedMint,
  bringEvidence,
  busy,
  fees,
  moodyBackend,
  openPlace,
  requestIdOf,
  unavailable,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { rawOf } from "../../place/outcome.ts";
import { sign as signAs, type PersonId } from "../../place/people.ts";
import { dropFirst, nextRoster, spare, spareDeployment } from "../../place/spare.ts";

const deployment = spareDeployment();
const { deploymentId } = deployment;
const dearer = { maxFeePerGas: amount.parse("2250000000"), maxPriorityFeePerGas: amount.parse("1125000000") };
const dearest = { maxFeePerGas: amount.parse("2600000000"), maxPriorityFeePerGas: amount.parse("1300000000") };
const cancelled = { kind: "refused", code: "gate.cancelled" } as const;
const rebuilt = join(tmpdir(), `countersign-cancelled-${process.pid}.sqlite`);

let place: GatePlace;
let backend: Moody;

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(deployment, backend);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
});

const wordsOf = ({ message: { requestId, intentHash } }: Envelope): Parameters<typeof signStatement>[3] => ({
  requestId: requestId ?? null,
  intentHash: intentHash ?? null,
  reason: "wrong recipient",
});

async function cancel(said: Envelope, ...people: readonly PersonId[]): Promise<void> {
  for (const by of people)
    expect(await place.admit(signAs(by, deploymentId, "Cancellation", wordsOf(said)))).toMatchObject({
      kind: "admitted",
    });
}

function replaceIt(requestId: Bytes32): Promise<GateAnswer> {
  return place.gate.answer({ verb: "sign", requestId, fees: { ...fees, ...dearest }, replace: true });
}

/** A mint that a token may have signed. */
async function inDoubt(): Promise<Envelope> {
  const said = await approvedMint(place);
  backend.mood = unavailable;
  expect((await place.sign(requestIdOf(said))).kind).toBe("signing");
  backend.mood = undefined;
  return said;
}

async function signed(): Promise<Envelope> {
  const said = await approvedMint(place);
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  return said;
}

describe("after the last of those who cancelled it lost the credential they did it with", () => {
  test("a request in doubt is not signed, and its nonce is closed", async () => {
    const said = await inDoubt();
    await cancel(said, "carla", "chris");
    expect(await place.sign(requestIdOf(said))).toMatchObject(cancelled);
    await dropFirst(place, deployment);
    expect(await place.sign(requestIdOf(said))).toMatchObject(cancelled);
    await place.reopen();
    expect(await place.sign(requestIdOf(said))).toMatchObject(cancelled);
    expect(rawOf(await place.fill(requestIdOf(said))).transaction).toMatchObject({ nonce: 0, data: "0x" });
  });

  test("a request that was signed gets no dearer transaction but the one that overrules it", async () => {
    const said = await signed();
    await cancel(said, "carla", "chris");
    await dropFirst(place, deployment);
    expect(await replaceIt(requestIdOf(said))).toMatchObject(cancelled);
    expect(rawOf(await place.fill(requestIdOf(said), dearer)).transaction).toMatchObject({ nonce: 0, data: "0x" });
  });

  test("a filler that waits for its signature is handed out", async () => {
    const said = await signed();
    await cancel(said, "carla", "chris");
    backend.mood = busy;
    expect((await place.fill(requestIdOf(said), dearer)).kind).toBe("signing");
    backend.mood = undefined;
    await dropFirst(place, deployment);
    expect((await place.fill(requestIdOf(said), dearer)).kind).toBe("signed");
    expect((await place.fill(requestIdOf(said), dearest, true)).kind).toBe("signed");
  });

  test("its bundle, the lanes of the log and a journal from the log say the same as the gate", async () => {
    const said = await signed();
    const requestId = requestIdOf(said);
    await cancel(said, "carla", "chris");
    await dropFirst(place, deployment);
    expect((await place.fill(requestId, dearer)).kind).toBe("signed");
    const { bundle, genesis } = await bundleOf(place, requestId);
    expect(verifyBundle(bundle, genesis, nativeChecks())).toMatchObject({ kind: "verified" });
    const log = logOf(place).map(({ index, entry }) => ({ index, entry: entrySchema.parse(entry) }));
    expect(checkLanes(log, nativeChecks()).faults).toEqual([]);
    const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
    const journal = openJournal(rebuilt);
    try {
      const clock = { now: () => parseInstant(place.now + 60) };
      const parts = { journal, genesisFile: deployment.file, clock, checks: nativeChecks() };
      restoreJournal(parts, { leaves, root: rootAt(leaves.length, place.journal.node) });
      expect(journal.cancelledBy(requestId)).toHaveLength(2);
      expect(journal.cancelledBy(requestId)).toEqual(place.journal.cancelledBy(requestId));
    } finally {
      journal.close();
    }
  });
});

test("is not cancelled by what filled no seats when it was said, until somebody says it again", async () => {
  const said = await inDoubt();
  const id = requestIdOf(said);
  await cancel(said, "chris");
  const people = deployment.roster.people.map((one) => (one.id === "chris" ? { ...one, groups: [] } : one));
  const without = await nextRoster(place, {
    deploymentId,
    before: deployment.roster,
    people,
    class: "tighten",
    by: ["otto"],
  });
  await cancel(said, "carla");
  expect(await place.fill(id)).toMatchObject({ kind: "refused", code: "gate.not-ended" });
  await nextRoster(place, {
    deploymentId,
    before: without,
    people: deployment.roster.people,
    class: "loosen",
    by: ["otto", "olga"],
  });
  place.now += 3_700;
  expect(place.journal.cancelledBy(id)).toEqual([]);
  const again = signStatement(spare, deploymentId, "Cancellation", { ...wordsOf(said), reason: "once more" });
  expect(await place.admit(again)).toMatchObject({ kind: "admitted" });
  expect(place.journal.cancelledBy(id)).toHaveLength(3);
  const third = signStatement(spare, deploymentId, "Cancellation", { ...wordsOf(said), reason: "and again" });
  expect(await place.admit(third)).toMatchObject({ kind: "problem", code: "cancellation.said-before" });
});

test("a nonce that is being closed is asked for in vain by whoever wants a dearer transaction, and the gate goes on", async () => {
  const said = await approvedMint(place, { intent: { expiresAt: place.now + 7_200 } });
  backend.mood = busy;
  await place.sign(requestIdOf(said));
  backend.mood = undefined;
  const { people } = deployment.roster;
  const without = people.filter(({ id }) => id !== "ida");
  const left = await nextRoster(place, {
    deploymentId,
    before: deployment.roster,
    people: without,
    class: "tighten",
    by: ["otto"],
  });
  expect((await place.fill(requestIdOf(said), dearer)).kind).toBe("signed");
  await nextRoster(place, {
    deploymentId,
    before: left,
    people,
    class: "loosen",
    newcomer: "ida",
    by: ["otto", "olga"],
  });
  place.now += 3_700;
  const closing = { kind: "refused", code: "gate.ended", why: "its nonce is being closed" };
  expect(await place.sign(requestIdOf(said))).toMatchObject(closing);
  expect(await replaceIt(requestIdOf(said))).toMatchObject(closing);
  const health = (await place.gate.answer({ verb: "health" })) as Health;
  expect(health.backends.map(({ ready }) => ready)).toEqual([true]);
});
