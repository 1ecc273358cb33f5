/** A mint from submission to finality, with a chain that loses, reverts, reorganises and lies. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { approval, submission, units } from "../../place/gold.ts";
import { openServe, requestIdOf, type ServePlace } from "./place.ts";

let place: ServePlace;

beforeEach(async () => {
  place = await openServe();
});

afterEach(async () => {
  await place.close();
});

async function post(said: Envelope): Promise<void> {
  expect(await place.desk.post(said, undefined)).toMatchObject({ kind: "receipt" });
}

/** A mint of ten that two custodians approved. */
async function approved(reference = "receipt-1"): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { reference } });
  await post(said);
  await post(approval(deployment, said, "carla"));
  await post(approval(deployment, said, "chris"));
  return said;
}

async function until(said: Envelope, state: string): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    if ((await place.request(said)).state === state) return;
    await place.step();
    place.gatePlace.now += 1;
  }
  expect((await place.request(said)).state).toBe(state);
}

describe("a mint", () => {
  it("waits for people by name, and is final once they agreed and the chain holds it", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    await post(said);
    await place.step();
    expect(await place.request(said)).toMatchObject({ state: "pending", waitsFor: "waits for 2 more of custodians" });
    await post(approval(deployment, said, "carla"));
    await place.step();
    expect((await place.request(said)).waitsFor).toBe("waits for 1 more of custodians");
    await post(approval(deployment, said, "chris"));
    await place.settle();
    const done = await place.request(said);
    expect(done).toMatchObject({ state: "final", nonce: 0, waitsFor: "final: it did what was approved" });
    expect(place.chain.mints()).toEqual([{ to: said.message["to"], amount: BigInt(String(said.message["amount"])) }]);
    expect(new Set(place.chain.sent).size).toBe(1);
  });

  it("ends by a custodian's rejection, and by its maker's cancellation, without a signature", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    await post(said);
    await post(approval(deployment, said, "cyril", { decision: "reject", reason: "no such receipt" }));
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "rejected", signed: null });
    expect((await place.request(said)).waitsFor).toContain("no such receipt");
    expect(place.chain.sent).toEqual([]);
  });

  it("is refused at once when no wait can cure it", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now, intent: { to: `0x${"de".repeat(20)}` } });
    await post(said);
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "refused" });
  });

  it("expires by the gate's time", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now, intent: { expiresAt: now + 30 } });
    await post(said);
    place.gatePlace.now += 31;
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "expired" });
  });
});

