/** Step 8 of signing under attack: no signature before enough witnesses cosigned the permit's leaf, and none over a journal that was put back. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  format,
  logSignature,
  noteToSign,
  originOf,
  parse,
  unsigned,
  withSignature,
} from "../../../src/log/checkpoint.ts";
import { cosignatureLine, cosignatureToSign } from "../../../src/log/cosignature.ts";
import { consistencyProof, rootAt } from "../../../src/log/merkle.ts";
import { format as formatAdd } from "../../../src/log/add-checkpoint.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { amountSchema } from "../../../src/values/schema.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { cosignedHead as headWith, witnessOf } from "../../place/cosigning.ts";
import { approvedMint, bringEvidence, fees, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, sightings, submission } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";
import {
  firstWitness,
  noteSigner,
  witnessesOf,
  witnessKey,
  type NoteSigner,
  type WitnessPlace,
} from "../../place/witness.ts";

const second = "witness.example/w2";
const deployment = goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } });
const two = goldDeployment({ overrides: { witnesses: witnessesOf(2, firstWitness, second) } });

let place: GatePlace;
let witness: WitnessPlace;
const opened: GatePlace[] = [];

function open(...given: Parameters<typeof openPlace>): GatePlace {
  const one = openPlace(...given);
  opened.push(one);
  return one;
}

beforeEach(async () => {
  place = open(deployment);
  witness = witnessOf(deployment);
  await bringEvidence(place);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const cosignedHead = (at: GatePlace = place, by: WitnessPlace = witness): Promise<string | undefined> =>
  headWith(at, by);

async function cosign(at: GatePlace = place, by: WitnessPlace = witness): Promise<void> {
  expect((await at.witnessed((await cosignedHead(at, by))!)).kind).toBe("witnessed");
}

/** A line over any checkpoint: what a witness without scruples would give. */
function lineBy(key: NoteSigner, checkpoint: string, at = place.now): ReturnType<typeof cosignatureLine> {
  const when = parseInstant(at);
  const message = cosignatureToSign(parse(checkpoint).checkpoint, when);
  return cosignatureLine(key, { at: when, signature: fromBytes(key.sign(message)) });
}

const kindOf = async (said: Envelope, at: GatePlace = place): Promise<string> =>
  (await at.sign(requestIdOf(said))).kind;
const codeOf = (answer: object): string => ("code" in answer ? String(answer.code) : "none");

/** To the point where the permit is written and waits. */
async function waiting(reference = "DEPOSIT-42"): Promise<Envelope> {
  const said = await approvedMint(place, { intent: { reference } });
  expect(await kindOf(said)).toBe("needs-cosignature");
  return said;
}

