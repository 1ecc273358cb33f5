/** Holes between rules: what is permitted below and above, and by nobody's decision denied between. */
import type { PolicyFinding } from "./finding.ts";
import type { Interval } from "../compile/condition.ts";
import { meet } from "./cut.ts";
import { hasAmount } from "../asked.ts";
import { outcomeIn } from "./outcome.ts";
import type { Policy, Rule } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import { holdsIn, type Placed } from "./spot.ts";
import { spotsIn, type Budget } from "./spots.ts";
import { shown, type Terrain } from "./survey.ts";

/**
 * Amounts that no rule covers although, for the same operation, initiator and recipient, one rule covers smaller amounts and
 * another covers larger ones. What a guard or a limit denies is denied on purpose, and is no gap.
 */
export function gapFindings(terrain: Terrain, budget: Budget): readonly PolicyFinding[] {
  const { policy } = terrain.ground;
  return policy.rules.flatMap((above, index): PolicyFinding[] => {
    const from = above.when.amount?.from ?? 0n;
    if (from <= 1n) return [];
    for (const below of policy.rules) {
      const hole: Interval = { from: topOf(below), below: from };
      if (below === above || hole.from >= hole.below) continue;
      const found = holeIn(terrain, budget, { below, above, hole });
      if (found !== undefined) return [{ ...found, field: `rules.${index}.when.amount` }];
    }
    return [];
  });
}

/** The first amount that the rule does not cover any more. */
function topOf({ tiers, when }: Rule): bigint {
  const top = tiers.at(-1)?.below ?? 0n;
  return when.amount === undefined || top < when.amount.below ? top : when.amount.below;
}

function holeIn(
  terrain: Terrain,
  budget: Budget,
  { below, above, hole }: { readonly below: Rule; readonly above: Rule; readonly hole: Interval },
): Omit<PolicyFinding, "field"> | undefined {
  const { ground, space } = terrain;
  const { policy } = ground;
  const operations = new Set(
    [...below.when.operations].filter((one) => above.when.operations.has(one) && hasAmount(one)),
  );
  const inHole = { ...above.when, operations, amount: hole };
  const shared = { condition: { ...below.when, operations, amount: hole }, policy };
  if (operations.size === 0) return undefined;
  const near: Placed[] = policy.rules
    .filter(({ when }) => [...operations].some((one) => when.operations.has(one)))
    .filter(({ when }) => when.amount === undefined || meetsAt(when.amount, hole))
    .map(({ when }) => ({ condition: when, policy }));
  for (const spot of spotsIn({ condition: inHole, policy }, [shared, ...near], space, {
    budget,
    edges: edgesOf(policy),
  })) {
    const key = above.tiers[0]?.sign;
    if (key === undefined || holdsIn(shared, spot, undefined) !== true) continue;
    const outcome = outcomeIn(ground, spot, key);
    if (outcome.kind !== "denied" || (outcome.code !== "policy.no-rule" && outcome.code !== "policy.over-top-tier"))
      continue;
    const [least, most] = [spot.amount.from, spot.amount.below - 1n].map((value) => inAsset(value, policy));
    return {
      code: "policy.gap",
      severity: "warning",
      message: `no rule covers a ${spot.operation} of ${least ?? ""} to ${most ?? ""}, between what \`${below.id}\` and \`${above.id}\` cover`,
      ...shown(terrain, spot, key),
    };
  }
  return undefined;
}

function edgesOf({ rules }: Policy): readonly bigint[] {
  return rules.flatMap(({ tiers }) => tiers.at(-1)?.below ?? []);
}

function meetsAt(one: Interval, other: Interval): boolean {
  const both = meet(one, other);
  return both.from < both.below;
}
