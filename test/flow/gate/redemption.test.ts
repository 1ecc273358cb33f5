/** Redemption in two legs before the gate: what backs the tokens is released once, for a burn that is final, to where the policy says. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import { checkLanes } from "../../../src/gate/lanes-from-log.ts";
import { isGenuineInstruction } from "../../../src/gate/release.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { documentName, genesisFileSchema } from "../../../src/genesis/genesis.ts";
import { entrySchema, type Instruction } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import { format as formatAdd } from "../../../src/log/add-checkpoint.ts";
import { format, originOf, parse, withSignature } from "../../../src/log/checkpoint.ts";
import { consistencyProof, rootAt } from "../../../src/log/merkle.ts";
import { parseLines } from "../../../src/log/signed-note.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { amountSchema, parseWith } from "../../../src/values/schema.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { hash } from "../../../src/values/json.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bundleOf, take } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  idOf,
  sightings,
  submission,
  units,
} from "../../place/gold.ts";
import { rosterOf, sign, type PersonId } from "../../place/people.ts";
import {
  approvedRedemption,
  askingTwo,
  askRelease,
  delivery,
  redeemingPolicy,
  released,
  seenBurn,
  signedBurn,
  takenBack,
  vault,
} from "../../place/redemption.ts";
import { firstWitness, openWitness, witnessesOf, type WitnessPlace } from "../../place/witness.ts";

const deployment = goldDeployment({ policy: redeemingPolicy() });
const plain = goldDeployment();
const log = parseWith(genesisFileSchema, deployment.file, "test").genesis.log;
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

let place: GatePlace;
beforeEach(async () => {
  place = openPlace(deployment);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

const releases = (at: GatePlace = place): number =>
  at.journal
    .leaves(0, 10_000)
    .map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)))
    .filter(({ kind }) => kind === "release").length;

/** Burned, and final. */
async function burned(intent: Readonly<Record<string, unknown>> = {}): Promise<Envelope> {
  const said = await approvedRedemption(place, intent);
  const txHash = await signedBurn(place, said);
  await seenBurn(place, { txHash });
  return said;
}

async function freezeGold(): Promise<void> {
  const freeze = { scope: "asset", target: "GLD", reason: "stop", freezeId: idOf("freeze") };
  await take(place, sign("otto", deployment.deploymentId, "Freeze", freeze));
}

describe("a destination", () => {
  const verdictOf = async (said: Envelope, at: GatePlace = place): Promise<string> =>
    codeOf(await at.sign(requestIdOf(said)));

  test("that the policy does not name is refused before anything burns", async () => {
    expect(await verdictOf(await approvedRedemption(place, { destination: "my-own-garage" }))).toBe(
      "policy.destination",
    );
    expect(place.backend.asked()).toBe(0);
  });

  test("is asked for where the policy has any", async () => {
    const said = await approvedRedemption(place, { destination: undefined });
    expect(await verdictOf(said)).toBe("policy.destination");
  });

  test("is refused where the policy has none, and a redemption without one burns as ever", async () => {
    const other = openPlace(plain);
    await bringEvidence(other);
    expect(await verdictOf(await approvedRedemption(other), other)).toBe("policy.destination");
    const said = await approvedRedemption(other, { destination: undefined, reference: "RDM-2" });
    const txHash = await signedBurn(other, said);
    await seenBurn(other, { txHash });
    expect(other.journal.allocation(requestIdOf(said))?.outcome).toBe("success");
    expect(codeOf(await askRelease(other, said))).toBe("gate.no-release");
    await other.close();
  });

  test("is part of what people sign", async () => {
    const said = await approvedRedemption(place);
    expect(said.message["details"]).toContain(`destination ${vault}; reference RDM-1; `);
    const moved = String(said.message["details"]).replace(vault, "vault-lon-2");
    const forged = sign("ida", deployment.deploymentId, "Submission", {
      ...said.message,
      requestId: idOf("other"),
      details: moved,
    });
    expect(codeOf(await place.admit(forged))).toBe("submission.intent-hash");
  });
});

