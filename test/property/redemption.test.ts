/** The law of redemption over random streams of events: never more is released than burned for good, once for a burn, whatever is asked in which order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { entrySchema, type Instruction } from "../../src/log/entry.ts";
import { decodeLeaf } from "../../src/log/leaf.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { bringEvidence, fees, openPlace, requestIdOf, type GatePlace } from "../place/gate.ts";
import { approval, chainId, goldCode, goldDeployment, goldToken, submission } from "../place/gold.ts";
import { askRelease, delivery, redeemingPolicy, seenBurn, takenBack, vault } from "../place/redemption.ts";

const none = `0x${"00".repeat(20)}`;
const deploymentOf = (decimals: number): ReturnType<typeof goldDeployment> =>
  goldDeployment({
    policy: redeemingPolicy({
      token: { chain: chainId, address: goldToken, decimals, standard: "role-erc20", codehash: goldCode },
    }),
  });

const events = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("ask" as const), amount: fc.integer({ min: 1, max: 5_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("sign" as const), nth: fc.nat(3) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("see" as const),
      nth: fc.nat(3),
      finalized: fc.boolean(),
      status: fc.constantFrom("success" as const, "success" as const, "reverted" as const),
      alone: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("release" as const, "deliver" as const), nth: fc.nat(3) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("back" as const), nth: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
);
type Event = typeof events extends fc.Arbitrary<infer E> ? E : never;

type Known = {
  readonly said: Envelope;
  readonly amount: bigint;
  txHash?: Bytes32;
  nonce?: number;
  end?: "burned" | "reverted";
  back?: true;
  instruction?: Instruction;
  delivered?: true;
};

class Stream {
  readonly known: Known[] = [];
  block = 20;
  readonly place: GatePlace;
  readonly decimals: number;

  constructor(place: GatePlace, decimals: number) {
    this.place = place;
    this.decimals = decimals;
  }

  async play(event: Event): Promise<void> {
    const { place } = this;
    if (event.kind === "restart") return place.reopen();
    if (event.kind === "ask") return this.#ask(event.amount);
    const one = this.known[event.nth];
    if (one === undefined) return;
    const requestId = requestIdOf(one.said);
    switch (event.kind) {
      case "sign": {
        const answer = await place.gate.answer({ verb: "sign", requestId, fees });
        if (answer.kind === "signed") Object.assign(one, { txHash: answer.txHash, nonce: answer.nonce });
        return;
      }
      case "see":
        return this.#see(one, event);
      case "release": {
        const answer = await askRelease(place, one.said);
        expect(answer.kind === "released").toBe(one.end === "burned" && one.back !== true);
        if (answer.kind !== "released") return;
        if (one.instruction !== undefined) expect(answer.instruction).toEqual(one.instruction);
        one.instruction = answer.instruction;
        return;
      }
      case "deliver": {
        if (one.instruction === undefined) return;
        const said = delivery(place.deployment, one.instruction, { asOf: one.instruction.instant });
        const again = one.delivered === true;
        const answer = await place.gate.answer({ verb: "admit", statement: said });
        expect(answer.kind).toBe("admitted");
        if (!again) one.delivered = true;
        return;
      }
      case "back": {
        const answer = await place.gate.answer({ verb: "admit", statement: takenBack(place.deployment, one.said) });
        if (answer.kind === "admitted" && one.end === "burned") one.back = true;
      }
    }
  }

  async #ask(amount: number): Promise<void> {
    const { place, decimals } = this;
    if (this.known.length >= 4) return;
    const reference = `RDM-${String(this.known.length)}`;
    const intent = { operation: "redeem", to: none, reference, destination: vault, amount: String(amount) };
    const said = submission(place.deployment, { now: place.now, intent }, decimals);
    for (const statement of [said, approval(place.deployment, said, "carla")])
      expect(await place.gate.answer({ verb: "admit", statement })).toMatchObject({ kind: "admitted" });
    this.known.push({ said, amount: BigInt(amount) });
  }

  async #see(one: Known, seen: Extract<Event, { kind: "see" }>): Promise<void> {
    if (one.txHash === undefined || one.nonce === undefined) return;
    this.block += 1;
    const { finalized, status, alone } = seen;
    const said = { txHash: one.txHash, nonce: one.nonce, amount: one.amount.toString(), block: this.block };
    await seenBurn(this.place, { ...said, finalized, status, ...(alone ? { by: ["obs-1"] } : {}) });
    if (finalized && !alone) one.end ??= status === "success" ? "burned" : "reverted";
  }

  /** I2, with its reasons. */
  check(): void {
    const released = this.place.journal
      .leaves(0, 10_000)
      .map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)))
      .flatMap((entry) => (entry.kind === "release" ? [entry] : []));
    const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);
    const burned = this.known.filter(({ end }) => end === "burned");
    expect(new Set(released.map(({ burn }) => burn)).size).toBe(released.length);
    for (const one of released) {
      const known = burned.find(({ said }) => requestIdOf(said) === one.requestId);
      expect(known).toMatchObject({ txHash: one.burn, amount: one.amount });
      expect(known?.back).toBeUndefined();
    }
    expect(sum(released.map(({ amount }) => amount)) <= sum(burned.map(({ amount }) => amount))).toBe(true);
    const { journal } = this.place;
    const owed = burned.filter(({ back, delivered }) => back !== true && delivered !== true);
    const asset = this.place.deployment.policy.asset;
    expect(sum(journal.owed(asset, this.place.now as never))).toBe(sum(owed.map(({ amount }) => amount)));
  }
}

test.each([0, 6, 8, 18])("with %i decimals", async (decimals) => {
  const deployment = deploymentOf(decimals);
  await fc.assert(
    fc.asyncProperty(fc.array(events, { minLength: 5, maxLength: 30 }), async (stream) => {
      const place = openPlace(deployment);
      try {
        await bringEvidence(place);
        const played = new Stream(place, decimals);
        for (const event of stream) {
          await played.play(event);
          played.check();
        }
      } finally {
        await place.close();
      }
    }),
    { numRuns: 6 },
  );
});
