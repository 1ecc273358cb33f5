/** One device as the gate sees it: found and watched by an agent of its own, shown one thing at a time, doubted after anything odd. */
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Hex } from "../../values/hex.ts";
import type { Answer, Orders, Sight } from "./agent-message.ts";
import type { Agent } from "./agent-process.ts";
import { failed, type Failure } from "./device-failure.ts";
import type { RawSignature } from "./eth-app.ts";
import type { Places } from "./places.ts";
import type { SlotConfig, SlotKey } from "./slot-config.ts";
import type { SlotMemory } from "./slot-memory.ts";

export type SlotState =
  /** Found or not, and what a person can do about it. */
  | { readonly kind: Sight["state"]; readonly why: string }
  | { readonly kind: "reviewing"; readonly why: string }
  /** A review may still be on the screen, and nobody waits for it any more. */
  | { readonly kind: "awaiting-clear"; readonly why: string }
  | { readonly kind: "quarantined"; readonly why: string };

export type SlotParts = {
  readonly config: SlotConfig;
  readonly memory: SlotMemory;
  readonly places: Places;
  readonly start: (orders: Orders) => Agent;
  readonly device: Orders["device"];
  /** One sentence for the operators' log. */
  readonly tell: (sentence: string) => void;
};

export type Outcome =
  | { readonly kind: "signed"; readonly signature: RawSignature }
  /** The device answered with something else, or is gone; `isShown` when something may have been on its screen. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly isShown: boolean }
  /** Nobody decided in time; what comes later is thrown away. */
  | { readonly kind: "expired" }
  /** The agent ended or the gate is closing: the screen may still show it. */
  | { readonly kind: "interrupted"; readonly why: string };

const restartMinMs = 250;
const restartMaxMs = 30_000;

export class Slot {
  readonly #parts: SlotParts;
  #sight: Sight = { state: "absent", why: "the device is being looked for", place: "", version: "" };
  #agent: Agent | undefined;
  #failedStarts = 0;
  #notBefore = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isUnderReview = false;
  #isLate = false;
  #looking: Promise<unknown> = Promise.resolve();
  #interrupt: (why: string) => void = () => undefined;

  constructor(parts: SlotParts) {
    this.#parts = parts;
    this.#parts.places.setUnsure(parts.config.name, parts.memory.reviewing() !== undefined);
  }

  pid(): number | undefined {
    return this.#agent?.pid;
  }