describe("a permit", () => {
  beforeEach(() => cosign());

  test("waits for the witness, with its nonce, and is signed once its leaf is cosigned", async () => {
    const said = await waiting();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: 0 });
    expect(place.backend.asked()).toBe(0);
    await cosign();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 0 });
    expect(place.backend.asked()).toBe(1);
  });

  test("is not signed on a checkpoint from before it, however fresh", async () => {
    const before = (await cosignedHead())!;
    const said = await waiting();
    expect((await place.witnessed(before)).kind).toBe("witnessed");
    expect(await kindOf(said)).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(0);
  });

  test("is not signed on a checkpoint of all leaves but its own", async () => {
    const said = await waiting();
    const leaf = place.journal.size() - 1;
    expect(place.journal.leaves(leaf, 1).map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([
      expect.stringContaining('"kind":"permit"') as string,
    ]);
    const origin = originOf(deployment.deploymentId);
    const log = noteSigner(origin, "log");
    const bare = unsigned({ origin, size: leaf, root: rootAt(leaf, place.journal.node) });
    const signed = withSignature(bare, logSignature(log, fromBytes(log.sign(noteToSign(bare.checkpoint)))));
    const cosigned = format(withSignature(signed, lineBy(witness.key, format(signed))));
    expect(await place.witnessed(cosigned)).toMatchObject({ kind: "witnessed", size: leaf });
    expect(await kindOf(said)).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(0);
  });

  test("and two others are signed on one checkpoint", async () => {
    const all = [await waiting("DEPOSIT-1"), await waiting("DEPOSIT-2"), await waiting("DEPOSIT-3")];
    await cosign();
    for (const said of all) expect(await kindOf(said)).toBe("signed");
    expect(place.backend.asked()).toBe(3);
  });

  test("that is cosigned is not signed over a freeze or an end that came meanwhile", async () => {
    const said = await waiting();
    const freeze = { scope: "asset", target: "GLD", reason: "stop", freezeId: `0x${"07".repeat(32)}` };
    expect((await place.admit(sign("otto", deployment.deploymentId, "Freeze", freeze))).kind).toBe("admitted");
    await cosign();
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.frozen");
    expect(place.backend.asked()).toBe(0);
  });

  test("of a filler waits for the witness as any other", async () => {
    const said = await waiting();
    place.now = Number(said.message["expiresAt"]);
    expect((await place.fill(requestIdOf(said))).kind).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(0);
    await cosign();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "signed", nonce: 0 });
    expect(place.backend.asked()).toBe(1);
  });

  test("of a filler is not even written before a witness spoke since the start", async () => {
    const said = await waiting();
    place.now = Number(said.message["expiresAt"]);
    await place.reopen();
    const before = place.journal.size();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    expect(place.journal.size()).toBe(before);
  });

  test("that was cosigned before the gate started reaches no token before a witness spoke since", async () => {
    const said = await waiting();
    await cosign();
    place.now += 1;
    await place.reopen();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    expect(place.backend.asked()).toBe(0);
    await cosign();
    expect(await kindOf(said)).toBe("signed");
    place.now += 1;
    await place.reopen();
    expect(await kindOf(said)).toBe("signed");
    expect(place.backend.asked()).toBe(1);
  });

  test("for a dearer transaction waits anew", async () => {
    const said = await waiting();
    await cosign();
    expect(await kindOf(said)).toBe("signed");
    const dearer = {
      ...fees,
      maxFeePerGas: amountSchema.parse("4000000000"),
      maxPriorityFeePerGas: amountSchema.parse("2000000000"),
    };
    const replace = { verb: "sign", requestId: requestIdOf(said), fees: dearer, replace: true } as const;
    expect((await place.gate.answer(replace)).kind).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(1);
    await cosign();
    expect(await kindOf(said)).toBe("signed");
    expect(place.backend.asked()).toBe(2);
  });
});

