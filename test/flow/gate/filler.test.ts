/** A request that ends between its allocation and its signature: its nonce is closed by a filler, once, and never against a signature. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { signStatement } from "../../../src/adapters/credential/credential.ts";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import {
  approvedMint,
  bringEvidence,
  busy,
  fees,
  moodyBackend,
  openPlace,
  requestIdOf,
  softBackend,
  unavailable,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { entriesOf, rawOf, seenFinal } from "../../place/outcome.ts";
import { approval, goldDeployment, idOf, units } from "../../place/gold.ts";
import { makeOlder } from "../../place/older-journal.ts";
import { rosterOf, sign as signAs, type PersonId } from "../../place/people.ts";
import { dropFirst, spare, spareDeployment } from "../../place/spare.ts";

const deployment = goldDeployment();

let place: GatePlace;
let backend: Moody;

/** Begins to sign; the token has been asked, and answers what the test says when it says so. */
async function signingSlowly(
  said: Envelope,
): Promise<{ signing: Promise<GateAnswer>; answer: (given: BackendAnswer) => void }> {
  let answer: (given: BackendAnswer) => void = () => undefined;
  const asked = new Promise<void>((told) => {
    backend.sign = () => {
      told();
      return new Promise((resolve) => (answer = resolve));
    };
  });
  const signing = place.sign(requestIdOf(said));
  await asked;
  return { signing, answer };
}

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(deployment, backend);
  await bringEvidence(place);
});
afterEach(async () => {
  await place.close();
});

const declined = { kind: "declined", why: "a person at hsm-mint: it was rejected on the device" } as const;

/** A mint that has its nonce; the token said this when it was asked. */
async function allocated(mood: BackendAnswer, reference = "D-1"): Promise<Envelope> {
  const said = await approvedMint(place, { intent: { reference, amount: units(1000) } });
  backend.mood = mood;
  expect((await place.sign(requestIdOf(said))).kind).not.toBe("signed");
  backend.mood = undefined;
  expect(place.journal.allocation(requestIdOf(said))).toMatchObject({ outcome: "open" });
  return said;
}

const enders = {
  rejection: async (said: Envelope) => {
    await place.admit(approval(deployment, said, "carla", { decision: "reject", reason: "wrong receipt" }));
  },
  cancellation: async (said: Envelope) => {
    const { requestId, intentHash } = said.message;
    const words = { requestId, intentHash, reason: "asked for twice" };
    await place.admit(signAs("ida", deployment.deploymentId, "Cancellation", words));
  },
  expiry: () => {
    place.now += 4000;
  },
};

const kindsAbout = async (requestId: Bytes32): Promise<string[]> =>
  (await entriesOf(place)).flatMap((entry) =>
    "requestId" in entry && entry.requestId === requestId ? [entry.kind] : [],
  );

