/** What attestors and observers say, and what it changes: sequences, subjects, outcomes, and the room that is left. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { outcomeText, type SeenOutcome } from "../../../src/evidence/outcome.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { publicPart, signStatement } from "../../../src/adapters/credential/credential.ts";
import { secretCredential } from "../../../src/adapters/credential/credential-file.ts";
import { max } from "../../../src/values/amount.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { approvedMint, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  idOf,
  observation,
  sightings,
  submission,
  treasury,
  units,
} from "../../place/gold.ts";
import { rosterOf, sign, testSecret } from "../../place/people.ts";

let place: GatePlace;
beforeEach(() => {
  place = openPlace();
});
afterEach(async () => {
  await place.close();
});

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

/** Sightings at block 10 and a word on the reserves, of which one mint of 900 leaves too little for another. */
async function reservesOf(whole: number): Promise<void> {
  for (const envelope of sightings(place.deployment, { blockNumber: 10, blockTime: place.now - 2 }))
    await place.admit(envelope);
  await place.admit(attestation(place.deployment, place.now, { reserves: units(whole) }));
}

/** A mint that was signed, and its hash. */
async function signedMint(reference: string, whole: number): Promise<{ said: Envelope; txHash: string }> {
  const said = await approvedMint(place, {
    intent: { reference, amount: units(whole), expiresAt: place.now + 36_000 },
  });
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") throw new Error(codeOf(answer));
  return { said, txHash: answer.txHash };
}

/** What both observers saw of it in a final block; nothing but what is given differs from what was approved. */
async function seen(mint: { said: Envelope; txHash: string }, given: Partial<SeenOutcome> = {}): Promise<void> {
  const token = place.deployment.policy.token.address;
  const word = (text: string): string => `0x${text.replace(/^0x/, "").padStart(64, "0")}`;
  const topics = [keccak256(utf8("Transfer(address,address,uint256)")), word(address.zero), word(treasury)];
  const log = { address: token, topics, data: word(BigInt(String(mint.said.message["amount"])).toString(16)) };
  const value = outcomeText({
    status: "success",
    from: place.deployment.key.account,
    nonce: 0,
    to: token,
    blockNumber: 11,
    logs: [log] as never,
    ...given,
  });
  const fact = { subject: `tx:${mint.txHash}`, fact: "outcome", value };
  const at = { blockNumber: 12, blockTime: place.now, overrides: { finalized: true } };
  for (const by of ["obs-1", "obs-2"] as const) {
    expect(codeOf(await place.admit(observation(place.deployment, by, fact, at)))).toBe("admitted");
  }
}

const logsOf = (count: number): SeenOutcome["logs"] =>
  Array.from({ length: count }, () => ({
    address: address.parse(`0x${"22".repeat(20)}`),
    topics: [],
    data: `0x${"00".repeat(64)}`,
  })) as never;

describe("a mint that is final above the observed supply", () => {
  const endings = [
    ["as approved", {}, "success"],
    ["not as approved", { logs: [] }, "mismatch"],
    ["with more logs than fit", { logs: logsOf(20) }, "mismatch"],
  ] as const;
  for (const [what, given, outcome] of endings) {
    test(`stays in the headroom when it ended ${what}`, async () => {
      await reservesOf(1000);
      const mint = await signedMint("A", 900);
      await seen(mint, given);
      expect(place.journal.allocation(requestIdOf(mint.said))).toMatchObject({ outcome, outcomeBlock: 11 });
      const next = await approvedMint(place, { intent: { reference: "B", amount: units(900) } });
      expect(codeOf(await place.sign(requestIdOf(next)))).toBe("policy.reserves-short");
    });
  }

  test("gives its room back when it was reverted", async () => {
    await reservesOf(1000);
    await seen(await signedMint("A", 900), { status: "reverted", logs: [] });
    const next = await approvedMint(place, { intent: { reference: "B", amount: units(900) } });
    expect((await place.sign(requestIdOf(next))).kind).toBe("signed");
  });
});

