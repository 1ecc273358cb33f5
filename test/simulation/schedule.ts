/** Tasks that stop at every named point until the schedule lets one of them go on: all interleavings, one seed each, none by the clock. */
import { setImmediate as turn } from "node:timers/promises";

type Parked = { readonly owner: string; readonly point: string; readonly resume: () => void };

export class Schedule {
  #parked: Parked[] = [];
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

  /** A SIGKILL: what the owner had under way never goes on. */
  kill(owner: string): void {
    this.#parked = this.#parked.filter((one) => one.owner !== owner);
  }

  size(): number {
    return this.#parked.length;
  }

  /** Whether something stopped at this point. */
  isAt(point: string): boolean {
    return this.#parked.some((one) => one.point === point);
  }

  /** Lets one go on, and waits until it stopped again or ended; answers where it was. */
  async step(which: number): Promise<string> {
    const [one] = this.#parked.splice(which, 1);
    if (one === undefined) return "nothing";
    one.resume();
    await this.quiet();
    return `${one.owner} ${one.point}`;
  }

  /** Until nothing moves by itself; rejects with what broke a task. */
  async quiet(): Promise<void> {
    // Every effect of this world is synchronous: one turn runs all that can run.
    await turn();
    if (this.#broken !== undefined) throw this.#broken.error;
  }
}
