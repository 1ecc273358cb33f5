/** The bundle of a request that its quorum cancelled after it was signed: a stranger sees who overruled it, and that they were enough. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import type { BundleFile } from "../../../src/bundle/bundle.ts";
import { verifyBundle, type Verdict } from "../../../src/bundle/verify.ts";
import { digest as digestOf } from "../../../src/chain/transaction.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import type { Json } from "../../../src/values/json.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";
import { bundleOf, take } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, softBackend, type GatePlace } from "../../place/gate.ts";
import { seenFinal } from "../../place/outcome.ts";
import { goldDeployment } from "../../place/gold.ts";
import { sign as signAs, type PersonId } from "../../place/people.ts";

const deployment = goldDeployment();
const dearer = { maxFeePerGas: amount.parse("2250000000"), maxPriorityFeePerGas: amount.parse("1125000000") };
let place: GatePlace;
let said: Envelope;

beforeEach(async () => {
  place = openPlace(deployment, softBackend());
  await bringEvidence(place);
  said = await approvedMint(place);
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
});
afterEach(async () => {
  await place.close();
});

async function cancel(by: PersonId): Promise<Bytes32> {
  const { requestId, intentHash } = said.message;
  const words = { requestId, intentHash, reason: "wrong receipt" };
  return (await take(place, signAs(by, deployment.deploymentId, "Cancellation", words))).statementHash;
}

/** The journal gets a filler's leaf that no honest gate wrote. */
function writeFiller(change: { code?: string; statements: readonly Bytes32[] }): void {
  const [own] = place.journal.permits(requestIdOf(said));
  const { account } = deployment.key;
  const transaction = {
    ...own!.transaction,
    ...dearer,
    to: account,
    data: "0x",
    gasLimit: amount.parse("21000"),
  } as const;
  place.journal.append({
    kind: "filler",
    epoch: 1,
    instant: parseInstant(place.now),
    requestId: requestIdOf(said),
    key: name.parse("hsm-mint"),
    transaction: transaction,
    digest: digestOf(transaction),
    code: change.code ?? "gate.cancelled",
    why: "somebody cancelled it",
    statements: [...change.statements],
  });
}

async function verdict(edit: (file: BundleFile) => Json = (file) => file): Promise<Verdict> {
  const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
  return verifyBundle(edit(bundle), genesis, nativeChecks());
}

async function overruled(): Promise<Bytes32> {
  for (const by of ["carla", "chris"] as const) await cancel(by);
  const filled = await place.fill(requestIdOf(said), dearer);
  if (filled.kind !== "signed") throw new Error(filled.kind);
  return filled.txHash;
}

test("is verified before and after the filler is final, and names it as what closes", async () => {
  const txHash = await overruled();
  expect(await verdict()).toMatchObject({ kind: "verified" });
  await seenFinal(place, txHash, deployment.key.account);
  const final = await verdict();
  expect(final).toMatchObject({ kind: "verified", report: { outcome: { status: "closed", txHash } } });
  expect(final.kind === "verified" && final.report.transactions).toMatchObject([
    { nonce: 0 },
    { txHash, closes: true },
  ]);
});

describe("is wrong", () => {
  test("without the words of one of those who overruled it", async () => {
    await overruled();
    const without = await verdict((file) => {
      const isLast = (entry: Json): boolean => JSON.stringify(entry).includes('"Cancellation"');
      const last = file.leaves.findLastIndex(({ entry }) => isLast(entry));
      return { ...file, leaves: file.leaves.filter((_, i) => i !== last) };
    });
    expect(without).toMatchObject({ kind: "wrong", why: "no leaf of the bundle before it holds this statement" });
  });

  test("when too few of the quorum had said so, whatever the log says", async () => {
    writeFiller({ statements: [await cancel("carla")] });
    expect(await verdict()).toMatchObject({ kind: "wrong", why: "too few of the request's quorum cancelled it" });
  });

  test("when one person stands there twice", async () => {
    const carla = await cancel("carla");
    writeFiller({ statements: [carla, carla] });
    expect(await verdict()).toMatchObject({ kind: "wrong", why: "too few of the request's quorum cancelled it" });
  });

  test("when nobody had, or it ended in another way", async () => {
    writeFiller({ statements: [], code: "gate.expired" });
    expect(await verdict()).toMatchObject({
      kind: "wrong",
      why: "a transaction that was signed is overruled by a cancellation alone",
    });
  });
});
