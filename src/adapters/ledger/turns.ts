/** Who is next at a device: in the order in which they first asked, as long as they go on asking. */
import type { Bytes32 } from "../../values/bytes32.ts";

const waitingMax = 256;

export class Turns {
  readonly #patienceMs: number;
  readonly #now: () => number;
  /** Insertion order is the order of asking; the value is when they asked last. */
  readonly #waiting = new Map<Bytes32, number>();

  /** Whoever has not asked for `patienceMs` loses the turn. */
  constructor(patienceMs: number, now: () => number = () => performance.now()) {
    this.#patienceMs = patienceMs;
    this.#now = now;
  }

  /** How many are before this one; nothing when the line is full. */
  before(digest: Bytes32): number | undefined {
    const now = this.#now();
    for (const [other, askedAt] of this.#waiting) if (now - askedAt > this.#patienceMs) this.#waiting.delete(other);
    if (!this.#waiting.has(digest) && this.#waiting.size >= waitingMax) return undefined;
    this.#waiting.set(digest, now);
    return [...this.#waiting.keys()].indexOf(digest);
  }

  leave(digest: Bytes32): void {
    this.#waiting.delete(digest);
  }
}
