/** The named points at which a witness may be stopped: between its look, its memory and its answer. */
import type { Faults } from "../faults.port.ts";

export const witnessFaultPoints = ["witness:checked", "witness:signed", "witness:stored"] as const;

export type WitnessFaultPoint = (typeof witnessFaultPoints)[number];

/** Passes a fault point; a misspelt one does not compile. */
export async function pass(faults: Faults, point: WitnessFaultPoint): Promise<void> {
  await faults.at(point);
}