describe("a release", () => {
  test("is one instruction under the gate's signature, with everything that was agreed to", async () => {
    const said = await burned();
    const instruction = await released(place, said);
    expect(instruction).toMatchObject({
      requestId: requestIdOf(said),
      destination: vault,
      amountText: "100 GLD",
      reference: "RDM-1",
      policyHash: deployment.policyHash,
      deliveredBy: { group: "compliance", min: 1 },
      deliverBefore: instruction.instant + 72 * 3_600,
    });
    const owner = { deployment: deployment.deploymentId, publicKey: log.publicKey };
    expect(isGenuineInstruction(instruction, owner, nativeChecks())).toBe(true);
    const more = { ...instruction, amount: amountSchema.parse(units(101)) };
    expect(isGenuineInstruction(more, owner, nativeChecks())).toBe(false);
    expect(isGenuineInstruction({ ...instruction, destination: parseName("vault-lon-2") }, owner, nativeChecks())).toBe(
      false,
    );
    const elsewhere = { ...owner, deployment: idOf("another deployment") };
    expect(isGenuineInstruction(instruction, elsewhere, nativeChecks())).toBe(false);
  });

  test("is nothing before the burn is signed, mined, and final for enough observers", async () => {
    const unknown = submission(deployment, { now: place.now });
    expect(codeOf(await askRelease(place, unknown))).toBe("gate.unknown-request");
    const said = await approvedRedemption(place);
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    const txHash = await signedBurn(place, said);
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    await seenBurn(place, { txHash, finalized: false });
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    await seenBurn(place, { txHash, block: 13, by: ["obs-1"] });
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    expect(releases()).toBe(0);
    await seenBurn(place, { txHash, block: 13, by: ["obs-2"] });
    expect((await askRelease(place, said)).kind).toBe("released");
  });

  test("is nothing for a burn that blocks undid, until it is final in another one", async () => {
    const said = await approvedRedemption(place);
    const txHash = await signedBurn(place, said);
    await seenBurn(place, { txHash, block: 12, finalized: false });
    // The blocks are undone: from here on nobody sees it, and what was said of it before is no finality.
    place.now += 30;
    for (const one of sightings(deployment, { blockNumber: 14, blockTime: place.now - 1 })) await place.admit(one);
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    expect(releases()).toBe(0);
    await seenBurn(place, { txHash, block: 16 });
    expect((await released(place, said)).burn).toBe(txHash);
  });

  test("is nothing for a burn that the chain reverted, for good", async () => {
    const said = await approvedRedemption(place);
    const txHash = await signedBurn(place, said);
    await seenBurn(place, { txHash, status: "reverted" });
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    await seenBurn(place, { txHash, block: 13 });
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
    expect(releases()).toBe(0);
  });

  test("is nothing for a transaction that did something else", async () => {
    const said = await approvedRedemption(place);
    const txHash = await signedBurn(place, said);
    await seenBurn(place, { txHash, amount: units(1) });
    expect(place.journal.allocation(requestIdOf(said))?.outcome).toBe("mismatch");
    expect(codeOf(await askRelease(place, said))).toBe("gate.burn-not-final");
  });

  test("is of a redemption, and of nothing else that is final", async () => {
    const mint = await approvedMint(place);
    await place.sign(requestIdOf(mint));
    expect(codeOf(await askRelease(place, mint))).toBe("gate.no-release");
  });

  test("is the same however often it is asked for, and after the gate started anew", async () => {
    const said = await burned();
    const first = await released(place, said);
    place.now += 1_000;
    expect(await released(place, said)).toEqual(first);
    const all = await Promise.all(Array.from({ length: 20 }, () => released(place, said)));
    for (const one of all) expect(one).toEqual(first);
    await place.reopen();
    expect(await released(place, said)).toEqual(first);
    expect(releases()).toBe(1);
  });

  test("of one burn is never another request's, whatever that says", async () => {
    const said = await burned();
    const { burn } = await released(place, said);
    const again = await approvedRedemption(place);
    expect(requestIdOf(again)).toBe(requestIdOf(said));
    const other = await approvedRedemption(place, { destination: "vault-lon-2", reference: "RDM-2" });
    // The first one's burn, seen again: it is not this request's, and settles nothing of it.
    await seenBurn(place, { txHash: burn, block: 15 });
    expect(codeOf(await askRelease(place, other))).toBe("gate.burn-not-final");
    expect(() => {
      place.journal.putBurn({
        requestId: requestIdOf(other),
        burn,
        asset: parseName("GLD"),
        amount: amountSchema.parse("1"),
      });
    }).toThrow("one burn is of one redemption");
    expect(() => {
      place.journal.putRelease(requestIdOf(said), 0);
    }).toThrow("what burned is released once");
    expect(releases()).toBe(1);
  });

  test("is held back by a freeze of the asset, the one that was signed already too", async () => {
    const said = await burned();
    await freezeGold();
    expect(codeOf(await askRelease(place, said))).toBe("gate.frozen");
    expect(releases()).toBe(0);
  });

  test("that was signed already is not handed out again under a freeze", async () => {
    const said = await burned();
    await released(place, said);
    await freezeGold();
    expect(codeOf(await askRelease(place, said))).toBe("gate.frozen");
  });

  describe("of a request that somebody rejected", () => {
    const reject = (said: Envelope): Promise<unknown> =>
      take(place, approval(deployment, said, "chris", { decision: "reject", reason: "wrong vault" }));

    test("is nothing, whether that came before the burn was final or after, until who made it takes it back", async () => {
      const said = await approvedRedemption(place);
      const txHash = await signedBurn(place, said);
      await reject(said);
      await seenBurn(place, { txHash });
      const answer = await askRelease(place, said);
      expect(answer).toMatchObject({ kind: "refused", code: "gate.rejected", why: "chris rejected it: wrong vault" });
      await place.reopen();
      expect(codeOf(await askRelease(place, said))).toBe("gate.rejected");
      expect(releases()).toBe(0);
      await take(place, takenBack(deployment, said));
      expect(codeOf(await askRelease(place, said))).toBe("gate.release-reversed");
    });

    test("is nothing after its expiry either, which alone holds back nothing", async () => {
      const said = await burned();
      await reject(said);
      const other = openPlace(deployment);
      await bringEvidence(other);
      const late = await approvedRedemption(other);
      await seenBurn(other, { txHash: await signedBurn(other, late) });
      for (const at of [place, other]) at.now = Number(late.message["expiresAt"]) + 1;
      expect(codeOf(await askRelease(place, said))).toBe("gate.rejected");
      expect(codeOf(await askRelease(other, late))).toBe("released");
      await other.close();
    });

    test("is not handed out again, though it was signed before", async () => {
      const said = await burned();
      await released(place, said);
      await reject(said);
      expect(codeOf(await askRelease(place, said))).toBe("gate.rejected");
    });
  });

  test("goes to what the policy in force names, not to what one before it did", async () => {
    const said = await burned();
    const next = redeemingPolicy({
      version: 2,
      previous: `sha256:${deployment.policyHash.slice(2)}`,
      redemption: {
        destinations: [{ id: "vault-lon-2", label: "Bank B, London" }],
        delivery: { by: { group: "compliance", min: 1 }, within: "72h" },
      },
    });
    const document = JSON.parse(JSON.stringify(next)) as never;
    const change = {
      documentHash: hash(document),
      version: 2,
      previous: deployment.policyHash,
      class: "loosen",
      reportHash: idOf("report"),
    };
    for (const by of ["otto", "olga"] as const)
      await take(place, sign(by, deployment.deploymentId, "PolicyChange", change), { document, possessions: [] });
    place.now += 3_700;
    expect(codeOf(await askRelease(place, said))).toBe("gate.destination");
    expect(releases()).toBe(0);
  });
});

