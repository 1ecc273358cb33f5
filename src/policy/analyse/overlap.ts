/** Rules that one request matches together: two for two groups, and somebody who is in both. */
import type { PolicyFinding } from "./finding.ts";
import { isVoid } from "./outcome.ts";
import type { Rule } from "../policy.ts";
import { holdsIn, type Placed } from "./spot.ts";
import { mayMeet, spotsIn, type Budget } from "./spots.ts";
import { shown, type Terrain } from "./survey.ts";

/** Rules for one and the same group are proved apart when a policy is compiled. Whichever key would sign, and whatever the amount. */
export function overlapFindings(terrain: Terrain, budget: Budget): readonly PolicyFinding[] {
  const { rules } = terrain.ground.policy;
  return rules.flatMap((rule, index) =>
    (terrain.rivals.get(rule) ?? [])
      .filter((rival) => rules.indexOf(rival) < index)
      .flatMap((rival) => overlapOf(terrain, [rule, rival], budget)),
  );
}

function overlapOf(terrain: Terrain, [rule, rival]: readonly [Rule, Rule], budget: Budget): readonly PolicyFinding[] {
  const { ground, space } = terrain;
  const { policy, roster } = ground;
  const within: Placed = { condition: rule.when, policy };
  const other: Placed = { condition: rival.when, policy };
  if (![...rule.when.operations].some((operation) => mayMeet(within, other, operation))) return [];
  for (const spot of spotsIn(within, [other], space, { budget }))
    for (const { id: key } of roster.roster.keys) {
      if (isVoid(spot, key, ground) || !matchTogether([within, other], spot, key)) continue;
      const names = spot.initiators.map(({ id }) => id).sort();
      return [
        {
          code: "policy.overlap",
          severity: "error",
          field: `rules.${policy.rules.indexOf(rule)}.when`,
          message: `\`${rule.id}\` and \`${rival.id}\` match together for whoever is in ${rule.when.initiator} and ${rival.when.initiator} (${names.join(", ")}), and what two rules match is refused: keep the groups apart, or the rules`,
          ...shown(terrain, spot, key),
        },
      ];
    }
  return [];
}

function matchTogether(
  rules: readonly Placed[],
  spot: Parameters<typeof holdsIn>[1],
  key: Parameters<typeof holdsIn>[2],
): boolean {
  return rules.every((rule) => holdsIn(rule, spot, key) === true);
}
