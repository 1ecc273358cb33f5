/** Repeatable chance: the same seed gives the same numbers on every machine. */
import { createHash } from "node:crypto";

/** The seed of one round, from the seed of the whole run. */
export function seedOf(base: number, item: string, round: number): number {
  return createHash("sha256")
    .update(`${String(base)} ${item} ${String(round)}`)
    .digest()
    .readUInt32BE(0);
}

/** Whole numbers from 0 to one below `bound`. */
export function chance(seed: number): (bound: number) => number {
  let drawn = 0;
  return (bound) => {
    drawn += 1;
    const bytes = createHash("sha256")
      .update(`${String(seed)} ${String(drawn)}`)
      .digest();
    return Number(bytes.readBigUInt64BE(0) % BigInt(bound));
  };
}