describe("a redemption that was taken back after its burn", () => {
  test("releases nothing, for ever", async () => {
    const said = await burned();
    for (const by of ["carla", "cora", "ivan"] as const)
      expect(codeOf(await place.admit(takenBack(deployment, said, by)))).toBe("cancellation.not-initiator");
    await take(place, takenBack(deployment, said));
    expect(codeOf(await askRelease(place, said))).toBe("gate.release-reversed");
    await place.reopen();
    expect(codeOf(await askRelease(place, said))).toBe("gate.release-reversed");
    expect(releases()).toBe(0);
    expect(() => {
      place.journal.putRelease(requestIdOf(said), 0);
    }).toThrow("what burned is released once, and not when it was taken back");
  });

  test("is refused once it was released", async () => {
    const said = await burned();
    await released(place, said);
    expect(codeOf(await place.admit(takenBack(deployment, said)))).toBe("cancellation.released");
  });

  test("while it is signed and not final is refused as ever", async () => {
    const said = await approvedRedemption(place);
    await signedBurn(place, said);
    expect(codeOf(await place.admit(takenBack(deployment, said)))).toBe("cancellation.signed");
  });
});

describe("a delivery", () => {
  let said: Envelope;
  let instruction: Instruction;
  beforeEach(async () => {
    said = await burned();
    instruction = await released(place, said);
    place.now += 3_600;
  });
  const say = async (given: Parameters<typeof delivery>[2] = {}): Promise<string> =>
    codeOf(await place.admit(delivery(deployment, instruction, given)));

  test("closes the redemption when somebody says so whom the policy names", async () => {
    expect(place.journal.redemption(requestIdOf(said))).toMatchObject({ deliveredAsOf: undefined });
    expect(await say()).toBe("admitted");
    expect(place.journal.redemption(requestIdOf(said))).toMatchObject({
      deliveredAsOf: instruction.instant + 1,
      burn: instruction.burn,
    });
    expect(await say({ asOf: place.now, reference: "WAYBILL-2" })).toBe("delivery.closed");
  });

  test.each(["ida", "carla", "otto", "vault-auditor"] as const satisfies readonly PersonId[])(
    "counts of nobody else: %s",
    async (by) => {
      expect(await say({ by })).toBe("delivery.not-entitled");
    },
  );

  test("is of this burn, of now, and of after the release", async () => {
    expect(await say({ burn: idOf("another burn") })).toBe("delivery.burn");
    expect(await say({ requestId: idOf("another request") })).toBe("delivery.not-released");
    expect(await say({ asOf: place.now + 61 })).toBe("delivery.future");
    expect(await say({ asOf: instruction.instant - 1 })).toBe("delivery.early");
    expect(await say({ asOf: instruction.instant })).toBe("admitted");
  });

  test("is nothing before there is a release", async () => {
    const next = await approvedRedemption(place, { reference: "RDM-2" });
    const fake = { ...instruction, requestId: requestIdOf(next) };
    expect(codeOf(await place.admit(delivery(deployment, fake)))).toBe("delivery.not-released");
  });
});

