/** Whether people of the roster can ever meet what is asked, and still can when any one of them is gone. */
import type { Member } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import { canMeet, kinsOf, type Ask, type Electorate } from "./electorate.ts";
import type { PolicyFinding } from "./finding.ts";
import type { Permitted } from "./outcome.ts";
import type { Policy, Rule } from "../policy.ts";
import { shown, type Terrain, type Visit } from "./survey.ts";

export type Liveness = { readonly see: (visit: Visit) => void; readonly findings: () => readonly PolicyFinding[] };

/** Whether the ask can be met at all, and who must not be lost for it. */
export type Strength = { readonly met: boolean; readonly needed: readonly Member[] };

/** `needed` are the people without whom, one at a time, the ask cannot be met. */
export function strengthOf(ask: Ask, electorate: Electorate): Strength {
  const kins = kinsOf([ask], electorate);
  const everybody = kins.flat();
  if (!canMeet(ask, everybody, electorate)) return { met: false, needed: [] };
  const needed = kins.filter(
    ([one]) =>
      !canMeet(
        ask,
        everybody.filter((person) => person !== one),
        electorate,
      ),
  );
  return { met: true, needed: needed.flat() };
}

type TierSeen = {
  readonly unmet: Map<Name, Visit>;
  readonly fragile: Map<Name, { readonly visit: Visit; readonly needed: readonly Member[] }>;
  live: boolean;
};

export function livenessOf(terrain: Terrain): Liveness {
  const { policy, roster } = terrain.ground;
  const known = new Map<string, Strength>();
  const tiers = new Map<Rule, readonly TierSeen[]>(
    policy.rules.map((rule) => [rule, rule.tiers.map(() => ({ unmet: new Map(), fragile: new Map(), live: false }))]),
  );
  const strength = ({ requirement: { ask } }: Permitted, initiator: Name): Strength => {
    const key = `${initiator} ${JSON.stringify(ask)}`;
    const found = known.get(key) ?? strengthOf(ask, { roster, groups: policy.groups, initiator });
    known.set(key, found);
    return found;
  };
  return {
    see: (visit) => {
      const { rule, tier, outcome, spot } = visit;
      const [initiator] = spot.initiators;
      if (outcome.kind !== "permitted" || tier === undefined || initiator === undefined) return;
      const seen = tiers.get(rule)?.[rule.tiers.indexOf(tier)];
      if (seen === undefined) return;
      const { met, needed } = strength(outcome, initiator.id);
      if (!met && !seen.unmet.has(initiator.id)) seen.unmet.set(initiator.id, visit);
      seen.live ||= met;
      for (const person of needed) if (!seen.fragile.has(person.id)) seen.fragile.set(person.id, { visit, needed });
    },
    findings: () => [
      ...policy.rules.flatMap((rule, index) =>
        (tiers.get(rule) ?? []).flatMap((seen, place) =>
          tierFindings(terrain, seen, `rules.${index}.tiers.${place}.quorum`),
        ),
      ),
      ...policy.rules.flatMap((rule, index) => initiatorFindings(terrain, rule, `rules.${index}.when.initiator.group`)),
    ],
  };
}

function tierFindings(terrain: Terrain, seen: TierSeen, field: string): readonly PolicyFinding[] {
  const unmet = [...seen.unmet].map(([, visit]) => visit);
  const [first] = unmet;
  const found: PolicyFinding[] = [];
  if (first?.tier !== undefined) {
    const who = [...new Set(unmet.flatMap(({ spot }) => spot.initiators.map(({ id }) => id)))].sort();
    found.push({
      code: "policy.quorum-unfillable",
      severity: seen.live ? "warning" : "error",
      field,
      message: `the roster has not the people and credentials to agree when ${who.join(" or ")} asks`,
      ...shown(terrain, first.spot, first.tier.sign),
    });
  }
  const fragile = [...seen.fragile.values()][0];
  if (fragile?.visit.tier !== undefined) {
    const names = [...seen.fragile.keys()].sort();
    const { spot, tier } = fragile.visit;
    found.push({
      code: "policy.liveness",
      severity: "warning",
      field,
      message: `without ${names.join(", or without ")} nobody can agree to it when ${spot.initiators[0]?.id ?? "somebody"} asks`,
      ...shown(terrain, spot, tier.sign),
    });
  }
  return found;
}

/** Nobody else may ask. */
function initiatorFindings(
  { ground: { roster } }: Terrain,
  { id, when }: Rule,
  field: string,
): readonly PolicyFinding[] {
  const members = roster.members(when.initiator);
  const [only] = members;
  if (only === undefined || members.length > 1) return [];
  const message = `only ${only.id} may ask for \`${id}\`: without ${only.id} nobody can`;
  return [{ code: "policy.sole-initiator", severity: "note", field, message }];
}

/** The change block's own quorums: a policy that nobody can change stays as it is for ever. */
export function changeFindings(policy: Policy, roster: Terrain["ground"]["roster"]): readonly PolicyFinding[] {
  return (["tighten", "loosen"] as const).flatMap((which): PolicyFinding[] => {
    const ask: Ask = { quorum: policy.change[which].quorum, floors: [] };
    const { met, needed } = strengthOf(ask, { roster, groups: policy.groups, initiator: undefined });
    const field = `change.${which}.quorum`;
    if (!met)
      return [
        {
          code: "policy.change-deadlock",
          severity: "error",
          field,
          message: `nobody can ever ${which} the policy: the roster has not the people to fill its quorum`,
        },
      ];
    if (needed.length === 0) return [];
    const names = needed.map(({ id }) => id).sort();
    const message = `without ${names.join(", or without ")} nobody can ${which} the policy any more`;
    return [{ code: "policy.change-deadlock", severity: "warning", field, message }];
  });
}