describe("a checkpoint", () => {
  let said: Envelope;
  let head: string;
  beforeEach(async () => {
    await cosign();
    said = await waiting();
    head = (await place.head()).checkpoint;
  });

  const refused = async (text: string, code: string): Promise<void> => {
    expect(codeOf(await place.witnessed(text))).toBe(code);
    expect(await kindOf(said)).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(0);
  };

  test("without a cosignature counts for nothing", () => refused(head, "checkpoint.not-cosigned"));

  test("cosigned by a stranger counts for nothing, under a witness's name too", async () => {
    await refused(format(withSignature(parse(head), lineBy(witnessKey(second), head))), "checkpoint.not-cosigned");
    const impostor = noteSigner(firstWitness, "impostor");
    await refused(format(withSignature(parse(head), lineBy(impostor, head))), "checkpoint.not-cosigned");
    const renamed = { ...lineBy(impostor, head), keyId: lineBy(witness.key, head).keyId };
    await refused(format(withSignature(parse(head), renamed)), "checkpoint.not-cosigned");
  });

  test("with the witness's line of another checkpoint counts for nothing", async () => {
    const older = parse(witness.newest()!);
    const [, line] = older.signatures;
    await refused(format(withSignature(parse(head), line!)), "checkpoint.not-cosigned");
    expect((await place.witnessed(format(older))).kind).toBe("witnessed");
    expect(await kindOf(said)).toBe("needs-cosignature");
  });

  test("with a time that was not signed counts for nothing", async () => {
    const line = lineBy(witness.key, head);
    const moved = { ...line, signature: `0x${"00".repeat(8)}${line.signature.slice(18)}` as const };
    await refused(format(withSignature(parse(head), moved)), "checkpoint.not-cosigned");
  });

  test("that the log key did not sign is nobody's, and stops nothing", async () => {
    const bare = parse(head);
    const cosigned = withSignature(bare, lineBy(witness.key, head));
    await refused(format({ ...cosigned, signatures: cosigned.signatures.slice(1) }), "checkpoint.foreign");
    const longer = { ...cosigned, checkpoint: { ...cosigned.checkpoint, size: cosigned.checkpoint.size + 5 } };
    await refused(format(longer), "checkpoint.foreign");
    await refused("no checkpoint", "checkpoint.foreign");
    await cosign();
    expect(await kindOf(said)).toBe("signed");
  });

  test("needs as many witnesses as the genesis asks for", async () => {
    const both = open(two);
    await bringEvidence(both);
    const [one, other] = [witnessOf(two), witnessOf(two, second)];
    const alone = (await cosignedHead(both, one))!;
    expect(codeOf(await both.witnessed(alone))).toBe("checkpoint.not-cosigned");
    const [, line] = parse((await cosignedHead(both, other))!).signatures;
    expect(await both.witnessed(format(withSignature(parse(alone), line!)))).toMatchObject({
      kind: "witnessed",
      by: [firstWitness, second],
      afresh: true,
    });
  });

  test("of a deployment without witnesses is not asked for", async () => {
    const none = open();
    expect(codeOf(await none.witnessed((await none.head()).checkpoint))).toBe("checkpoint.no-witness");
    await bringEvidence(none);
    expect(await kindOf(await approvedMint(none), none)).toBe("signed");
  });
});

describe("a gate that starts", () => {
  test("ties nothing to a nonce before a witness has spoken since", async () => {
    const said = await approvedMint(place);
    const before = place.journal.size();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    expect(place.journal.size()).toBe(before);
    await cosign();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: 0 });
  });

  test("does not take an earlier word for it, though it is of the same leaves", async () => {
    const replayed = (await cosignedHead())!;
    await place.witnessed(replayed);
    place.now += 10;
    await place.reopen();
    const said = await approvedMint(place);
    expect(await place.witnessed(replayed)).toMatchObject({ kind: "witnessed", afresh: false });
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    await cosign();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: 0 });
  });
});