test("a delivery takes as many people as the policy asks for, each once", async () => {
  const { other, said, instruction, say } = await askingTwo();
  expect(await say("carla", instruction.instant + 40)).toBe("admitted");
  expect(await say("carla", instruction.instant + 41)).toBe("delivery.said-before");
  expect(other.journal.redemption(requestIdOf(said))?.deliveredAsOf).toBeUndefined();
  expect(await say("chris", instruction.instant + 30)).toBe("admitted");
  expect(other.journal.redemption(requestIdOf(said))?.deliveredAsOf).toBe(instruction.instant + 40);
  await other.close();
});

test("a delivery counts for ever of who said it once, and a second time under no other credential", async () => {
  const { both, other, said, instruction, say } = await askingTwo();
  expect(await say("carla", instruction.instant + 40)).toBe("admitted");
  // Carla's credential goes; hers is now the one that was omar's.
  const roster = rosterOf([both.key]);
  const credentials = roster.people.find(({ id }) => id === "omar")!.credentials;
  const people = roster.people
    .filter(({ id }) => id !== "omar")
    .map((one) => (one.id === "carla" ? { ...one, credentials } : one));
  const document = toWire({ ...roster, version: 2, previous: documentName(both.rosterHash), people });
  const documentHash = hash(document);
  const possession = { holder: "carla", credential: credentials[0]!.id, documentHash };
  const possessions = [toWire(sign("omar", both.deploymentId, "Possession", possession))];
  const change = { documentHash, version: 2, previous: both.rosterHash, class: "loosen", reportHash: idOf("report") };
  for (const by of ["otto", "olga"] as const)
    await take(other, sign(by, both.deploymentId, "RosterChange", change), { document, possessions });
  other.now += 3_601;
  expect(await say("omar", instruction.instant + 41)).toBe("delivery.said-before");
  expect(other.journal.redemption(requestIdOf(said))?.deliveredAsOf).toBeUndefined();
  expect(await say("chris", instruction.instant + 30)).toBe("admitted");
  expect(other.journal.redemption(requestIdOf(said))?.deliveredAsOf).toBe(instruction.instant + 40);
  const { bundle, genesis } = await bundleOf(other, requestIdOf(said));
  const verdict = verifyBundle(bundle, genesis, nativeChecks());
  const told = verdict.kind === "wrong" ? verdict : verdict.report.redemption?.delivered;
  expect(told).toMatchObject([{ person: "carla" }, { person: "chris" }]);
  await other.close();
});

