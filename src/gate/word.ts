/** The witnesses' word, and when it ends: a gate on a copy of the journal can get no new one, so what it may still do is over soon. */
import type { Instant } from "../values/instant.ts";

/** `ticks` are milliseconds of a clock that only goes on; `at` is the gate's time. An age is the longer of the two. */
export type Moment = { readonly ticks: number; readonly at: Instant };

/** A token is asked while the word is younger than this, so that its answer has the other half. */
export const askedMs = 150_000;
/** What a token answered is written while the word is younger than this. */
export const heldMs = 300_000;
/** So long after its first word a gate leaves alone what another one may have been let sign: a fifth more, as no two clocks run alike. */
export const quietMs = 360_000;

/** Heads first shown within this count from the first of them, so that they are few. */
const grainMs = 1_000;

type Shown = { readonly size: number; readonly moment: Moment };

/**
 * A word counts from when this run first showed a head of as many leaves: nobody cosigned it before, whatever the clocks of witnesses
 * say and however late somebody hands it in.
 * INVARIANT: a size is noted once, so no head is ever younger than when it was first shown.
 */
export class Word {
  readonly #shown: Shown[] = [];
  #highest = -1;
  #since: Moment | undefined;
  #firstTaken: number | undefined;

  /** A head of so many leaves leaves the gate. */
  show(size: number, moment: Moment): void {
    if (size <= this.#highest) return;
    this.#highest = size;
    const last = this.#shown.at(-1);
    if (last !== undefined && moment.ticks - last.moment.ticks < grainMs) return;
    this.#shown.push({ size, moment });
    while (this.#shown.length > 1 && ageOf(this.#shown[0]?.moment, moment) >= heldMs) this.#shown.shift();
  }

  /** Enough witnesses cosigned so many leaves, the one that this run began with among them. */
  take(size: number, { ticks }: Moment): void {
    this.#firstTaken ??= ticks;
    const shown = this.#shown.findLast((one) => one.size <= size);
    if (shown !== undefined && shown.moment.ticks > (this.#since?.ticks ?? -1)) this.#since = shown.moment;
  }

  isTaken(): boolean {
    return this.#firstTaken !== undefined;
  }

  /** Whether a token may be asked. */
  isYoung(now: Moment): boolean {
    return ageOf(this.#since, now) < askedMs;
  }

  /** Whether what a token answered may be written. */
  isHeld(now: Moment): boolean {
    return ageOf(this.#since, now) < heldMs;
  }

  /** Whether a word for so many leaves, the whole log, could not be young for long. */
  isStale(size: number, now: Moment): boolean {
    return size <= this.#highest && ageOf(this.#shown.at(-1)?.moment, now) >= askedMs / 2;
  }

  /** Milliseconds until no other gate can sign any more what was permitted before this run; without a word, all of them. */
  untilQuiet({ ticks }: Moment): number {
    return this.#firstTaken === undefined ? quietMs : Math.max(0, this.#firstTaken + quietMs - ticks);
  }
}

function ageOf(since: Moment | undefined, now: Moment): number {
  return since === undefined ? Infinity : Math.max(now.ticks - since.ticks, (now.at - since.at) * 1_000);
}
