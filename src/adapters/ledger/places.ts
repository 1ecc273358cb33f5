/** Which slot holds which plugged-in device, so that no slot sends a command to another's while a person reads its screen. */
import type { Name } from "../../values/name.ts";

export class Places {
  readonly #claims = new Map<string, Name>();
  readonly #unsure = new Set<Name>();
  #last: Promise<unknown> = Promise.resolve();

  /** Places of other slots. */
  others(slot: Name): readonly string[] {
    return [...this.#claims].filter(([, holder]) => holder !== slot).map(([place]) => place);
  }

  claim(slot: Name, place: string): void {
    this.release(slot);
    if (place !== "") this.#claims.set(place, slot);
  }

  release(slot: Name): void {
    for (const [place, holder] of this.#claims) if (holder === slot) this.#claims.delete(place);
  }

  /** A review of this slot may be on a screen, and nobody knows on which: nothing new is looked at meanwhile. */
  setUnsure(slot: Name, isUnsure: boolean): void {
    if (isUnsure) this.#unsure.add(slot);
    else this.#unsure.delete(slot);
  }

  isUnsure(): boolean {
    return this.#unsure.size > 0;
  }

  /** One slot at a time looks at places that are nobody's yet. */
  alone<T>(look: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(look, look);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
