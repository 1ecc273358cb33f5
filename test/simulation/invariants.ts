/** What must be true whatever happened: at the token, after each event, and once everything came to rest; each is a sentence. */
import { strict as assert } from "node:assert";
import { quietMs } from "../../src/gate/word.ts";
import type { Instruction } from "../../src/log/entry.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { canonical } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { isEnd } from "../../src/request/state.ts";
import { signedOn, type Request } from "../../src/request/request.ts";
import { requestIdOf } from "../place/gate.ts";
import type { Asked, Tally } from "./account.ts";
import type { RunningGate } from "./gates.ts";
import { readLog, type LogReading } from "./log-reading.ts";
import type { Signed } from "./token.ts";
import type { World } from "./world.ts";

/** What is watched of a day. */
type Watched = {
  readonly world: World;
  readonly asked: readonly Asked[];
  readonly counts: Readonly<Record<Tally, number>>;
};

type Lane = {
  readonly isLaneOpen: boolean;
  /** Amounts signed over a journal that was given up: what became of them the log that was kept does not know, and people have to look. */
  readonly aside: ReadonlySet<bigint>;
};

/** Of officers, by the genesis. */
const promotionSeats = 2;

export class Watch {
  #day: Watched | undefined;
  #broken: string | undefined;
  #seen = 0;
  #height = "";
  /** The first instruction of each burn. */
  readonly releases = new Map<Bytes32, Instruction>();
  readonly #nonceOf = new Map<bigint, number>();
  readonly #amountOf = new Map<number, bigint>();

  over(day: Watched): void {
    this.#day = day;
  }

  /** Called as a token is asked, before it signs; what is thrown there would be the gate's to catch. */
  asking(gate: RunningGate, digest: Bytes32, nonce: number): void {
    const { isBehind, told, owner } = gate;
    const { token, gates, now } = this.#of().world;
    const { signed } = token;
    const isKnown = signed.some((one) => one.nonce === nonce);
    const where = `${owner}, nonce ${nonce}, ${digest}`;
    if ((gates.promoters.get(gate.logKey)?.size ?? promotionSeats) < promotionSeats)
      this.#broken ??= `a gate that takes over asks no token before its quorum promoted it: ${where}`;
    if (isBehind) this.#broken ??= `a gate that is behind what the witnesses cosigned signs nothing: ${where}`;
    if (now * 1_000 >= (gates.outdone(gate) ?? now) * 1_000 + quietMs)
      this.#broken ??= `nothing is asked by a gate after which another one was let on long ago: ${where}`;
    if (!isKnown && nonce < told)
      this.#broken ??= `nothing new is signed on a nonce that the observers call used: ${where}`;
  }

  /** Called with what a gate hands out. */
  released(instruction: Instruction): void {
    const { burn } = instruction;
    const { chain } = this.#of().world;
    if (chain.final(burn)?.status !== "success")
      this.#broken ??= `nothing is released on a burn that is not final: ${burn}`;
    const first = this.releases.get(burn) ?? instruction;
    if (canonical(toWire(first)) !== canonical(toWire(instruction)))
      this.#broken ??= `a burn is released once: ${burn}`;
    this.releases.set(burn, first);
  }