describe("the chain", () => {
  it("gets the same bytes again when its reply was lost", async () => {
    place.chain.mischief.push("lose-reply", "throw-after", "lose-bytes");
    const said = await approved();
    await until(said, "signed");
    await place.step();
    const waiting = await place.request(said);
    expect(waiting).toMatchObject({ state: "signed" });
    expect(waiting.waitsFor).toContain("the same bytes go out again");
    expect(waiting.waitsFor).not.toContain(waiting.signed!.raw);
    await until(said, "broadcast");
    expect(place.chain.sent.length).toBe(4);
    expect(new Set(place.chain.sent)).toEqual(new Set([waiting.signed!.raw]));
    const attempts = await place.store.attempts(waiting.signed!.txHash);
    expect(attempts.map(({ answer }) => answer?.split(":")[0] ?? null)).toEqual([
      "unknown",
      null,
      "unknown",
      "already-known",
    ]);
    expect(JSON.stringify(attempts)).not.toContain(waiting.signed!.raw.slice(0, 80));
    await place.settle();
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("is looked at for our own hash when it calls the nonce too low", async () => {
    place.chain.mischief.push("lose-reply");
    const said = await approved();
    await until(said, "signed");
    await place.step();
    place.chain.mine();
    await until(said, "mined");
    expect(place.chain.mints()).toHaveLength(1);
  });

  it("calls an operator, and takes no new nonce, when somebody else used ours", async () => {
    place.chain.mischief.push("lose-bytes");
    const said = await approved();
    await until(said, "signed");
    await place.step();
    place.chain.takeNonce();
    await until(said, "needs-operator");
    expect(await place.request(said)).toMatchObject({ nonce: 0, state: "needs-operator" });
    expect(new Set(place.chain.sent).size).toBe(1);
    expect(place.chain.mints()).toEqual([]);
  });

  it("is sent the same bytes all the same while an operator is called, and goes on when that was for nothing", async () => {
    const { endpoint } = place.chain;
    const lying = {
      ...endpoint,
      broadcast: () => Promise.resolve({ kind: "rejected", code: "nonce-too-low", why: "" }),
    };
    Object.assign(place.parts.chains.get(31_337)!, { endpoint: lying });
    const said = await approved();
    await until(said, "needs-operator");
    Object.assign(place.parts.chains.get(31_337)!, { endpoint });
    await until(said, "broadcast");
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final", nonce: 0 });
    expect(new Set(place.chain.sent).size).toBe(1);
  });

  it("gets the same bytes again when it forgot them", async () => {
    const said = await approved();
    await until(said, "broadcast");
    place.chain.forgetPool();
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "final" });
    expect(place.chain.sent).toHaveLength(2);
    expect(new Set(place.chain.sent).size).toBe(1);
  });

  it.each([true, false])(
    "takes the mint back by a reorganisation, and has it once in the end (in the pool: %s)",
    async (keep) => {
      const said = await approved();
      await until(said, "broadcast");
      place.chain.mine();
      await until(said, "mined");
      place.chain.reorganise(1, keep);
      await until(said, "broadcast");
      expect(await place.request(said)).toMatchObject({ mined: null });
      await place.settle();
      expect(await place.request(said)).toMatchObject({ state: "final" });
      expect(place.chain.mints()).toHaveLength(1);
      expect(new Set(place.chain.sent).size).toBe(1);
    },
  );

  it("follows a transaction into another block", async () => {
    const said = await approved();
    await until(said, "broadcast");
    place.chain.mine();
    await until(said, "mined");
    const before = await place.request(said);
    place.chain.reorganise(1, true);
    place.chain.mine();
    await place.step();
    const after = await place.request(said);
    expect(after).toMatchObject({ state: "mined" });
    expect(after.mined!.blockHash).not.toBe(before.mined!.blockHash);
  });

  it("reverts: mined is not final, and final is not success", async () => {
    place.chain.outcome = "revert";
    const said = await approved();
    await until(said, "broadcast");
    place.chain.mine();
    await until(said, "mined");
    await place.step();
    expect((await place.request(said)).state).toBe("mined");
    await place.settle();
    expect(await place.request(said)).toMatchObject({ state: "reverted" });
    expect((await place.request(said)).waitsFor).toContain("nothing was done");
    expect(place.chain.mints()).toEqual([]);
  });

  it("is believed by nobody alone: what its endpoint calls final is final on the observers' word", async () => {
    const said = await approved();
    await until(said, "broadcast");
    for (let block = 0; block < 4; block += 1) place.chain.mine();
    await until(said, "mined");
    for (let round = 0; round < 5; round += 1) {
      await place.step();
      place.gatePlace.now += 3;
    }
    expect(await place.request(said)).toMatchObject({ state: "mined", settled: null });
    expect((await place.request(said)).waitsFor).toContain("waits for the observers to call it final");
    await place.tick();
    await place.step();
    const { signed } = await place.request(said);
    expect(await place.request(said)).toMatchObject({ state: "final", settled: { txHash: signed!.txHash } });
  });

  it("does something else than was approved, and an operator is called", async () => {
    place.chain.outcome = "other-recipient";
    const said = await approved();
    await place.settle();
    const seen = await place.request(said);
    expect(seen.state).toBe("needs-operator");
    expect(seen.waitsFor).toContain(`did something else than was approved; look at ${seen.signed!.txHash} in block 1`);
  });

  it("gets lower nonces first", async () => {
    place.chain.mischief.push(...Array.from({ length: 50 }, () => "lose-bytes" as const));
    const first = await approved("receipt-1");
    await until(first, "signed");
    const second = await approved("receipt-2");
    await until(second, "signed");
    for (let round = 0; round < 5; round += 1) {
      await place.step();
      place.gatePlace.now += 1;
    }
    expect((await place.request(second)).waitsFor).toBe("waits for nonce 0 of the same account to go out first");
    expect(new Set(place.chain.sent)).toEqual(new Set([(await place.request(first)).signed!.raw]));
    place.chain.mischief.length = 0;
    await place.settle();
    const order = [...new Set(place.chain.sent)];
    expect(order).toEqual([(await place.request(first)).signed!.raw, (await place.request(second)).signed!.raw]);
    expect(place.chain.mints()).toHaveLength(2);
  });
});

describe("a requestId", () => {
  it("is one request, however often it is posted", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    const answers = await Promise.all(Array.from({ length: 100 }, () => place.desk.post(said, undefined)));
    expect(answers.every((answer) => answer.kind === "receipt")).toBe(true);
    expect(answers.filter((answer) => answer.kind === "receipt" && !answer.repeated)).toHaveLength(1);
    const receipts = new Set(
      answers.map((answer) => (answer.kind === "receipt" ? JSON.stringify(answer.receipt) : "")),
    );
    expect(receipts.size).toBe(1);
    expect(await place.store.requests({ limit: 9 })).toHaveLength(1);
    await post(approval(deployment, said, "carla"));
    await post(approval(deployment, said, "chris"));
    await place.settle();
    expect(place.chain.mints()).toHaveLength(1);
    expect(await place.desk.post(said, undefined)).toMatchObject({ kind: "receipt", repeated: true });
  });

  it("with another intent is a conflict, and nothing is stored", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    await post(said);
    const requestId = requestIdOf(said);
    const other = submission(deployment, { now, requestId, intent: { amount: units(7) } });
    const before = await place.store.mirrored();
    expect(await place.desk.post(other, undefined)).toMatchObject({ kind: "conflict" });
    expect(await place.store.mirrored()).toBe(before);
    expect((await place.request(said)).submission.amount).not.toBe(BigInt(units(7)));
  });

  it("of a statement that the gate does not admit is kept nowhere", async () => {
    const { deployment, now } = place.gatePlace;
    const said = submission(deployment, { now });
    const forged = { ...said, message: { ...said.message, amount: units(999) } };
    expect(await place.desk.post(forged, undefined)).toMatchObject({ kind: "refused" });
    expect(await place.store.requests({ limit: 9 })).toEqual([]);
    await expect(
      place.desk.post({ ...said, message: { ...said.message, amount: "0x10" } }, undefined),
    ).rejects.toMatchObject({ name: "InvalidValue" });
  });
});
