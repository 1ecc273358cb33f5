/** Which of the places that hold a key is asked for its next signature: one at a time, in the order in which the gate was told of them. */
import type { ManagedKey } from "../../roster/roster.ts";
import { plus, type Instant } from "../../values/instant.ts";
import type { Hex } from "../../values/hex.ts";
import type { Name } from "../../values/name.ts";
import type { Backend, BackendHealth } from "./backend.port.ts";

/** A token or device and the managed keys that live on it. */
export type KeyPlace = {
  readonly name: Name;
  /** As the operator's files have it; the roster says of each key what it should be. */
  readonly kind: ManagedKey["backend"];
  readonly keys: readonly Name[];
  readonly backend: Backend;
  /** The public half of the key that shows that the place can sign; never a managed key. */
  readonly healthKey?: Hex;
};

/** What the world is told of one place. */
type PlaceReport = BackendHealth & {
  readonly name: Name;
  readonly keys: readonly Name[];
  /** The keys whose next signature is asked here. */
  readonly serves: readonly Name[];
  /** Passed over while another place can sign. */
  readonly rests: boolean;
};

/** A sentence when a roster calls a key one of a device, on whose screen a person looks, that lies on a token here, or the other way round. */
export function contradiction(places: readonly KeyPlace[], keys: readonly ManagedKey[]): string | undefined {
  for (const { id, backend } of keys) {
    const other = places.find((place) => place.kind !== backend && place.keys.includes(id));
    if (other !== undefined)
      return `the roster says of \`${id}\` that its backend is \`${backend}\`; here it lies on \`${other.name}\`, which is \`${other.kind}\``;
  }
  return undefined;
}

/** How long a place that failed a signing is passed over while another one can sign, in seconds. */
const restSeconds = 60;

/**
 * A digest goes to one place at a time: the gate asks for it again only after a backend answered, and what a backend answers is its last
 * word about that permit (backend.port.ts). So the next permit for the same digest may go to another place.
 */
export class KeyPlaces {
  readonly all: readonly KeyPlace[];
  readonly #restsUntil = new Map<KeyPlace, Instant>();

  constructor(all: readonly KeyPlace[]) {
    this.all = all;
  }

  /**
   * The first that is ready and did not fail a moment ago; else the first that is ready; else the first of all, which says what is wrong.
   * Nothing when no place holds the key.
   */
  next(key: Name, now: Instant): KeyPlace | undefined {
    const holders = this.#holders(key);
    if (holders.length < 2) return holders[0];
    const ready = holders.filter(({ backend }) => backend.health().ready);
    return ready.find((place) => !this.#rests(place, now)) ?? ready[0] ?? holders[0];
  }

  /** The place answered something else than a signature, or nothing that can be used. */
  failed(place: KeyPlace, now: Instant): void {
    this.#restsUntil.set(place, plus(now, restSeconds));
  }

  signed(place: KeyPlace): void {
    this.#restsUntil.delete(place);
  }

  /** What keeps all places of a shared key from signing, each by its name; nothing while one of them can, or when there is only one. */
  lack(key: Name): string | undefined {
    const holders = this.#holders(key).map(({ name, backend }) => ({ name, ...backend.health() }));
    if (holders.length < 2 || holders.some(({ ready }) => ready)) return undefined;
    return `no token that holds the key can sign: ${holders.map(({ name, why }) => `${name}: ${why}`).join("; ")}`;
  }

  isShared(key: Name): boolean {
    return this.#holders(key).length > 1;
  }

  reports(now: Instant): readonly PlaceReport[] {
    return this.all.map((place) => ({
      ...place.backend.health(),
      name: place.name,
      keys: place.keys,
      serves: place.keys.filter((key) => this.next(key, now) === place),
      rests: this.#rests(place, now),
    }));
  }

  #holders(key: Name): readonly KeyPlace[] {
    return this.all.filter(({ keys }) => keys.includes(key));
  }

  #rests(place: KeyPlace, now: Instant): boolean {
    const until = this.#restsUntil.get(place);
    return until !== undefined && now < until;
  }
}
