/** Production's fault points: none of them does anything. */
import type { Faults } from "../flow/faults.port.ts";

export const noFaults: Faults = { at: () => undefined };
