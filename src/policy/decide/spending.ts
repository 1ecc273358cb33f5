/** How much counts in a rolling window, and when there is room again. */
import * as instant from "../../values/instant.ts";
import type { Spend } from "../facts.ts";
import { after } from "./wait.ts";

export type Counted = { readonly at: instant.Instant; readonly value: bigint };

/** A spend counts until `windowSeconds` after its allocation, and one that seems to lie ahead counts too. */
export function counted(spends: readonly Spend[], now: instant.Instant, windowSeconds: number): readonly Spend[] {
  return spends.filter((spend) => spend.at > now - windowSeconds);
}

export function total(spends: readonly Counted[]): bigint {
  return spends.reduce((sum, { value }) => sum + value, 0n);
}

/** The first instant at which `asked` fits under `max` if nothing else is allocated; undefined when it never does. */
export function roomAt(
  spends: readonly Counted[],
  windowSeconds: number,
  room: { asked: bigint; max: bigint },
): instant.Instant | undefined {
  if (room.asked > room.max) return undefined;
  let left = total(spends);
  for (const { at, value } of [...spends].sort((a, b) => a.at - b.at)) {
    left -= value;
    if (left + room.asked <= room.max) return after(at, windowSeconds);
  }
  return undefined;
}

/** `; room from 2026-11-23T10:00:00Z`, or nothing to say when it fits or never will. */
export function roomText(
  spends: readonly Counted[],
  windowSeconds: number,
  room: { asked: bigint; max: bigint },
): string {
  if (total(spends) + room.asked <= room.max) return "";
  const at = roomAt(spends, windowSeconds, room);
  return at === undefined ? "; more than the whole" : `; room from ${instant.toIso(at)}`;
}