describe("a journal that was put back", () => {
  let folder: string;
  let copy: string;
  let first: Envelope;
  let other: Envelope;
  /** Every cosigned checkpoint that was ever made: a hostile serve has kept them all. */
  let kept: string[];

  const keep = async (): Promise<void> => {
    const text = (await cosignedHead())!;
    kept.push(text);
    expect((await place.witnessed(text)).kind).toBe("witnessed");
  };

  /** Two approved requests, a copy, one mint, and the copy is put back. */
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "countersign-copy-"));
    copy = join(folder, "journal.sqlite");
    kept = [];
    await keep();
    first = await approvedMint(place, { intent: { reference: "DEPOSIT-1" } });
    other = await approvedMint(place, { intent: { reference: "DEPOSIT-2" } });
    await keep();
    await place.reopen(() => {
      copyFileSync(place.journalFile, copy);
    });
    place.now += 1;
    await keep();
    expect(await kindOf(first)).toBe("needs-cosignature");
    await keep();
    expect(await kindOf(first)).toBe("signed");
    await keep();
    expect(place.backend.asked()).toBe(1);
    place.now += 30;
    await place.reopen(() => {
      copyFileSync(copy, place.journalFile);
    });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Everything a hostile serve can do: all it kept, all that the witness may be talked into, and the request again. */
  async function attack(said: Envelope): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      expect((await place.sign(requestIdOf(said))).kind).not.toBe("signed");
      // Only those that do not show the gate that its journal is old.
      for (const text of kept) if (parse(text).checkpoint.size <= place.journal.size()) await place.witnessed(text);
      const { checkpoint, size } = await place.head();
      for (let oldSize = 0; oldSize <= size; oldSize += 1) {
        const proof = consistencyProof(oldSize, size, place.journal.node);
        expect((await witness.add(formatAdd({ oldSize, proof, checkpoint }))).kind).not.toBe("cosigned");
      }
      place.now += 5;
    }
    expect((await place.sign(requestIdOf(said))).kind).not.toBe("signed");
    expect(place.backend.asked()).toBe(1);
  }

  test("signs nothing with the next nonce, without observations", async () => {
    await attack(other);
    await attack(first);
  });

  test("signs nothing with the next nonce, with observations of before and of after", async () => {
    await bringEvidence(place, { nonce: "0" }, 11);
    await attack(other);
    await bringEvidence(place, { nonce: "1" }, 12);
    await attack(other);
    await attack(first);
  });

  test("signs nothing even where the hostile serve finds a word of the same second", async () => {
    place.now -= 31;
    await place.reopen(() => {
      copyFileSync(copy, place.journalFile);
    });
    for (const text of kept) if (parse(text).checkpoint.size < place.journal.size()) await place.witnessed(text);
    expect(await place.sign(requestIdOf(other))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    await attack(other);
  });

  test("stops when it is shown a longer log of its own, and stays stopped", async () => {
    const answer = await place.witnessed(kept.at(-1)!);
    expect(answer).toMatchObject({ code: "checkpoint.not-ours" });
    expect("message" in answer && answer.message).toContain("it was put back to an earlier state");
    expect(codeOf(await place.sign(requestIdOf(other)))).toBe("gate.stopped");
    await place.reopen();
    expect(codeOf(await place.sign(requestIdOf(other)))).toBe("gate.stopped");
    await attack(other);
  });

  test("stops when it is shown another history of as many leaves", async () => {
    while (place.journal.size() < parse(kept.at(-1)!).checkpoint.size)
      for (const one of sightings(deployment, { blockNumber: 11, blockTime: place.now })) {
        await place.admit(one);
        await place.admit(
          submission(deployment, { now: place.now, intent: { reference: `MORE-${place.journal.size()}` } }),
        );
      }
    const answer = await place.witnessed(kept.at(-1)!);
    expect("message" in answer && answer.message).toContain("another history");
    expect(codeOf(await place.sign(requestIdOf(other)))).toBe("gate.stopped");
  });

  test("goes on where the newer journal is put in its place again", async () => {
    // The same without the copy: nothing but the roll-back was refused.
    const whole = open(deployment);
    await bringEvidence(whole);
    const fresh = witnessOf(deployment);
    await cosign(whole, fresh);
    const said = await approvedMint(whole);
    await whole.sign(requestIdOf(said));
    await whole.reopen();
    await cosign(whole, fresh);
    expect(await kindOf(said, whole)).toBe("signed");
  });
});

describe("a journal that was put back to a cosigned permit without its signature", () => {
  test("signs nothing of a request that was rejected since, when serve keeps the witness's word to itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-copy-"));
    const copy = join(folder, "journal.sqlite");
    const kept: string[] = [];
    const keep = async (): Promise<void> => {
      kept.push((await cosignedHead())!);
      expect((await place.witnessed(kept.at(-1)!)).kind).toBe("witnessed");
    };
    await keep();
    const said = await waiting();
    await keep();
    await place.reopen(() => {
      copyFileSync(place.journalFile, copy);
    });
    place.now += 10;
    await keep();
    const no = { decision: "reject", reason: "wrong receipt" } as const;
    expect((await place.admit(approval(deployment, said, "carla", no))).kind).toBe("admitted");
    await keep();
    place.now += 10;
    await place.reopen(() => {
      copyFileSync(copy, place.journalFile);
    });
    for (const text of kept) if (parse(text).checkpoint.size < place.journal.size()) await place.witnessed(text);
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "needs-cosignature", nonce: null });
    expect(await cosignedHead()).toBeUndefined();
    expect(await kindOf(said)).toBe("needs-cosignature");
    expect(place.backend.asked()).toBe(0);
    rmSync(folder, { recursive: true });
  });
});
