/** The machine's clock, in whole seconds. */
import type { Clock } from "../../flow/clock.port.ts";
import { parse } from "../../values/instant.ts";

export const systemClock: Clock = { now: () => parse(Math.floor(Date.now() / 1_000)) };
