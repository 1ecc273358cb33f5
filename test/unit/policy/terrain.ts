/** The cells of a small policy with what becomes of each, for tests of whatever reads them. */
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Spot } from "../../../src/policy/analyse/spot.ts";
import { terrainOf, visits, type Terrain, type Visit } from "../../../src/policy/analyse/survey.ts";
import type { RosterIndex } from "../../../src/roster/membership.ts";
import { rosterIndex } from "./example.ts";
import { small } from "./small.ts";

type Fields = Readonly<Record<string, unknown>>;

export function terrainWith(fields: Fields = {}, roster: RosterIndex = rosterIndex): Terrain {
  return terrainOf(compile(small(fields)), roster);
}

export function visitsOf(fields: Fields = {}, roster: RosterIndex = rosterIndex): readonly Visit[] {
  const terrain = terrainWith(fields, roster);
  return terrain.ground.policy.rules.flatMap((rule) => [...visits(rule, terrain, { left: 10_000 })]);
}

/** `permitted`, `ambiguous`, or the clause that denies, for every cell. */
export function outcomes(fields: Fields = {}, roster: RosterIndex = rosterIndex): readonly string[] {
  return visitsOf(fields, roster).map(({ outcome }) => (outcome.kind === "denied" ? outcome.clause : outcome.kind));
}

export const first = <T>(items: readonly T[]): T => {
  const [found] = items;
  if (found === undefined) throw new Error("there is none");
  return found;
};

export const spotOf = (fields: Fields = {}): Spot => first(visitsOf(fields)).spot;
