/** Two gates on copies of one journal: the witnesses let on one, the other one's word ends, and what it may have signed is closed by people alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { askedMs, heldMs, quietMs } from "../../../src/gate/word.ts";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import type { Entry } from "../../../src/log/entry.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { cosignedAsIs, cosignedHead, witnessOf } from "../../place/cosigning.ts";
import {
  approvedMint,
  bringEvidence,
  busy,
  moodyBackend,
  openPlace,
  requestIdOf,
  softBackend,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { approval, goldDeployment, idOf, sightings } from "../../place/gold.ts";
import { sign as signAs, type PersonId } from "../../place/people.ts";
import { firstWitness, witnessesOf, type WitnessPlace } from "../../place/witness.ts";

const deployment = goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } });

let folder: string;
let backend: Moody;
let first: GatePlace;
let witness: WitnessPlace;
const opened: GatePlace[] = [];

function open(copied?: string): GatePlace {
  const one = openPlace(deployment, backend, undefined, copied);
  opened.push(one);
  return one;
}

/** A second gate on the journal as it is this moment, while the first one runs. */
async function twin(): Promise<GatePlace> {
  const copy = join(folder, `copy-${String(opened.length)}.sqlite`);
  await first.journal.copyTo(copy);
  const one = open(copy);
  one.now = first.now;
  return one;
}

/** Whether the witness cosigned the gate's log and the gate took it. */
async function cosign(at: GatePlace): Promise<boolean> {
  const text = await cosignedHead(at, witness);
  return text !== undefined && (await at.witnessed(text)).kind === "witnessed";
}

async function answerOf(at: GatePlace, said: Envelope): Promise<string> {
  const answer = await at.sign(requestIdOf(said));
  return "code" in answer ? answer.code : answer.kind;
}

async function fillOf(at: GatePlace, said: Envelope): Promise<string> {
  const answer = await at.fill(requestIdOf(said));
  return "code" in answer ? answer.code : answer.kind;
}

/** A request with its nonce and a cosigned permit, of which the token knows nothing. */
async function permitted(): Promise<Envelope> {
  const said = await approvedMint(first);
  expect(await answerOf(first, said)).toBe("needs-cosignature");
  expect(await cosign(first)).toBe(true);
  return said;
}

const rejection = (said: Envelope): Envelope =>
  approval(deployment, said, "carla", { decision: "reject", reason: "wrong receipt" });

const cancellation = (said: Envelope, by: PersonId): Envelope =>
  signAs(by, deployment.deploymentId, "Cancellation", {
    requestId: requestIdOf(said),
    intentHash: said.message["intentHash"],
    reason: "another gate may have signed it",
  });

function kinds({ journal }: GatePlace): readonly string[] {
  return journal.leaves(0, journal.size()).map(({ bytes }) => {
    const entry = JSON.parse(new TextDecoder().decode(bytes)) as Entry;
    return entry.kind === "run" ? entry.phase : entry.kind;
  });
}

function pass(ms: number): void {
  for (const one of opened) one.now += ms / 1_000;
}