describe("a request that a busy token never took", () => {
  test.each(["rejection", "cancellation", "expiry"] as const)("is closed by a filler after its %s", async (end) => {
    const said = await allocated(busy);
    await enders[end](said);
    const answer = await place.fill(requestIdOf(said));
    const { transaction } = rawOf(answer);
    expect(transaction).toMatchObject({
      nonce: 0,
      to: deployment.key.account,
      value: 0n,
      data: "0x",
      gasLimit: 21_000n,
    });
    expect(await place.fill(requestIdOf(said))).toEqual(answer);
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit", "filler", "signature"]);
    const leaf = (await entriesOf(place)).find(({ kind }) => kind === "filler");
    const code = { rejection: "gate.rejected", cancellation: "gate.cancelled", expiry: "gate.expired" }[end];
    expect(leaf).toMatchObject({ code, key: "hsm-mint" });
    expect(leaf).toHaveProperty("statements.length", end === "expiry" ? 0 : 1);
  });

  test("is not closed while it may still be signed, nor before it has a nonce", async () => {
    const said = await approvedMint(place);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.no-nonce" });
    const other = await allocated(busy, "D-2");
    expect(await place.fill(requestIdOf(other))).toMatchObject({ kind: "refused", code: "gate.not-ended" });
    expect(rawOf(await place.sign(requestIdOf(other))).transaction.to).toBe(deployment.policy.token.address);
  });

  test("lets the next request of the lane be signed on the next nonce", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
    const next = await approvedMint(place, { intent: { reference: "D-2" } });
    expect(await place.sign(requestIdOf(next))).toMatchObject({ kind: "signed", nonce: 1 });
  });

  test("is never signed for the request again, whoever asks", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    await place.fill(requestIdOf(said));
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.rejected" });
    const [own] = place.journal.permits(requestIdOf(said));
    expect(() => {
      place.journal.markAsked(own!.digest);
    }).toThrow(/permits of a closed nonce are not used/);
  });

  test("stays counted until the filler is final, and gives its amount and its reference back then", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    const { hash, transaction } = rawOf(await place.fill(requestIdOf(said)));
    expect(place.journal.openAllocations()).toHaveLength(1);
    await seenFinal(place, hash, transaction.to);
    expect(place.journal.allocation(requestIdOf(said))).toMatchObject({ outcome: "closed", outcomeBlock: 12 });
    const counted = { kind: "operations", asset: "GLD", operations: ["mint"], per: "asset", of: "GLD" } as const;
    expect(place.journal.allocatedAfter(counted as never, 0)).toEqual({ sum: 0n, count: 0 });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.ended" });
    await bringEvidence(place, { nonce: "1" }, 30);
    const again = await approvedMint(place, { requestId: idOf("again"), intent: { reference: "D-1" } });
    expect(await place.sign(requestIdOf(again))).toMatchObject({ kind: "signed", nonce: 1 });
  });

  test("is closed over a restart at each point of the filler", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    for (const point of ["gate:filler-stored", "gate:permit-stored", "gate:token-answered", "gate:signature-stored"]) {
      place.fault = (at) => {
        if (at !== point) return;
        place.fault = () => undefined;
        throw new Error("killed");
      };
      await place.fill(requestIdOf(said)).catch(() => undefined);
      await place.reopen();
    }
    const { transaction } = rawOf(await place.fill(requestIdOf(said)));
    expect(transaction).toMatchObject({ nonce: 0, to: deployment.key.account });
    const kinds = await kindsAbout(requestIdOf(said));
    expect(kinds.filter((kind) => kind === "filler")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "signature")).toHaveLength(1);
  });
});

describe("a filler", () => {
  test.each([
    ["more gas than a transfer takes", { gasLimit: amount.parse("21001") }, "gate.gas-limit"],
    ["less", { gasLimit: amount.parse("20999") }, "gate.gas-limit"],
    ["a tip above its fee", { maxPriorityFeePerGas: amount.parse("2000000001") }, "gate.fee-ceiling"],
    ["more than the request was counted with", { maxFeePerGas: amount.parse("2380952380953") }, "gate.fee-ceiling"],
  ])("with %s is refused", async (_, priced, code) => {
    const said = await allocated(busy);
    await enders.rejection(said);
    expect(await place.fill(requestIdOf(said), priced)).toMatchObject({ kind: "refused", code });
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit"]);
  });

  test("is replaced by a dearer one on the same nonce, at most ten fillers in all", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    const id = requestIdOf(said);
    let price = 2_000_000_000n;
    const offer = () => ({
      maxFeePerGas: amount.fromBigInt(price),
      maxPriorityFeePerGas: amount.fromBigInt(price / 2n),
    });
    const hashes = new Set([rawOf(await place.fill(id)).hash]);
    expect(await place.fill(id, { maxFeePerGas: amount.parse("2249999999") }, true)).toMatchObject({
      code: "gate.not-a-replacement",
    });
    for (let more = 2; more <= 10; more += 1) {
      price = (price * 9n) / 8n + 2n;
      const { transaction, hash } = rawOf(await place.fill(id, offer(), true));
      expect(transaction).toMatchObject({ nonce: 0, maxFeePerGas: price });
      hashes.add(hash);
    }
    expect(hashes.size).toBe(10);
    price *= 2n;
    expect(await place.fill(id, offer(), true)).toMatchObject({ code: "gate.too-many-replacements" });
  });

  test("waits while its key or everything is frozen, and not for the asset it does not touch", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    const freeze = (scope: string, target: string): Promise<unknown> =>
      place.admit(
        signAs("cora", deployment.deploymentId, "Freeze", { scope, target, reason: "stop", freezeId: idOf(scope) }),
      );
    await freeze("asset", "GLD");
    place.fault = async (point) => {
      if (point !== "gate:permit-stored") return;
      place.fault = () => undefined;
      await freeze("key", "hsm-mint");
    };
    const before = backend.asked();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.frozen" });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.frozen" });
    expect(backend.asked()).toBe(before);
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit", "filler"]);
  });

  test("is made for a frozen asset's request once that has ended", async () => {
    const said = await allocated(busy);
    const words = { scope: "asset", target: "GLD", reason: "stop", freezeId: idOf("asset") };
    await place.admit(signAs("cora", deployment.deploymentId, "Freeze", words));
    expect(await place.fill(requestIdOf(said))).toMatchObject({ code: "gate.not-ended" });
    enders.expiry();
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });

  test("that came while a token was awaited is never the answer to a request's own signing", async () => {
    const said = await allocated(busy);
    place.fault = async (point) => {
      if (point !== "gate:allocated") return;
      place.fault = () => undefined;
      await enders.rejection(said);
      expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
    };
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.ended" });
  });
});