describe("what is owed to those who redeemed", () => {
  const supply = units(9_900);
  /** Reserves of 10,000 as the attestor counted them at a time. */
  const counted = async (asOf: number, reserves: string, sequence: number): Promise<void> => {
    await take(place, attestation(deployment, place.now, { reserves, asOf, sequence }));
  };
  const mintOf = async (whole: number, reference: string, block: number): Promise<string> => {
    for (const one of sightings(deployment, { blockNumber: block, blockTime: place.now - 1 }, { supply, nonce: "1" }))
      await place.admit(one);
    return codeOf(
      await place.sign(requestIdOf(await approvedMint(place, { intent: { amount: units(whole), reference } }))),
    );
  };

  test("backs no mint until the reserves were counted after the delivery", async () => {
    const said = await burned();
    // 100 were burned: the supply is 9,900, and the 10,000 that were counted are not all there for a mint.
    expect(await mintOf(1, "D-1", 20)).toBe("policy.reserves-short");
    const instruction = await released(place, said);
    expect(await mintOf(1, "D-2", 21)).toBe("policy.reserves-short");
    place.now += 600;
    await counted(place.now - 300, units(10_000), 2);
    await take(place, delivery(deployment, instruction, { asOf: place.now - 100 }));
    expect(await mintOf(1, "D-3", 22)).toBe("policy.reserves-short");
    await counted(place.now - 50, units(9_900), 3);
    expect(await mintOf(1, "D-4", 23)).toBe("policy.reserves-short");
    await counted(place.now - 40, units(9_901), 4);
    expect(await mintOf(1, "D-5", 24)).toBe("signed");
  });

  test("is nothing once it was taken back: what backed it stays, and may back a mint to the holder", async () => {
    const said = await burned();
    await take(place, takenBack(deployment, said));
    expect(await mintOf(100, "BACK-RDM-1", 20)).toBe("signed");
  });

  test("counts from the allocation of the burn on", async () => {
    await signedBurn(place, await approvedRedemption(place));
    for (const one of sightings(deployment, { blockNumber: 20, blockTime: place.now - 1 }, { supply, nonce: "1" }))
      await place.admit(one);
    const mint = await approvedMint(place, { intent: { amount: units(1) } });
    expect(codeOf(await place.sign(requestIdOf(mint)))).toBe("policy.reserves-short");
  });
});

