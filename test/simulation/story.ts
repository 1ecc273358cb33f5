/** What may happen in the world, how often, and what must be true whatever happened. */
import { strict as assert } from "node:assert";
import { Transaction } from "ethers/transaction";
import { decode } from "../../src/intent/calldata.ts";
import type { Request } from "../../src/request/request.ts";
import { isEnd } from "../../src/request/state.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import { approval, idOf, submission, units } from "../place/gold.ts";
import { requestIdOf } from "../place/gate.ts";
import { sign, type PersonId } from "../place/people.ts";
import { World } from "./world.ts";

export type Chance = (bound: number) => number;

/** One request that somebody brought: every amount is its own, so that an event on the chain names its request. */
type Asked = { readonly said: Envelope; readonly amount: bigint; taken: boolean; ended: boolean };

export type Counts = {
  readonly seeds: number;
  readonly events: number;
  readonly requests: number;
  readonly final: number;
  readonly kills: number;
  readonly reorgs: number;
  /** Nonces that a filler closed. */
  readonly fillers: number;
};

/** Longer than any clock is off. */
const lifetime = 86_400;
const longestStretch = 16;
const custodians: readonly PersonId[] = ["chris", "cyril"];

const isFiller = (unsigned: string): boolean => Transaction.from(unsigned).data === "0x";

export class Story {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #asked: Asked[] = [];
  readonly trace: string[] = [];
  #events = 0;
  #kills = 0;
  #reorgs = 0;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  /** The day begins with some who ask for something. */
  begin(): void {
    this.#world.attest();
    for (let count = 0; count < 3; count += 1) this.#ask();
  }