  state(): SlotState {
    const { memory, config } = this.#parts;
    const doubt = memory.quarantined();
    if (doubt !== undefined) return { kind: "quarantined", why: `the device is not used any more: ${doubt}` };
    if (this.#isUnderReview) return { kind: "reviewing", why: "a review is on the device's screen" };
    if (this.#isLate)
      return { kind: "awaiting-clear", why: "an earlier review is still on the screen: reject it there" };
    if (memory.reviewing() !== undefined)
      return {
        kind: "awaiting-clear",
        why: `an earlier review may still be on the screen of \`${config.name}\`: reject it there, then \`countersign ledger clear\``,
      };
    return { kind: this.#sight.state, why: this.#sight.why };
  }

  /** Looks now, and again and again until closed; reviews are left alone. */
  watch(): void {
    const { pollMs } = this.#parts.config.limits;
    const again = (): void => {
      if (this.#isClosed) return;
      void this.look(true).finally(() => {
        if (!this.#isClosed) this.#timer = setTimeout(again, pollMs);
      });
    };
    again();
  }

  /** How the device is, unless something may be on its screen. */
  look(isBrief: boolean): Promise<SlotState> {
    const turn = this.#looking.then(() => this.#look(isBrief));
    this.#looking = turn.catch(() => undefined);
    return turn;
  }

  async #look(isBrief: boolean): Promise<SlotState> {
    const { config, memory, places } = this.#parts;
    places.setUnsure(config.name, memory.reviewing() !== undefined && !this.#isUnderReview);
    const state = this.state();
    if (state.kind === "reviewing" || state.kind === "awaiting-clear" || state.kind === "quarantined") return state;
    if (this.#sight.place === "" && places.isUnsure()) return state;
    const agent = this.#runningAgent();
    if (agent === undefined) return state;
    const ask = (): Promise<Answer> =>
      agent.ask({
        verb: "look",
        others: [...places.others(config.name)],
        isBrief: isBrief && this.#sight.place !== "",
      });
    try {
      const answer = await this.#inTime(this.#sight.place === "" ? places.alone(ask) : ask(), agent);
      if (answer.kind === "seen") this.#see(answer.sight);
      else if (answer.kind === "failed") this.#see(absent(answer.failure.why));
      this.#failedStarts = 0;
    } catch (error) {
      this.#see(absent(failed(error).message));
    }
    return this.state();
  }

  /**
   * Shows the transaction to a person. The mark is on disk before the first byte, and is taken away when the device answered;
   * until then nothing else is sent to it.
   */
  async review(key: SlotKey, unsigned: Hex, digest: Bytes32): Promise<Outcome> {
    const { memory, config, tell } = this.#parts;
    const agent = this.#agent;
    if (agent === undefined || agent.isGone()) return { kind: "interrupted", why: "the device's agent ended" };
    memory.beginReview(digest);
    this.#isUnderReview = true;
    tell(`${config.name}: waits for a person: ${digest}`);
    const asked = agent.ask({ verb: "sign", path: key.path, publicKey: key.publicKey, unsigned }).then(outcomeOf);
    const interrupted = new Promise<Outcome>((resolve) => {
      this.#interrupt = (why) => {
        resolve({ kind: "interrupted", why });
      };
      void agent.gone.then((why) => {
        resolve({ kind: "interrupted", why });
      });
    });
    let late: NodeJS.Timeout | undefined;
    const expired = new Promise<Outcome>((resolve) => {
      late = setTimeout(resolve, config.limits.reviewTimeoutMs, { kind: "expired" });
    });
    const outcome = await Promise.race([interrupted, asked.catch(() => interrupted), expired]);
    clearTimeout(late);
    if (outcome.kind === "expired") this.#awaitLate(asked, digest);
    else {
      if (outcome.kind !== "interrupted") memory.endReview();
      this.#isUnderReview = false;
      // The agent let go of a device that answered oddly; it is looked for again.
      if (outcome.kind === "failed" && outcome.failure.kind !== "rejected") this.#see(absent(outcome.failure.why));
    }
    return outcome;
  }

  /** Whatever the device says now is nobody's: an approval after the deadline is told and thrown away. */
  #awaitLate(asked: Promise<Outcome>, digest: Bytes32): void {
    const { memory, config, tell } = this.#parts;
    this.#isUnderReview = false;
    this.#isLate = true;
    asked.then(
      (outcome) => {
        this.#isLate = false;
        memory.endReview();
        tell(
          outcome.kind === "signed"
            ? `${config.name}: a person approved ${digest} after the deadline; the signature was thrown away`
            : `${config.name}: the device's screen is clear again`,
        );
      },
      () => {
        this.#isLate = false;
      },
    );
  }

  /** The screen may go on showing a review; whoever waits for it waits no longer. */
  release(): void {
    this.#interrupt("the gate is closing");
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.release();
    const agent = this.#agent;
    agent?.kill();
    await agent?.gone;
    this.#parts.places.release(this.#parts.config.name);
  }

  #see(sight: Sight): void {
    const { config, places, tell } = this.#parts;
    if (sight.state !== this.#sight.state) {
      const app = sight.version === "" ? "" : `, Ethereum app ${sight.version}`;
      tell(`${config.name}: ${sight.state}${app}${sight.why === sight.state ? "" : `: ${sight.why}`}`);
    }
    this.#sight = sight;
    places.claim(config.name, sight.place);
  }

  /** A hung library is ended; the next look starts another. */
  async #inTime(answer: Promise<Answer>, agent: Agent): Promise<Answer> {
    const late = setTimeout(agent.kill, this.#parts.config.limits.lookTimeoutMs);
    try {
      return await answer;
    } finally {
      clearTimeout(late);
    }
  }

  #runningAgent(): Agent | undefined {
    if (this.#agent !== undefined && !this.#agent.isGone()) return this.#agent;
    const now = performance.now();
    if (this.#isClosed || now < this.#notBefore) return undefined;
    this.#notBefore = now + Math.min(restartMaxMs, restartMinMs * 2 ** this.#failedStarts);
    this.#failedStarts += 1;
    this.#sight = absent("the device is being looked for");
    const { config, device, start } = this.#parts;
    const keys = config.keys.map(({ path, publicKey }) => ({ path, publicKey }));
    this.#agent = start({ device, app: config.app, keys });
    return this.#agent;
  }
}

function outcomeOf(answer: Answer): Outcome {
  switch (answer.kind) {
    case "signed":
      return { kind: "signed", signature: answer };
    case "failed":
      return answer;
    case "started":
    case "seen":
      return { kind: "interrupted", why: "the device's agent answered something else" };
  }
}

function absent(why: string): Sight {
  return { state: "absent", why, place: "", version: "" };
}