  /** True at every moment. */
  always(): void {
    const { world } = this.#of();
    assert.equal(this.#broken, undefined, this.#broken);
    for (const { nonce, amount } of world.token.signed.slice(this.#seen)) this.#learn(nonce, amount);
    this.#seen = world.token.signed.length;
    const { number, hash } = world.chain.head();
    if (this.#height !== `${number} ${hash}`) this.#mints();
    this.#height = `${number} ${hash}`;
  }

  /** True once everything came to rest. */
  async atRest(): Promise<void> {
    this.always();
    const { world, asked, counts } = this.#of();
    // A lane that somebody else used is frozen until people looked.
    const isLaneOpen = counts.strangers === 0;
    const { chain, gates, token } = world;
    const requests = await world.service.requests();
    const onChain = chain.mints().map(({ amount }) => amount);
    const sum = [...new Set(onChain)].reduce((total, amount) => total + amount, 0n);
    assert.equal(chain.supply(), sum, "the supply is the sum of the mints");
    const taken = asked.filter(({ isTaken }) => isTaken);
    assert.equal(requests.length, taken.length, "no request is lost that the gate gave a receipt for");
    const journal = gates.journal();
    assert.ok(journal !== undefined, "a gate runs once everything is mended");
    const inLog = readLog(journal);
    const isOneJournal = counts.twins === 0 && counts["put back"] === 0;
    if (isOneJournal) this.#permitted(inLog);
    const aside = isOneJournal && counts.followed === 0 ? [] : notIn(inLog, token.signed);
    const moved = new Set([...onChain, ...chain.burns().map(({ amount }) => amount)]);
    for (const request of requests) this.#ended(request, moved, { isLaneOpen, aside: new Set(aside) });
    // The lane begins at what the observers saw when it was first used.
    const [lowest = 0] = inLog.nonces;
    const whole = inLog.nonces.map((_, at) => lowest + at);
    assert.deepEqual(inLog.nonces, whole, "the nonces of the log follow one another and leave none out");
    const digests = new Set(inLog.signatures.map(({ digest }) => digest));
    assert.equal(digests.size, inLog.signatures.length, "the log has one signature of a digest");
    const inStore = new Set(requests.flatMap(signedOn).map(({ txHash }) => txHash));
    for (const { digest } of inLog.unsent(inStore))
      assert.fail(`every signature of the log is known to the service: ${digest}`);
  }

  /** Whatever gate asked for it: nothing leaves a token that the log of the gate in office does not know of. */
  #permitted({ permitted }: LogReading): void {
    const known = new Set(permitted);
    for (const { digest, by } of this.#of().world.token.signed)
      assert.ok(known.has(digest), `what a token signed is in the log that goes on: ${digest}, asked by ${by}`);
  }

  #ended({ submission, state, waitsFor }: Request, moved: ReadonlySet<bigint>, { isLaneOpen, aside }: Lane): void {
    const { reference } = submission;
    if (aside.has(BigInt(submission.amount))) return;
    if (isLaneOpen) assert.ok(isEnd(state), `every request ends: ${reference} is ${state}, ${waitsFor}`);
    const isMoved = moved.has(BigInt(submission.amount));
    if (isEnd(state)) assert.equal(isMoved, state === "final", `a request is final if it was minted: ${reference}`);
    if (isLaneOpen && this.owes(BigInt(submission.amount), state))
      assert.fail(`what burned is released in the end: ${reference}`);
  }

  /** A redemption that burned, that nobody ended, and whose release nobody has. */
  owes(amount: bigint, state: Request["state"]): boolean {
    const one = this.#of().asked.find((asked) => asked.amount === amount);
    if (state !== "final" || one?.said.message["operation"] !== "redeem" || one.ending !== undefined) return false;
    return ![...this.releases.values()].some((release) => release.amount === amount);
  }

  /** What the token signed. */
  #learn(nonce: number, amount: bigint | undefined): void {
    const day = this.#of();
    const before = this.#amountOf.get(nonce);
    if (amount === undefined) {
      this.#amountOf.set(nonce, before ?? 0n);
      const one = day.asked.find((asked) => asked.amount === before);
      assert.ok(
        one === undefined || one.overruling.length > 0,
        `what a token may have signed is closed by its quorum alone: nonce ${nonce}`,
      );
      return;
    }
    assert.ok(before === undefined || before === amount, `a nonce is signed for one request: nonce ${nonce}`);
    const other = this.#nonceOf.get(amount) ?? nonce;
    assert.equal(nonce, other, "a request is signed on one nonce");
    this.#amountOf.set(nonce, amount);
    this.#nonceOf.set(amount, nonce);
  }

  #mints(): void {
    const { world, asked } = this.#of();
    const moved = [...world.chain.mints(), ...world.chain.burns()].map(({ amount }) => amount);
    assert.equal(new Set(moved).size, moved.length, "a request is minted once");
    for (const amount of moved)
      assert.ok(
        asked.some((one) => one.amount === amount),
        "nothing is minted that nobody asked for",
      );
  }

  #of(): Watched {
    assert.ok(this.#day !== undefined, "there is a day to watch over");
    return this.#day;
  }
}

/** What the token minted with signatures that the log does not have. */
function notIn({ signatures }: LogReading, signed: readonly Signed[]): readonly bigint[] {
  const written = new Set(signatures.map(({ r }) => r));
  return signed.flatMap(({ r, amount }) => (amount === undefined || written.has(r) ? [] : [amount]));
}

/** The requests of the day by their ids. */
export function findAsked(day: Pick<Watched, "asked">, requestId: Bytes32): Asked | undefined {
  return day.asked.find(({ said }) => requestIdOf(said) === requestId);
}