/** Observations are fresh for two minutes, and say no more than before. */
async function look(at: GatePlace, blockNumber: number): Promise<void> {
  for (const one of sightings(deployment, { blockNumber, blockTime: at.now - 2 })) await at.admit(one);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-copies-"));
  backend = moodyBackend();
  first = open();
  witness = witnessOf(deployment);
  await bringEvidence(first);
  expect(await cosign(first)).toBe(true);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

describe("two gates on copies of one journal", () => {
  test("part with the first leaves that they write, and the witness lets on one of them", async () => {
    const said = await approvedMint(first);
    const [one, other] = [await twin(), await twin()];
    expect(await cosign(one)).toBe(true);
    expect(await cosign(other)).toBe(false);
    expect(await answerOf(one, said)).toBe("needs-cosignature");
    expect(await cosign(one)).toBe(true);
    expect(await answerOf(one, said)).toBe("signed");
    for (const gate of [other, first]) expect(await answerOf(gate, said)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(false);
    expect(backend.asked()).toBe(1);
  });

  test("do not take for a stranger's what the other had signed: a filler's nonce is used, and the next is not", async () => {
    const closed = await permitted();
    await first.admit(rejection(closed));
    expect(await fillOf(first, closed)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(true);
    const next = await twin();
    expect(await fillOf(first, closed)).toBe("signed");
    const used = async (nonce: string, blockNumber: number): Promise<number> => {
      const seen = { blockNumber, blockTime: next.now - 2 };
      for (const one of sightings(deployment, seen, { nonce })) await next.admit(one);
      return next.journal.freezes().length;
    };
    expect(await used("1", 12)).toBe(0);
    expect(await used("2", 13)).toBe(1);
  });

  test("are told apart whatever the witness's clock says: an old word is of no new run", async () => {
    const said = await permitted();
    witness.now = first.now + 3_600;
    first.now += 1;
    await first.admit(rejection(said));
    const ahead = (await cosignedAsIs(first, witness))!;
    const copy = await twin();
    expect(await copy.witnessed(ahead)).toMatchObject({ kind: "witnessed", afresh: false });
    expect(await copy.sign(requestIdOf(said))).toMatchObject({ code: "gate.rejected" });
    expect(await copy.fill(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    witness.now = first.now - 3_600;
    expect(await copy.witnessed((await cosignedAsIs(copy, witness))!)).toMatchObject({ afresh: true });
  });

  test("never sign both for a request and for what closes it", async () => {
    const said = await permitted();
    const copy = await twin();
    expect(await cosign(copy)).toBe(true);
    expect((await copy.admit(rejection(said))).kind).toBe("admitted");
    // The first one has its word yet, and might sign: the copy closes nothing by itself, whenever.
    expect(await fillOf(copy, said)).toBe("gate.doubt");
    for (const by of ["chris", "cyril"] as const)
      expect((await copy.admit(cancellation(said, by))).kind).toBe("admitted");
    expect(await copy.fill(requestIdOf(said))).toMatchObject({
      code: "gate.doubt",
      why: "another gate on a copy of this journal might still have it signed: its nonce may be closed in 360 seconds",
    });
    pass(askedMs);
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(false);
    pass(quietMs - askedMs - 1_000);
    expect(await fillOf(copy, said)).toBe("gate.doubt");
    pass(1_000);
    expect(await fillOf(copy, said)).toBe("needs-cosignature");
    expect(await cosign(copy)).toBe(true);
    expect(await fillOf(copy, said)).toBe("signed");
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(backend.asked()).toBe(1);
  });

  test("and of which the first signed in time: the other one's people are told that a signature may exist", async () => {
    const said = await permitted();
    const copy = await twin();
    expect(await cosign(copy)).toBe(true);
    pass(askedMs - 1_000);
    await look(first, 11);
    expect(await answerOf(first, said)).toBe("signed");
    expect((await copy.admit(rejection(said))).kind).toBe("admitted");
    pass(quietMs);
    expect(await fillOf(copy, said)).toBe("gate.doubt");
    expect(backend.asked()).toBe(1);
  });
});

describe("the witnesses' word", () => {
  test("ends, and is had again of a leaf that is there to be cosigned", async () => {
    const said = await permitted();
    pass(askedMs);
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(kinds(first).filter((kind) => kind === "renewed")).toHaveLength(1);
    expect(await cosign(first)).toBe(true);
    await look(first, 11);
    expect(await answerOf(first, said)).toBe("signed");
  });

  test("is asked for by one leaf, however long the witnesses are away", async () => {
    const said = await permitted();
    for (let times = 0; times < 20; times += 1) {
      pass(askedMs);
      expect(await answerOf(first, said)).toBe("needs-cosignature");
    }
    expect(kinds(first).filter((kind) => kind === "renewed")).toHaveLength(1);
    // Back again: the old head's word is old, and what was missing is one leaf more.
    expect(await cosign(first)).toBe(true);
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(kinds(first).filter((kind) => kind === "renewed")).toHaveLength(2);
    expect(await cosign(first)).toBe(true);
    await look(first, 11);
    expect(await answerOf(first, said)).toBe("signed");
  });

  test("is as old as the head that was shown, however late somebody hands it in and whatever the clock does meanwhile", async () => {
    const said = await approvedMint(first);
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    const kept = (await cosignedHead(first, witness))!;
    first.ticks = first.now * 1_000 + askedMs;
    first.now -= 3_600;
    expect((await first.witnessed(kept)).kind).toBe("witnessed");
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(backend.asked()).toBe(0);
  });

  test("ends for a machine that stood still as well, once its clock is right", async () => {
    const said = await permitted();
    first.ticks = first.now * 1_000;
    first.now += askedMs / 1_000;
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(backend.asked()).toBe(0);
  });

  test("is kept young while somebody at a device takes their time, or what they sign is not written", async () => {
    const said = await permitted();
    let answer: (given: BackendAnswer) => void = () => undefined;
    const soft = softBackend();
    const slow = async (permit: Parameters<typeof soft.sign>[0]): Promise<BackendAnswer> => {
      const signed = await soft.sign(permit);
      return await new Promise((resolve) => {
        answer = () => {
          resolve(signed);
        };
      });
    };
    backend.sign = slow;
    const late = first.sign(requestIdOf(said));
    await expect.poll(() => soft.asked()).toBe(1);
    pass(heldMs);
    answer(busy);
    expect((await late).kind).toBe("needs-cosignature");
    expect(kinds(first)).not.toContain("signature");
    expect(first.journal.permits(requestIdOf(said))).toMatchObject([{ doubt: true, signed: undefined }]);
    expect(await cosign(first)).toBe(true);
    await look(first, 11);
    const again = first.sign(requestIdOf(said));
    await expect.poll(() => soft.asked()).toBe(2);
    pass(askedMs);
    expect(await answerOf(first, said)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(true);
    pass(askedMs);
    await look(first, 12);
    answer(busy);
    expect((await again).kind).toBe("signed");
  });

  test("costs a gate that has nothing to sign no leaf", async () => {
    await permitted();
    const before = first.journal.size();
    for (let hour = 0; hour < 24; hour += 1) {
      pass(3_600_000);
      await first.head();
    }
    expect(first.journal.size()).toBe(before);
  });
});

describe("a run", () => {
  test("that ended leaves nothing in doubt: no other gate was ever let sign what it permitted", async () => {
    const said = await permitted();
    expect((await first.admit(rejection(said))).kind).toBe("admitted");
    await first.reopen();
    expect(kinds(first).slice(-2)).toEqual(["ended", "begun"]);
    expect(await cosign(first)).toBe(true);
    expect(await fillOf(first, said)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(true);
    expect(await fillOf(first, said)).toBe("signed");
  });

  test("that broke off leaves what it permitted in doubt, but nothing that a filler closes already", async () => {
    const said = await permitted();
    const closed = await approvedMint(first, { intent: { reference: "D-2" }, requestId: idOf("another") });
    expect(await answerOf(first, closed)).toBe("needs-cosignature");
    for (const one of [said, closed]) expect((await first.admit(rejection(one))).kind).toBe("admitted");
    expect(await fillOf(first, closed)).toBe("needs-cosignature");
    expect(await cosign(first)).toBe(true);
    const next = await twin();
    expect(await cosign(next)).toBe(true);
    expect(await fillOf(next, closed)).toBe("signed");
    expect(await fillOf(next, said)).toBe("gate.doubt");
    for (const by of ["chris", "cyril"] as const) await next.admit(cancellation(said, by));
    pass(quietMs);
    await look(next, 11);
    expect(await fillOf(next, said)).toBe("needs-cosignature");
  });

  test("of a deployment without witnesses leaves no trace", async () => {
    const bare = openPlace(goldDeployment());
    opened.push(bare);
    await bare.reopen();
    expect(kinds(bare)).toEqual(["genesis"]);
  });
});