describe("a token that may have signed", () => {
  test("keeps the nonce open when the request ends, over a restart too", async () => {
    const said = await allocated(unavailable);
    await enders.rejection(said);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    await place.reopen();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit"]);
  });

  test("is not forgotten because it was only busy the next time", async () => {
    const said = await allocated(unavailable);
    backend.mood = busy;
    await place.sign(requestIdOf(said));
    backend.mood = undefined;
    await enders.rejection(said);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
  });

  test("is overruled by the quorum of the request, each with a cancellation of their own", async () => {
    const said = await allocated(unavailable);
    const cancel = (by: PersonId): Promise<GateAnswer> => {
      const { requestId, intentHash } = said.message;
      return place.admit(
        signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "lost" }),
      );
    };
    expect(await cancel("olga")).toMatchObject({ kind: "problem", code: "cancellation.not-initiator" });
    expect(await cancel("obs-1")).toMatchObject({ kind: "problem", code: "cancellation.not-initiator" });
    expect(await cancel("carla")).toMatchObject({ kind: "admitted" });
    // One of two: the request goes on, and its nonce is not closed.
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.not-ended" });
    expect(
      await place.admit(
        signAs("carla", deployment.deploymentId, "Cancellation", {
          requestId: said.message["requestId"]!,
          intentHash: said.message["intentHash"]!,
          reason: "said again",
        }),
      ),
    ).toMatchObject({ kind: "problem", code: "cancellation.said-before" });
    expect(await cancel("chris")).toMatchObject({ kind: "admitted" });
    await place.reopen();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.cancelled" });
    const { transaction } = rawOf(await place.fill(requestIdOf(said)));
    expect(transaction).toMatchObject({ nonce: 0, to: deployment.key.account, data: "0x" });
    const leaf = (await entriesOf(place)).find(({ kind }) => kind === "filler");
    expect(leaf).toMatchObject({ code: "gate.cancelled" });
    expect(leaf).toHaveProperty("statements.length", 2);
  });

  test("is not overruled by one of the quorum and the initiator, nor by the end of the request", async () => {
    const said = await allocated(unavailable);
    const { requestId, intentHash } = said.message;
    for (const by of ["carla", "ida"] as const)
      await place.admit(signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "lost" }));
    enders.expiry();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
  });

  test("is cancelled again by whoever said so with a credential that is gone since", async () => {
    const spared = spareDeployment();
    const { deploymentId } = spared;
    await place.close();
    place = openPlace(spared, backend);
    await bringEvidence(place);
    const said = await allocated(unavailable);
    const { requestId, intentHash } = said.message;
    const words = { requestId, intentHash, reason: "lost" };
    expect(await place.admit(signAs("chris", deploymentId, "Cancellation", words))).toMatchObject({ kind: "admitted" });
    const again = signStatement(spare, deploymentId, "Cancellation", words);
    expect(await place.admit(again)).toMatchObject({ kind: "problem", code: "cancellation.said-before" });
    await dropFirst(place, spared);
    expect(await place.admit(again)).toMatchObject({ kind: "admitted" });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.not-ended" });
    await place.admit(signAs("carla", deploymentId, "Cancellation", words));
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });

  test("is waited for while its answer can still come, whatever the quorum says", async () => {
    const said = await approvedMint(place);
    const { signing, answer } = await signingSlowly(said);
    const { requestId, intentHash } = said.message;
    for (const by of ["carla", "chris"] as const)
      await place.admit(signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "lost" }));
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    answer(unavailable);
    await signing;
    backend.sign = softBackend().sign;
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });

  test("or did sign, and nothing else closes that nonce", async () => {
    const said = await approvedMint(place);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    await enders.rejection(said);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
  });

  test("did sign before there were fillers, and its nonce is not closed after the journal moved on either", async () => {
    const said = await approvedMint(place);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    await enders.rejection(said);
    await place.reopen(() => {
      makeOlder(place.journalFile);
    });
    expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ asked: true, doubt: true }]);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    const { requestId, intentHash } = said.message;
    expect(
      await place.admit(
        signAs("ida", deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "lost" }),
      ),
    ).toMatchObject({ kind: "problem", code: "cancellation.signed" });
  });

  test("is being asked right now, and the request is rejected meanwhile", async () => {
    const said = await approvedMint(place);
    const { signing, answer } = await signingSlowly(said);
    await enders.rejection(said);
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    answer(busy);
    await signing;
    backend.sign = softBackend().sign;
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });
});

