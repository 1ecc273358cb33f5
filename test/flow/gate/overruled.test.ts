/** A transaction that was handed out, and that the quorum of its request overrules with a filler on its nonce. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { bundleOf } from "../../place/bundle-maker.ts";
import {
  approvedMint,
  bringEvidence,
  fees,
  moodyBackend,
  openPlace,
  requestIdOf,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { entriesOf, rawOf, seenFinal } from "../../place/outcome.ts";
import { approval, goldDeployment } from "../../place/gold.ts";
import { sign as signAs, type PersonId } from "../../place/people.ts";

const deployment = goldDeployment();
let place: GatePlace;
let backend: Moody;

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(deployment, backend);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

describe("a transaction that was handed out", () => {
  const dearer = { maxFeePerGas: amount.parse("2250000000"), maxPriorityFeePerGas: amount.parse("1125000000") };

  async function signed(): Promise<{ readonly said: Envelope; readonly hash: Bytes32; readonly to: address.Address }> {
    const said = await approvedMint(place);
    const { hash: txHash, transaction } = rawOf(await place.sign(requestIdOf(said)));
    return { said, hash: txHash, to: transaction.to };
  }

  const cancel = (said: Envelope, by: PersonId): Promise<GateAnswer> => {
    const { requestId, intentHash } = said.message;
    return place.admit(signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "wrong" }));
  };

  test("is overruled by the quorum of its request alone, with a filler that is dearer", async () => {
    const { said } = await signed();
    expect(await cancel(said, "ida")).toMatchObject({ kind: "problem", code: "cancellation.signed" });
    expect(await cancel(said, "olga")).toMatchObject({ kind: "problem", code: "cancellation.not-initiator" });
    expect(await cancel(said, "carla")).toMatchObject({ kind: "admitted" });
    expect(await place.fill(requestIdOf(said), dearer)).toMatchObject({ kind: "refused", code: "gate.not-ended" });
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    expect(await cancel(said, "chris")).toMatchObject({ kind: "admitted" });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.not-a-replacement" });
    const answer = await place.fill(requestIdOf(said), dearer);
    expect(rawOf(answer).transaction).toMatchObject({ nonce: 0, to: deployment.key.account, data: "0x", value: 0n });
    await place.reopen();
    expect(await place.fill(requestIdOf(said), dearer)).toEqual(answer);
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.cancelled" });
    const leaf = (await entriesOf(place)).find(({ kind }) => kind === "filler");
    expect(leaf).toMatchObject({ code: "gate.cancelled" });
    expect(leaf).toHaveProperty("statements.length", 2);
  });

  test("ten times is overruled by a filler that can be made dearer, and the bundle says the same", async () => {
    const { said } = await signed();
    const requestId = requestIdOf(said);
    let price = 2_000_000_000n;
    const offer = (): typeof dearer => {
      price = (price * 9n) / 8n + 8n;
      return { maxFeePerGas: amount.fromBigInt(price), maxPriorityFeePerGas: amount.fromBigInt(price / 2n + 8n) };
    };
    for (let more = 2; more <= 10; more += 1) {
      const asked = { verb: "sign", requestId, fees: { ...fees, ...offer() }, replace: true } as const;
      expect((await place.gate.answer(asked)).kind).toBe("signed");
    }
    for (const by of ["carla", "chris"] as const) await cancel(said, by);
    expect((await place.fill(requestId, offer())).kind).toBe("signed");
    expect((await place.fill(requestId, offer(), true)).kind).toBe("signed");
    const { bundle, genesis } = await bundleOf(place, requestId);
    expect(verifyBundle(bundle, genesis, nativeChecks())).toMatchObject({ kind: "verified" });
  });

  test("stays counted until one of the two is final: the filler gives its amount back", async () => {
    const { said } = await signed();
    for (const by of ["carla", "chris"] as const) await cancel(said, by);
    const { hash: filler, transaction } = rawOf(await place.fill(requestIdOf(said), dearer));
    expect(place.journal.openAllocations()).toHaveLength(1);
    await seenFinal(place, filler, transaction.to);
    expect(place.journal.allocation(requestIdOf(said))).toMatchObject({ outcome: "closed" });
    expect(await place.fill(requestIdOf(said), dearer)).toMatchObject({ kind: "refused", code: "gate.ended" });
  });

  test("may be mined all the same, and counts then as ever", async () => {
    const { said, hash: own, to } = await signed();
    for (const by of ["carla", "chris"] as const) await cancel(said, by);
    expect((await place.fill(requestIdOf(said), dearer)).kind).toBe("signed");
    await seenFinal(place, own, to);
    expect(place.journal.allocation(requestIdOf(said))?.outcome).not.toBe("open");
    expect(place.journal.allocation(requestIdOf(said))?.outcome).not.toBe("closed");
    expect(await place.fill(requestIdOf(said), dearer, true)).toMatchObject({ kind: "refused", code: "gate.ended" });
  });

  test("is mined while a token is asked for the filler, which is not written then", async () => {
    const { said, hash: own, to } = await signed();
    for (const by of ["carla", "chris"] as const) await cancel(said, by);
    const { sign } = backend;
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((told) => {
      backend.sign = async (permit) => {
        told();
        await new Promise<void>((go) => (answer = go));
        return sign(permit);
      };
    });
    const filling = place.fill(requestIdOf(said), dearer);
    await asked;
    await seenFinal(place, own, to);
    answer();
    expect(await filling).toMatchObject({ kind: "refused", code: "gate.ended" });
    expect((await entriesOf(place)).filter(({ kind }) => kind === "signature")).toHaveLength(1);
  });

  test("is not cancelled any more once its nonce is used, finally", async () => {
    const { said, hash: own, to } = await signed();
    await cancel(said, "carla");
    await seenFinal(place, own, to);
    expect(await cancel(said, "chris")).toMatchObject({ kind: "problem", code: "cancellation.final" });
    expect(await place.fill(requestIdOf(said), dearer)).toMatchObject({ kind: "refused", code: "gate.ended" });
  });

  test("is not overruled by a rejection, an expiry and one of the quorum", async () => {
    const { said } = await signed();
    await place.admit(approval(deployment, said, "carla", { decision: "reject", reason: "wrong receipt" }));
    await cancel(said, "chris");
    place.now += 4000;
    expect(await place.fill(requestIdOf(said), dearer)).toMatchObject({ kind: "refused", code: "gate.doubt" });
  });
});