test("a reverted mint gives back its amount and not the fees it spent", async () => {
  const ceilings = {
    assets: {},
    otherAssets: { request: units(1_000_000), day: units(1_000_000) },
    keys: {},
    otherKeys: { feesPerDayWei: String(10n ** 17n) },
  };
  await place.close();
  place = openPlace(goldDeployment({ overrides: { ceilings } }));
  await reservesOf(1000);
  await seen(await signedMint("A", 900), { status: "reverted", logs: [] });
  await signedMint("B", 900);
  const third = await approvedMint(place, { intent: { reference: "C", amount: units(1) } });
  expect(codeOf(await place.sign(requestIdOf(third)))).toBe("policy.ceiling-fees");
});

test("mints on their way that are together more than a uint256 holds are too much, and an answer", async () => {
  await reservesOf(1000);
  Object.assign(place.journal, {
    mintsUnseen: () => (place.journal.openAllocations().length === 0 ? 0n : 2n * max),
  });
  await signedMint("A", 1);
  const second = await approvedMint(place, { intent: { reference: "B", amount: units(1) } });
  expect(codeOf(await place.sign(requestIdOf(second)))).toBe("policy.reserves-short");
});

describe("attestations", () => {
  test("of one sequence that differ freeze the asset, whatever was attested between them", async () => {
    const say = async (sequence: number, reserves: number): Promise<string> =>
      codeOf(await place.admit(attestation(place.deployment, place.now, { sequence, reserves: units(reserves) })));
    expect([await say(5, 1000), await say(6, 1000), await say(4, 1000)]).toEqual([
      "admitted",
      "admitted",
      "attestation.stale",
    ]);
    expect(place.journal.freezes()).toEqual([]);
    expect(await say(5, 10)).toBe("attestation.conflict");
    expect(place.journal.freezes()).toMatchObject([{ scope: "asset", target: "GLD", by: "vault-auditor" }]);
  });

  test("are not looked through one by one when a request is judged", async () => {
    await reservesOf(1000);
    const said = await approvedMint(place);
    const { statementsAbout } = place.journal;
    const read: string[] = [];
    Object.assign(place.journal, {
      statementsAbout: (...[kind, about]: Parameters<typeof statementsAbout>) => {
        read.push(kind);
        return statementsAbout(kind, about);
      },
    });
    await place.admit(attestation(place.deployment, place.now, { sequence: 2 }));
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    expect(read).toContain("Submission");
    expect(read).not.toContain("ReserveAttestation");
  });

  test("an older one does not come back when the credential of the newer one leaves", async () => {
    const { deployment } = place;
    const second = secretCredential({ kind: "key", id: name.parse("vault-2"), privateKey: testSecret("vault 2") });
    const first = plain(rosterOf([deployment.key]));
    const services = first.services.map((one) =>
      one.id === "vault-auditor" ? { ...one, credentials: [...one.credentials, publicPart(second)] } : one,
    );
    const wide = { ...first, version: 2, previous: documentName(deployment.rosterHash), services };
    const proof = signStatement(second, deployment.deploymentId, "Possession", {
      holder: "vault-auditor",
      credential: "vault-2",
      documentHash: hash(wide),
    });
    await putIntoForce(wide, deployment.rosterHash, [plain(proof)]);
    await place.admit(attestation(deployment, place.now, { sequence: 1 }));
    const low = attestation(deployment, place.now, { sequence: 2, reserves: units(10) });
    const lower = signStatement(second, deployment.deploymentId, "ReserveAttestation", low.message);
    expect(codeOf(await place.admit(lower))).toBe("admitted");
    const narrow = { ...first, version: 3, previous: documentName(hash(wide)) };
    await putIntoForce(narrow, hash(wide), []);
    for (const envelope of sightings(deployment, { blockNumber: 20, blockTime: place.now - 2 }))
      await place.admit(envelope);
    const said = submission(deployment, { now: place.now });
    await place.admit(said);
    for (const by of ["carla", "chris"] as const)
      await place.admit(approval(deployment, said, by, { rosterHash: hash(narrow) }));
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.evidence-missing");
    await place.admit(attestation(deployment, place.now, { sequence: 3 }));
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });
});