describe("a signature that comes too late", () => {
  /** The token has the mint and signs it only when it is let go. */
  async function asked(said: Envelope): Promise<{ readonly answered: () => Promise<GateAnswer> }> {
    const soft = softBackend();
    let letGo: () => void = () => undefined;
    const taken = new Promise<void>((told) => {
      backend.sign = async (permit) => {
        told();
        await new Promise<void>((resolve) => (letGo = resolve));
        return soft.sign(permit);
      };
    });
    const signing = place.sign(requestIdOf(said));
    await taken;
    backend.sign = soft.sign;
    return {
      answered: () => {
        letGo();
        return signing;
      },
    };
  }

  const quorumCancels = async (said: Envelope): Promise<void> => {
    const { requestId, intentHash } = said.message;
    for (const by of ["carla", "chris"] as const)
      expect(
        await place.admit(
          signAs(by, deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "lost" }),
        ),
      ).toMatchObject({ kind: "admitted" });
  };

  test.each(["rejection", "cancellation", "expiry"] as const)(
    "for a request that ended by its %s is thrown away, and the quorum has its nonce closed",
    async (end) => {
      const said = await approvedMint(place);
      const token = await asked(said);
      await enders[end](said);
      const code = { rejection: "gate.rejected", cancellation: "gate.cancelled", expiry: "gate.expired" }[end];
      expect(await token.answered()).toMatchObject({ kind: "refused", code });
      expect(place.journal.permits(requestIdOf(said))).toMatchObject([{ doubt: true, signed: undefined }]);
      expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit"]);
      expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code });
      expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
      await quorumCancels(said);
      expect(rawOf(await place.fill(requestIdOf(said))).transaction).toMatchObject({ nonce: 0, data: "0x" });
      expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit", "filler", "signature"]);
    },
  );

  test("over a freeze is thrown away, and the same digest is signed once the freeze is lifted", async () => {
    const said = await approvedMint(place);
    const token = await asked(said);
    const words = { scope: "asset", target: "GLD", reason: "stop", freezeId: idOf("late") };
    await place.admit(signAs("cora", deployment.deploymentId, "Freeze", words));
    expect(await token.answered()).toMatchObject({ kind: "refused", code: "gate.frozen" });
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit"]);
    const lift = { freezesHash: hash([words.freezeId]), scope: "asset", target: "GLD", expiresAt: place.now + 600 };
    for (const by of ["otto", "olga"] as const)
      await place.admit(signAs(by, deployment.deploymentId, "Unfreeze", lift), [words.freezeId]);
    const [permit] = place.journal.permits(requestIdOf(said));
    const answer = await place.sign(requestIdOf(said));
    expect(answer).toMatchObject({ kind: "signed", nonce: 0, digest: permit?.digest });
    expect(await place.sign(requestIdOf(said))).toEqual(answer);
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit", "signature"]);
  });
});

