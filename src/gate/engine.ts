/** Name and version of the engine that decided, as the log and every bundle carry it. */

export const engine = "countersign/0.2.0";