describe("the log of a redemption", () => {
  async function whole(): Promise<Envelope> {
    const said = await burned();
    const instruction = await released(place, said);
    place.now += 60;
    await take(place, delivery(deployment, instruction));
    await take(place, takenBack(deployment, await burnedNext()));
    return said;
  }
  async function burnedNext(): Promise<Envelope> {
    for (const one of sightings(deployment, { blockNumber: 30, blockTime: place.now - 1 }, { nonce: "1" }))
      await place.admit(one);
    const said = await approvedRedemption(place, { reference: "RDM-2" });
    await seenBurn(place, { txHash: await signedBurn(place, said), nonce: 1, block: 31 });
    return said;
  }

  test("is written again as it is, with the same answers", async () => {
    const said = await whole();
    const folder = mkdtempSync(join(tmpdir(), "countersign-redeemed-"));
    const journal = openJournal(join(folder, "journal.sqlite"));
    const size = place.journal.size();
    const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
    restoreJournal(
      { journal, genesisFile: deployment.file, clock: { now: () => parseInstant(place.now) }, checks: nativeChecks() },
      { leaves, root: rootAt(size, place.journal.node) },
    );
    const second = sign("ida", deployment.deploymentId, "Submission", said.message);
    for (const id of [requestIdOf(second), idOf("RDM-2")])
      expect(journal.redemption(id)).toEqual(place.journal.redemption(id));
    expect(journal.redemption(requestIdOf(said))?.deliveredAsOf).toBeGreaterThan(0);
    journal.close();
    rmSync(folder, { recursive: true });
  });

  test("shows one release of a final burn, and a second one as a fault", async () => {
    await whole();
    const entries = place.journal
      .leaves(0, 10_000)
      .map(({ index, bytes }) => ({ index, entry: entrySchema.parse(decodeLeaf(bytes)) }));
    expect(checkLanes(entries, nativeChecks())).toMatchObject({ released: 1, faults: [] });
    const release = entries.find(({ entry }) => entry.kind === "release")!;
    const outcome = entries.find(({ entry }) => entry.kind === "outcome")!;
    expect(checkLanes([...entries, { ...release, index: 9_999 }], nativeChecks()).faults).toMatchObject([
      { leaf: 9_999, why: "this burn was released before" },
    ]);
    const unsettled = entries.filter(({ index }) => index !== outcome.index);
    expect(checkLanes(unsettled, nativeChecks()).faults).toMatchObject([{ why: "its burn is not final" }]);
  });

  test("gives a bundle that shows both legs, offline", async () => {
    const said = await whole();
    const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
    const verdict = verifyBundle(bundle, genesis, nativeChecks());
    expect(verdict.kind === "wrong" ? verdict : verdict.report.redemption).toMatchObject({
      destination: vault,
      amount: "100 GLD",
      delivered: [{ person: "cora", reference: "WAYBILL-991" }],
    });
  });
});

