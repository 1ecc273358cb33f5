/** Ways to bend an allowed case so that one clause decides, at its edge and beyond; some stop just before it. */
import { denials, evidences } from "./bend-guard.ts";
import { ceilings, limits } from "./bend-limit.ts";
import { hidden, quorums, separations, waits } from "./bend-people.ts";
import { rules, seldom, times, tokens } from "./bend-rule.ts";
import { feedings } from "./feed-bends.ts";
import type { Bend } from "./bending.ts";

/** Every bend; those that seldom come to decide stand twice. */
export const bends: readonly Bend[] = [
  ...[...times, ...tokens, ...rules, ...quorums, ...waits],
  ...[...separations, ...denials, ...evidences, ...feedings, ...limits, ...ceilings],
  ...[...times, ...seldom, ...hidden, ...evidences, ...limits, ...ceilings, ...separations],
];
