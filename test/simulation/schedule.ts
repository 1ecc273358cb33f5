/** Tasks that stop at every named point until the schedule lets one of them go on: all interleavings, one seed each, none by the clock. */
import { setImmediate as turn } from "node:timers/promises";

type Parked = { readonly owner: string; readonly point: string; readonly resume: () => void };

export class Schedule {
  #parked: Parked[] = [];
  readonly #halted = new Set<string>();
  #busy = 0;
  #broken: { readonly error: unknown } | undefined;

  /** Stops here until it is let go; for ever, when its owner is killed before. */
  stop(owner: string, point: string): Promise<void> {
    return new Promise((resume) => {
      this.#parked.push({ owner, point, resume });
    });
  }

  /** Starts a task; what it throws breaks the run. */
  begin(task: () => Promise<void>): void {
    task().catch((error: unknown) => {
      this.#broken ??= { error };
    });
  }

  /** Work that takes turns of the loop without a stop in it: nothing is quiet before its end. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** A SIGKILL: what the owner had under way never goes on. */
  kill(owner: string): void {
    this.#halted.delete(owner);
    this.#parked = this.#parked.filter((one) => one.owner !== owner);
  }

  /** A SIGSTOP: what the owner had under way rests, and goes on after `carryOn`. */
  halt(owner: string): void {
    this.#halted.add(owner);
  }

  carryOn(owner?: string): void {
    if (owner === undefined) this.#halted.clear();
    else this.#halted.delete(owner);
  }

  isHalted(owner: string): boolean {
    return this.#halted.has(owner);
  }

  /** How many may go on. */
  size(): number {
    return this.#ready().length;
  }

  /** Whether something stopped at this point. */
  isAt(point: string): boolean {
    return this.#parked.some((one) => one.point === point);
  }

  /** Lets one go on, and waits until it stopped again or ended; answers where it was. */
  async step(which: number): Promise<string> {
    const one = this.#ready()[which];
    if (one === undefined) return "nothing";
    this.#parked.splice(this.#parked.indexOf(one), 1);
    one.resume();
    await this.quiet();
    return `${one.owner} ${one.point}`;
  }

  /** Until nothing moves by itself; rejects with what broke a task. */
  async quiet(): Promise<void> {
    // All but the writes of the store is synchronous: one turn runs all that can run.
    do await turn();
    while (this.#busy > 0);
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  #ready(): readonly Parked[] {
    return this.#halted.size === 0 ? this.#parked : this.#parked.filter(({ owner }) => !this.#halted.has(owner));
  }
}