describe("with witnesses", () => {
  const witnessed = goldDeployment({
    policy: redeemingPolicy(),
    overrides: { witnesses: witnessesOf(1, firstWitness) },
  });
  let watched: GatePlace;
  let witness: WitnessPlace;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "countersign-put-back-"));
    watched = openPlace(witnessed);
    witness = openWitness(firstWitness, { log: { name: originOf(witnessed.deploymentId), publicKey: log.publicKey } });
    await cosign();
    await bringEvidence(watched);
  });
  afterEach(async () => {
    await watched.close();
    rmSync(folder, { recursive: true });
  });

  /** What an honest serve does; answers whether the witness cosigned. */
  async function cosign(): Promise<boolean> {
    const { checkpoint, size } = await watched.head();
    const newest = witness.newest();
    const oldSize = newest === undefined ? 0 : parse(newest).checkpoint.size;
    if (oldSize > size) return false;
    witness.now = watched.now;
    const proof = consistencyProof(oldSize, size, watched.journal.node);
    const answer = await witness.add(formatAdd({ oldSize, proof, checkpoint }));
    if (answer.kind !== "cosigned") return false;
    const text = format(parseLines(answer.lines).reduce(withSignature, parse(checkpoint)));
    return (await watched.witnessed(text)).kind === "witnessed";
  }

  async function burnedThere(): Promise<Envelope> {
    const said = await approvedRedemption(watched);
    expect((await watched.sign(requestIdOf(said))).kind).toBe("needs-cosignature");
    expect(await cosign()).toBe(true);
    await seenBurn(watched, { txHash: await signedBurn(watched, said) });
    expect(await cosign()).toBe(true);
    return said;
  }

  test("no instruction leaves before its leaf is cosigned, and nothing in the log is one", async () => {
    const said = await burnedThere();
    expect(await askRelease(watched, said)).toMatchObject({ kind: "needs-cosignature", nonce: 0 });
    expect(await askRelease(watched, said)).toMatchObject({ kind: "needs-cosignature", nonce: 0 });
    expect(releases(watched)).toBe(1);
    expect(await cosign()).toBe(true);
    const instruction = await released(watched, said);
    const leaves = watched.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
    expect(leaves.join("")).not.toContain(instruction.signature);
  });

  test("nothing is even written before a witness spoke since the start", async () => {
    const said = await burnedThere();
    watched.now += 5;
    await watched.reopen();
    expect(await askRelease(watched, said)).toMatchObject({ kind: "needs-cosignature", nonce: null });
    expect(releases(watched)).toBe(0);
  });

  test("a journal that was put back to before a redemption was taken back releases nothing, whatever serve tries", async () => {
    const said = await burnedThere();
    const copy = join(folder, "journal.sqlite");
    await watched.reopen(() => {
      copyFileSync(watched.journalFile, copy);
    });
    watched.now += 5;
    expect(await cosign()).toBe(true);
    await take(watched, takenBack(witnessed, said));
    expect(await cosign()).toBe(true);
    await watched.reopen(() => {
      copyFileSync(copy, watched.journalFile);
    });
    watched.now += 5;
    for (let round = 0; round < 4; round += 1) {
      expect((await askRelease(watched, said)).kind).not.toBe("released");
      expect(await cosign()).toBe(false);
      await watched.admit(
        sign("otto", witnessed.deploymentId, "Freeze", {
          scope: "key",
          target: "hsm-mint",
          reason: "a leaf more",
          freezeId: idOf(`freeze ${String(round)}`),
        }),
      );
    }
    expect(releases(watched)).toBe(0);
  });
});

test("without witnesses a journal that was put back makes the same release of the same burn again, and no other", async () => {
  const said = await burned();
  const folder = mkdtempSync(join(tmpdir(), "countersign-put-back-"));
  const copy = join(folder, "journal.sqlite");
  await place.reopen(() => {
    copyFileSync(place.journalFile, copy);
  });
  const first = await released(place, said);
  await place.reopen(() => {
    copyFileSync(copy, place.journalFile);
  });
  place.now += 5;
  const again = await released(place, said);
  const { burn, requestId, destination, amount, reference } = first;
  expect(again).toMatchObject({ burn, requestId, destination, amount, reference });
  rmSync(folder, { recursive: true });
});

test("a policy of this language without a redemption hashes as it ever did", () => {
  expect(Object.keys(goldPolicy())).not.toContain("redemption");
});