describe("a request whose initiator left the roster", () => {
  /** The next roster is without ida, by one officer. */
  async function leaves(): Promise<void> {
    const { rosterHash, key, deploymentId } = deployment;
    const roster = rosterOf([key]);
    const people = roster.people.filter(({ id }) => id !== "ida");
    const document = toWire({ ...roster, version: 2, previous: documentName(rosterHash), people });
    const words = { documentHash: hash(document), version: 2, previous: rosterHash, class: "tighten" };
    const change = signAs("otto", deploymentId, "RosterChange", { ...words, reportHash: idOf("report") });
    expect(await place.admit(change, { document })).toMatchObject({ kind: "admitted" });
  }

  test("is signed no more, and its nonce is closed and freed", async () => {
    const said = await allocated(busy);
    await leaves();
    const gone = { kind: "refused", code: "gate.initiator-left" } as const;
    expect(await place.sign(requestIdOf(said))).toMatchObject(gone);
    const { transaction } = rawOf(await place.fill(requestIdOf(said)));
    expect(transaction).toMatchObject({ nonce: 0, to: deployment.key.account, data: "0x" });
    expect((await entriesOf(place)).find(({ kind }) => kind === "filler")).toMatchObject({
      code: gone.code,
      statements: [],
    });
    const dearer = { maxFeePerGas: amount.parse("4000000000"), maxPriorityFeePerGas: amount.parse("2000000000") };
    const second = await place.fill(requestIdOf(said), dearer, true);
    expect(rawOf(second).transaction.maxFeePerGas).toBe(4_000_000_000n);
    await seenFinal(place, (second as Extract<GateAnswer, { kind: "signed" }>).txHash, deployment.key.account);
    expect(place.journal.allocation(requestIdOf(said))).toMatchObject({ outcome: "closed" });
  });

  test("says how it ended where it ended otherwise", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    await leaves();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.rejected" });
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });

  test("is settled by what became of its transaction, which no filler takes the place of", async () => {
    const said = await approvedMint(place);
    const answer = await place.sign(requestIdOf(said));
    await leaves();
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.doubt" });
    const { txHash } = answer as Extract<GateAnswer, { kind: "signed" }>;
    await seenFinal(place, txHash, address.parse(rawOf(answer).transaction.to));
    expect(place.journal.allocation(requestIdOf(said))?.outcome).not.toBe("open");
  });

  test("and that has no nonce is as unknown as before, and gets none", async () => {
    const said = await approvedMint(place);
    await leaves();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.unknown-request" });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.no-nonce" });
  });
});

describe("a person's no at the device", () => {
  test("ends the request for good, and its nonce is closed", async () => {
    const said = await approvedMint(place);
    backend.mood = declined;
    expect(await place.sign(requestIdOf(said))).toMatchObject({
      kind: "refused",
      code: "gate.declined",
      why: declined.why,
    });
    backend.mood = undefined;
    await place.reopen();
    expect(await place.sign(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.declined" });
    const { transaction } = rawOf(await place.fill(requestIdOf(said)));
    expect(transaction.to).toBe(deployment.key.account);
  });

  test("to a dearer transaction ends nothing, and none is asked for again", async () => {
    const said = await approvedMint(place);
    const first = await place.sign(requestIdOf(said));
    const dearer = (times: number): Promise<GateAnswer> => {
      const priced = {
        gasLimit: fees.gasLimit,
        maxFeePerGas: amount.parse(String(times * 2_000_000_000)),
        maxPriorityFeePerGas: amount.parse(String(times * 1_000_000_000)),
      };
      return place.gate.answer({ verb: "sign", requestId: requestIdOf(said), fees: priced, replace: true });
    };
    backend.mood = declined;
    expect(await dearer(2)).toMatchObject({ kind: "refused", code: "gate.declined", why: declined.why });
    backend.mood = undefined;
    const asked = backend.asked();
    expect(await place.sign(requestIdOf(said))).toEqual(first);
    expect(await dearer(3)).toMatchObject({ kind: "refused", code: "gate.declined", why: declined.why });
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "refused", code: "gate.not-ended" });
    expect(backend.asked()).toBe(asked);
    expect(await kindsAbout(requestIdOf(said))).toEqual(["allocation", "permit", "signature", "permit"]);
  });

  test("to the filler leaves the nonce open, and is asked again", async () => {
    const said = await allocated(busy);
    await enders.rejection(said);
    backend.mood = declined;
    expect(await place.fill(requestIdOf(said))).toMatchObject({ kind: "signing", needs: declined.why });
    backend.mood = undefined;
    expect((await place.fill(requestIdOf(said))).kind).toBe("signed");
  });
});