  /** One event, chosen by its weight. */
  async happen(): Promise<void> {
    const world = this.#world;
    this.#events += 1;
    const deeds: readonly (readonly [number, string, () => void | Promise<void>])[] = [
      [60, "", () => this.#goOn()],
      [
        24,
        "work",
        () => {
          world.work(this.#chance(world.replicas));
        },
      ],
      [
        10,
        "time",
        () => {
          this.#time();
        },
      ],
      [
        4,
        "ask",
        () => {
          this.#ask();
        },
      ],
      [2, "kill serve", () => this.#killReplica()],
      [
        2,
        "kill gate",
        () => {
          this.#killGate();
        },
      ],
      [
        8,
        "mend",
        () => {
          this.#mend();
        },
      ],
      [
        2,
        "reorganise",
        () => {
          this.#reorganise();
        },
      ],
      [
        1,
        "forget pool",
        () => {
          world.chain.forgetPool();
        },
      ],
      [
        2,
        "mischief",
        () => {
          this.#mischief();
        },
      ],
      [
        1,
        "token",
        () => {
          world.tokenAway = !world.tokenAway;
        },
      ],
      [
        1,
        "clocks",
        () => {
          this.#clocks();
        },
      ],
      [1, "lose store", () => world.loseStore()],
      [
        4,
        "end one",
        () => {
          this.#endOne();
        },
      ],
    ];
    let at = this.#chance(deeds.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, name, deed] of deeds) {
      at -= weight;
      if (at >= 0) continue;
      if (name !== "") this.trace.push(name);
      await deed();
      break;
    }
    await world.schedule.quiet();
    this.#check();
  }

  /** Nothing goes wrong any more: everything that can end does. */
  async settle(): Promise<Counts> {
    const world = this.#world;
    world.chain.mischief.length = 0;
    this.#mend();
    await this.#drain();
    world.attest();
    for (let round = 0; round < 150; round += 1) {
      await this.#drain();
      const requests = await this.#requests();
      const open = requests.filter(({ state }) => !isEnd(state));
      if (round % 5 === 4) this.#overrule(requests);
      const mirrored = await world.store().mirrored();
      if (round > 2 && open.length === 0 && mirrored === world.journal()?.size()) break;
      for (let index = 0; index < world.replicas; index += 1) world.work(index);
      await this.#drain();
      // Leases of those who were killed run out.
      world.now += 61;
      world.chain.mine();
      world.observe(["obs-1", "obs-2"]);
      world.observeOutcomes();
    }
    await this.#drain();
    this.#check();
    await this.#judge();
    return {
      seeds: 1,
      events: this.#events,
      requests: this.#asked.filter(({ taken }) => taken).length,
      final: (await this.#requests()).filter(({ state }) => state === "final").length,
      kills: this.#kills,
      reorgs: this.#reorgs,
      fillers: new Set(world.signed.filter(({ unsigned }) => isFiller(unsigned)).map(({ nonce }) => nonce)).size,
    };
  }

  /** A stretch in which nothing happens from outside: whatever is under way goes on, in any order. */
  async #goOn(): Promise<void> {
    const { schedule } = this.#world;
    for (let steps = this.#chance(longestStretch); steps >= 0 && schedule.size() > 0; steps -= 1) {
      this.trace.push(await schedule.step(this.#chance(schedule.size())));
      const signing = schedule.isAt("gate:allocated") || schedule.isAt("gate:permit-stored");
      if (signing && this.#chance(10) === 0) this.#endOne();
    }
  }

  async #drain(): Promise<void> {
    const { schedule } = this.#world;
    await schedule.quiet();
    for (let steps = 0; schedule.size() > 0; steps += 1) {
      assert.ok(steps < 20_000, "something never comes to rest");
      await schedule.step(0);
    }
  }

  #time(): void {
    const world = this.#world;
    world.now += 1 + this.#chance(12);
    if (this.#chance(3) > 0) world.chain.mine();
    world.observe(this.#chance(4) === 0 ? ["obs-1"] : ["obs-1", "obs-2"]);
    if (this.#chance(2) === 0) world.observeOutcomes();
    if (this.#chance(8) === 0) world.attest();
  }

  #ask(): void {
    const world = this.#world;
    const number = this.#asked.length + 1;
    const amount = units(number);
    const said = submission(world.deployment, {
      now: world.now,
      requestId: idOf(`request ${String(number)}`),
      intent: { reference: `DEPOSIT-${String(number)}`, amount, expiresAt: world.now + lifetime },
    });
    const asked = { said, amount: BigInt(amount), taken: false, ended: false };
    this.#asked.push(asked);
    world.schedule.begin(async () => {
      // A clock that is off may refuse it; whoever asked knows then.
      asked.taken = await world.deliver(said, this.#chance(world.replicas));
      if (!asked.taken) return;
      for (const by of custodians)
        await world.deliver(approval(world.deployment, said, by), this.#chance(world.replicas));
    });
  }

  /** A custodian or the issuer changes their mind, at any moment; half of them say so to the gate itself. */
  #endOne(): void {
    const world = this.#world;
    const open = this.#asked.filter(({ taken, ended }) => taken && !ended);
    // What happens between a nonce and its signature is seldom, and the worst.
    const unsigned = open.filter(({ said }) => {
      const permit = world.journal()?.permits(requestIdOf(said)).at(-1);
      return permit !== undefined && permit.signed === undefined;
    });
    const from = unsigned.length > 0 ? unsigned : open;
    const one = from[this.#chance(Math.max(1, from.length))];
    if (one === undefined) return;
    one.ended = true;
    const { requestId, intentHash } = one.said.message;
    const word =
      this.#chance(2) === 0
        ? approval(world.deployment, one.said, "carla", { decision: "reject" })
        : sign("ida", world.deployment.deploymentId, "Cancellation", { requestId, intentHash, reason: "not any more" });
    if (this.#chance(2) === 0) world.tell([word]);
    else
      world.schedule.begin(async () => {
        await world.deliver(word, this.#chance(world.replicas));
      });
  }

  async #killReplica(): Promise<void> {
    this.#kills += 1;
    this.#world.killReplica(this.#chance(this.#world.replicas));
    await this.#world.schedule.quiet();
  }

  #killGate(): void {
    this.#kills += 1;
    this.#world.killGate();
  }

  /** Somebody looks after the machines. */
  #mend(): void {
    const world = this.#world;
    world.tokenAway = false;
    world.skew.gate = 0;
    world.skew.serve = 0;
    world.startGate();
    for (let index = 0; index < world.replicas; index += 1) world.startReplica(index);
  }

  /** Never below what is final. */
  #reorganise(): void {
    const { chain } = this.#world;
    const deepest = chain.head().number - chain.finalized().number;
    if (deepest === 0) return;
    this.#reorgs += 1;
    const depth = 1 + this.#chance(deepest);
    chain.reorganise(depth, this.#chance(2) === 0);
    for (let block = 0; block <= depth; block += 1) chain.mine();
  }

  #mischief(): void {
    const kinds = ["lose-reply", "lose-bytes", "throw-after"] as const;
    this.#world.chain.mischief.push(kinds[this.#chance(kinds.length)]!);
  }

  #clocks(): void {
    const hours = [-3_600, 0, 3_600];
    this.#world.skew.gate = hours[this.#chance(3)]!;
    this.#world.skew.serve = hours[this.#chance(3)]!;
  }

  async #requests(): Promise<readonly Request[]> {
    return await this.#world.store().requests({ limit: 1_000 });
  }

  /** True at every moment. */
  #check(): void {
    const world = this.#world;
    const nonceOf = new Map<bigint, number>();
    const amountOf = new Map<number, bigint>();
    for (const { nonce, unsigned } of world.signed) {
      const call = decode(Transaction.from(unsigned).data as never, "role-erc20");
      if (call.kind !== "mint") continue;
      const known = nonceOf.get(call.amount) ?? nonce;
      assert.equal(nonce, known, "a request was signed on two nonces");
      const other = amountOf.get(nonce) ?? call.amount;
      assert.equal(call.amount, other, "a nonce was signed for two requests");
      nonceOf.set(call.amount, nonce);
      amountOf.set(nonce, call.amount);
    }
    const minted = world.chain.mints().map(({ amount }) => amount);
    assert.equal(new Set(minted).size, minted.length, "a mint happened twice");
    for (const amount of minted)
      assert.ok(
        this.#asked.some((one) => one.amount === amount),
        "a mint that nobody asked for",
      );
  }

  /** What ended while a token had its digest, and whose answer was lost: a signature may exist, so its own quorum has to cancel it. */
  #overrule(requests: readonly Request[]): void {
    const { deployment } = this.#world;
    for (const { said } of this.#asked) {
      const found = requests.find(({ requestId }) => requestId === requestIdOf(said));
      const permits = this.#world.journal()?.permits(requestIdOf(said)) ?? [];
      const inDoubt = permits.some(({ doubt, signed }) => doubt && signed === undefined);
      if (found === undefined || !isEnd(found.state) || !inDoubt || permits.some(({ filler }) => filler)) continue;
      const { requestId, intentHash } = said.message;
      const message = { requestId, intentHash, reason: "the token's answer was lost" };
      this.#world.tell(custodians.map((by) => sign(by, deployment.deploymentId, "Cancellation", message)));
    }
  }

  /** True once everything came to rest. */
  async #judge(): Promise<void> {
    const { chain } = this.#world;
    const requests = await this.#requests();
    const minted = new Set(chain.mints().map(({ amount }) => amount));
    assert.equal(requests.length, this.#asked.filter(({ taken }) => taken).length, "a request was lost");
    for (const { submission: asked, state, waitsFor } of requests) {
      const amount = BigInt(asked.amount);
      assert.ok(isEnd(state), `${asked.reference} never ends: ${state}, ${waitsFor}`);
      assert.equal(minted.has(amount), state === "final", `${asked.reference} is ${state}`);
    }
    const sum = [...minted].reduce((total, amount) => total + amount, 0n);
    assert.equal(chain.supply(), sum, "the supply is not the sum of the mints");
  }
}
