/** Whether a key can sign now, and where, read from what the gate says of the places it has. */
import type { Name } from "../values/name.ts";
import type { Health } from "./wire.ts";

type Places = Health["backends"];

type KeyStanding = {
  readonly ready: boolean;
  readonly why: string;
  /** The place that is asked for the key's next signature. */
  readonly servedBy: Name | null;
  /** All that hold it, in the order of preference. */
  readonly heldBy: readonly { readonly name: Name; readonly ready: boolean; readonly why: string }[];
};

export function placesOf(places: Places, key: Name): KeyStanding {
  const holders = places.filter(({ keys }) => keys.includes(key));
  const heldBy = holders.map(({ name, ready, why }) => ({ name, ready, why }));
  const serving = holders.find(({ ready, serves }) => ready && serves.includes(key));
  if (serving !== undefined) return { ready: true, why: serving.why, servedBy: serving.name, heldBy };
  const [one, ...others] = heldBy;
  const why = others.length === 0 ? one?.why : heldBy.map((place) => `${place.name}: ${place.why}`).join("; ");
  return { ready: false, why: why ?? "no token of this gate has it", servedBy: null, heldBy };
}

/** Ready when every key can sign; a place that is lost is told all the same. */
export function readinessOf(places: Places): { readonly ready: boolean; readonly why: string } {
  const lost = places.filter(({ ready }) => !ready);
  if (lost.length === 0) return { ready: true, why: "ready" };
  const keys = new Set(places.flatMap((place) => place.keys));
  const ready = [...keys].every((key) => placesOf(places, key).ready);
  const said = lost.map(({ name, keys: its, why }) =>
    ready ? `${name} is lost, its keys sign elsewhere: ${why}` : `${its.join(", ")}: ${why}`,
  );
  return { ready, why: said.join("; ") };
}
