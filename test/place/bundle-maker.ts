/** Bundles made in this process: a real gate over a journal of its own writes the log, people of the tests sign what it logs. */
import { decodeLeaf } from "../../src/log/leaf.ts";
import { assembleBundle, type LogLeaf } from "../../src/bundle/assemble.ts";
import type { BundleFile } from "../../src/bundle/bundle.ts";
import { outcomeText, type SeenOutcome } from "../../src/evidence/outcome.ts";
import type { Receipt } from "../../src/log/entry.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import { documentHash, documentName } from "../../src/genesis/genesis.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import * as address from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";
import * as hex from "../../src/values/hex.ts";
import type { Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { batchApproval, batchPolicy, documentOf, legsOf } from "./batch.ts";
import { bringEvidence, openPlace, requestIdOf, type GatePlace } from "./gate.ts";
import {
  approval,
  askingGuards,
  attestation,
  goldDeployment,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  sightings,
  submission,
  treasury,
  units,
  words,
  type Deployment,
} from "./gold.ts";
import { memberOf, sign, type PersonId } from "./people.ts";

/** A bundle and what a stranger must pin to check it. */
export type MadeBundle = {
  readonly bundle: BundleFile;
  readonly genesis: Bytes32;
  readonly requestId: Bytes32;
  /** The whole log it was taken from. */
  readonly log: readonly LogLeaf[];
};

const topic = keccak256(utf8("Transfer(address,address,uint256)"));
const word = (text: string): Bytes32 => `0x${text.replace(/^0x/, "").padStart(64, "0")}` as Bytes32;

/** Answers the receipt of an admission, and fails the test on anything else. */
export async function take(place: GatePlace, envelope: Envelope, attachment?: Json): Promise<Receipt> {
  const answer = await place.admit(envelope, attachment);
  if (answer.kind !== "admitted") throw new Error(`not admitted: ${JSON.stringify(answer)}`);
  return answer.receipt;
}

async function signed(place: GatePlace, requestId: Bytes32): Promise<Extract<GateAnswer, { kind: "signed" }>> {
  const answer = await place.sign(requestId);
  if (answer.kind !== "signed") throw new Error(`not signed: ${JSON.stringify(answer)}`);
  return answer;
}

/** Both observers saw the mint mined as approved, in a final block. */
async function mined(
  place: GatePlace,
  done: { txHash: Bytes32; nonce: number; amount: string; block: number },
): Promise<void> {
  const { account } = place.deployment.key;
  const to = address.parse(treasury);
  const token = address.parse(goldToken);
  const logs = [
    { address: token, topics: [topic, word("0x0"), word(to)], data: hex.parse(word(BigInt(done.amount).toString(16))) },
  ];
  const seen: SeenOutcome = {
    status: "success",
    from: account,
    nonce: done.nonce,
    to: token,
    blockNumber: done.block,
    logs,
  };
  for (const by of ["obs-1", "obs-2"] as const) {
    const fact = { subject: `tx:${done.txHash}`, fact: "outcome", value: outcomeText(seen) };
    const at = { blockNumber: done.block, blockTime: place.now - 1, overrides: { finalized: true } };
    await take(place, observation(place.deployment, by, fact, at));
  }
}

/** Two officers agree to a document, and its delay passes; answers the hash. */
async function change(
  place: GatePlace,
  kind: "PolicyChange" | "RosterChange",
  document: Json,
  extra: Json[] = [],
): Promise<Bytes32> {
  const next = documentHash(document);
  const { version, previous } = document as { version: number; previous: string };
  const message = {
    documentHash: next,
    version,
    previous: `0x${previous.replace("sha256:", "")}`,
    class: "loosen",
    reportHash: idOf("report of a change"),
  };
  for (const by of ["otto", "olga"] as const) {
    await take(place, sign(by, place.deployment.deploymentId, kind, message), { document, possessions: extra });
    place.now += 5;
  }
  place.now += 3_700;
  return next;
}

const objectable = {
  id: "objectable",
  when: { operation: "mint", amount: { gt: "1000 GLD" } },
  add: { delay: "30m", veto: { group: "officers", min: 2 } },
};

/** A roster that gives the compliance officer a wallet more, and a policy with a higher limit. */
async function changeBoth(place: GatePlace): Promise<Deployment> {
  const { deployment } = place;
  const genesis = (deployment.file as { genesis: { roster: Record<string, unknown> } }).genesis;
  const people = (genesis.roster["people"] as { id: string }[]).map((person) =>
    person.id === "ivan" ? { ...memberOf("ivan"), groups: ["issuers", "auditors"] } : person,
  );
  const roster = toWire({ ...genesis.roster, version: 2, previous: documentName(deployment.rosterHash), people });
  const rosterHash = await change(place, "RosterChange", roster);
  const policy = goldPolicy({
    version: 2,
    previous: documentName(deployment.policyHash),
    guards: [...(goldPolicy().guards ?? []), ...askingGuards, objectable],
    limits: [
      {
        id: "mint-day",
        when: { operation: "mint" },
        metric: "sum",
        window: "rolling 24h",
        per: "asset",
        max: "6000 GLD",
        over: "deny",
      },
    ],
  });
  const policyHash = await change(place, "PolicyChange", toWire(policy));
  return { ...deployment, policy, policyHash, rosterHash };
}

/** The log of a place as a mirror reads it. */
export function logOf(place: GatePlace): readonly LogLeaf[] {
  return place.journal.leaves(0, 10_000).map(({ index, bytes }) => ({ index, entry: decodeLeaf(bytes) }));
}

export async function bundleOf(
  place: GatePlace,
  requestId: Bytes32,
  receipts: readonly Receipt[] = [],
): Promise<MadeBundle> {
  const head = await place.gate.answer({ verb: "head" });
  if (head.kind !== "head") throw new Error("the gate has no head");
  const log = logOf(place);
  const { checkpoint } = head;
  const bundle = assembleBundle({ requestId, leaves: log, readNode: place.journal.node, checkpoint, receipts });
  return {
    bundle: JSON.parse(JSON.stringify(bundle)) as BundleFile,
    genesis: place.deployment.deploymentId,
    requestId,
    log,
  };
}

/** The shortest whole story: a mint that two custodians approved, signed and not mined yet. */
export async function plainBundle(): Promise<MadeBundle> {
  const place = openPlace();
  try {
    await bringEvidence(place);
    const said = submission(place.deployment, { now: place.now });
    for (const envelope of [
      said,
      approval(place.deployment, said, "carla"),
      approval(place.deployment, said, "chris"),
    ]) {
      await take(place, envelope);
    }
    await signed(place, requestIdOf(said));
    return await bundleOf(place, requestIdOf(said));
  } finally {
    await place.close();
  }
}

/** Three mints that were agreed to at once; the bundle of the second, which somebody approved alone besides. */
export async function batchBundle(): Promise<MadeBundle & { readonly others: readonly MadeBundle[] }> {
  const place = openPlace(goldDeployment({ policy: batchPolicy() }));
  try {
    await bringEvidence(place);
    const { deployment } = place;
    const legs = legsOf(deployment, place.now, [400, 400, 400]);
    for (const leg of legs) await take(place, leg);
    const [first, second, third] = legs.map(requestIdOf) as [Bytes32, Bytes32, Bytes32];
    await take(place, approval(deployment, legs[1]!, "carla", { reason: "seen" }));
    place.now += 7;
    for (const by of ["carla", "chris", "cora"] as const)
      await take(place, batchApproval(deployment, legs, by), toWire(documentOf(legs)));
    await take(place, batchApproval(deployment, legs.slice(0, 2), "cyril"), toWire(documentOf(legs.slice(0, 2))));
    for (const requestId of [first, second, third]) await signed(place, requestId);
    const others = [await bundleOf(place, first), await bundleOf(place, third)];
    return { ...(await bundleOf(place, second)), others };
  } finally {
    await place.close();
  }
}

/**
 * Everything a bundle can hold: roster and policy changed, an earlier mint that counts in the limit, a tier with a delay and a
 * wallet, prices, a verified holder and a document, a veto too few, a replacement with higher fees, the outcome, and the receipts of the people.
 */
export async function fullBundle({ receipts: withReceipts = true } = {}): Promise<MadeBundle> {
  const place = openPlace();
  try {
    const deployment = await changeBoth(place);
    await firstMint(place, deployment);
    place.now += 400;
    const asked = { amount: units(1_500), reference: "DEPOSIT-2", expiresAt: place.now + 7_200 };
    const said = submission(deployment, { now: place.now, intent: asked });
    const requestId = requestIdOf(said);
    const receipts = [await take(place, said)];
    for (const by of ["carla", "chris", "cora"] as const satisfies readonly PersonId[]) {
      place.now += 7;
      receipts.push(await take(place, approval(deployment, said, by)));
    }
    const { intentHash } = said.message;
    const objection = { target: requestId, intentHash: intentHash ?? null, reason: "the receipt is hard to read" };
    await take(place, sign("otto", deployment.deploymentId, "Veto", objection));
    place.now += 1_900;
    for (const envelope of seen(deployment, place.now, { block: 30, supply: units(100), nonce: "1" }))
      await take(place, envelope);
    for (const envelope of words(deployment, place.now, "DEPOSIT-2")) await take(place, envelope);
    place.now += 3;
    await signed(place, requestId);
    place.now += 20;
    const dearer = await replaced(place, requestId);
    place.now += 20;
    await mined(place, { txHash: dearer.txHash, nonce: dearer.nonce, amount: units(1_500), block: 33 });
    return await bundleOf(place, requestId, withReceipts ? receipts : []);
  } finally {
    await place.close();
  }
}

function seen(deployment: Deployment, now: number, at: { block: number; supply: string; nonce: string }): Envelope[] {
  return sightings(deployment, { blockNumber: at.block, blockTime: now - 2 }, { supply: at.supply, nonce: at.nonce });
}

async function firstMint(place: GatePlace, deployment: Deployment): Promise<void> {
  for (const envelope of seen(deployment, place.now, { block: 20, supply: "0", nonce: "0" }))
    await take(place, envelope);
  await take(place, attestation(deployment, place.now, { supply: "0" }));
  for (const envelope of words(deployment, place.now)) await take(place, envelope);
  const said = submission(deployment, { now: place.now, by: "ivan", intent: { reference: "DEPOSIT-1" } });
  for (const envelope of [said, approval(deployment, said, "chris"), approval(deployment, said, "cyril")])
    await take(place, envelope);
  const { txHash, nonce } = await signed(place, requestIdOf(said));
  place.now += 10;
  await mined(place, { txHash, nonce, amount: units(100), block: 22 });
}

async function replaced(place: GatePlace, requestId: Bytes32): Promise<Extract<GateAnswer, { kind: "signed" }>> {
  const gwei = (count: bigint): never => (count * 10n ** 9n) as never;
  const fees = { gasLimit: 150_000n as never, maxFeePerGas: gwei(3n), maxPriorityFeePerGas: gwei(2n) };
  const answer = await place.gate.answer({ verb: "sign", requestId, fees, replace: true });
  if (answer.kind !== "signed") throw new Error(`not replaced: ${JSON.stringify(answer)}`);
  return answer;
}