describe("observations", () => {
  const say = async (fact: { subject: string; fact: string; value: string }, overrides = {}): Promise<string> =>
    codeOf(await place.admit(observation(place.deployment, "obs-1", fact, { blockTime: place.now - 2, overrides })));
  const token = (): string => `token:${place.deployment.policy.token.address}`;
  const account = (): string => `account:${place.deployment.key.account}`;

  test("are taken of what a decision asks for, and of nothing else", async () => {
    const strange = [
      { subject: "whatever I like", fact: "supply", value: "0" },
      { subject: token(), fact: "nonce", value: "0" },
      { subject: token(), fact: "price", value: "0" },
      { subject: token().toUpperCase(), fact: "supply", value: "0" },
      { subject: `token:${treasury}`, fact: "supply", value: "0" },
      { subject: account(), fact: "supply", value: "0" },
      { subject: `account:${treasury}`, fact: "nonce", value: "0" },
      { subject: `tx:${idOf("not ours")}`, fact: "outcome", value: "" },
    ];
    for (const fact of strange) expect([fact, await say(fact)]).toEqual([fact, "observation.unknown-subject"]);
    await reservesOf(1000);
    const { txHash } = await signedMint("A", 1);
    expect(await say({ subject: `tx:${txHash}`, fact: "supply", value: "0" })).toBe("observation.unknown-subject");
  });

  test("are refused when their value is none of the fact", async () => {
    const odd = [
      { subject: account(), fact: "nonce", value: "zz" },
      { subject: account(), fact: "nonce", value: "" },
      { subject: token(), fact: "supply", value: "1e3" },
      { subject: token(), fact: "paused", value: "no" },
      { subject: token(), fact: "codehash", value: "0x" },
      { subject: token(), fact: "implementation", value: "none" },
    ];
    for (const fact of odd) expect([fact, await say(fact)]).toEqual([fact, "observation.value"]);
    await reservesOf(1000);
    const { txHash } = await signedMint("A", 1);
    expect(await say({ subject: `tx:${txHash}`, fact: "outcome", value: "{}" })).toBe("observation.value");
  });

  test("of a block older than the three newest get no receipt, for they are not kept", async () => {
    const at = async (blockNumber: number): Promise<string> => {
      const fact = { subject: token(), fact: "supply", value: "0" };
      const said = observation(place.deployment, "obs-1", fact, { blockNumber, blockTime: place.now - 2 });
      return codeOf(await place.admit(said));
    };
    for (const block of [10, 30, 40]) expect(await at(block)).toBe("admitted");
    expect(await at(20)).toBe("admitted");
    expect([await at(10), await at(9)]).toEqual(["observation.stale", "observation.stale"]);
    expect(await at(50)).toBe("admitted");
  });
});

test("a mint ends by the contract that was signed, whatever the policy names by then", async () => {
  await reservesOf(1000);
  const { deployment } = place;
  const next = {
    ...goldPolicy(),
    version: 2,
    previous: documentName(deployment.policyHash),
    token: { ...goldPolicy().token, address: `0x${"77".repeat(20)}` },
  };
  const minted: Awaited<ReturnType<typeof signedMint>>[] = [];
  await putIntoForce(next, deployment.policyHash, undefined, async () => {
    minted.push(await signedMint("A", 100));
  });
  const [mint] = minted;
  if (mint === undefined) throw new Error("it was signed while the change waited");
  await seen(mint);
  expect(place.journal.allocation(requestIdOf(mint.said))?.outcome).toBe("success");
});

const plain = <T>(value: T): T => structuredClone(value);

/** Two officers sign a roster, with possessions, or a policy; and its hour passes. */
async function putIntoForce(
  document: object,
  previous: string,
  possessions?: readonly Json[],
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const wire = toWire(document) as Json & { readonly version: number };
  const [kind, stored] = possessions === undefined ? (["Policy", "GLD"] as const) : (["Roster", "roster"] as const);
  for (const by of ["otto", "olga"] as const) {
    const { version } = wire;
    const message = { documentHash: hash(wire), version, previous, class: "loosen", reportHash: idOf("report") };
    const change = sign(by, place.deployment.deploymentId, `${kind}Change`, message);
    const attachment = possessions === undefined ? { document: wire } : { document: wire, possessions };
    expect(codeOf(await place.admit(change, attachment))).toBe("admitted");
  }
  await meanwhile();
  place.now += 3_700;
  await place.sign(idOf("nothing"));
  expect(place.journal.activeDocument(kind, stored)?.version).toBe(wire.version);
}
