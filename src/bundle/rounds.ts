/** Which rounds of feeds, and which changes of a multiplier, the gate says it knew: its own word, held against what the policy reads and what the clauses say. */
import { roundsFor } from "../policy/decide/rounds.ts";
import { finding, type Finding } from "./finding.ts";
import { explains, type Matter } from "./matter.ts";
import { join } from "./path.ts";

/** Of nothing else than the request may be read by. */
export function checkRounds({ roles, policy, intent }: Matter): readonly Finding[] {
  const { field, entry } = roles.allocation;
  const asked = new Set(roundsFor(policy.policy, intent.operation));
  return Object.keys(entry.facts.rounds ?? {}).flatMap((about) =>
    asked.has(about) ? [] : [finding(join(`${field}.entry.facts.rounds`, about), "nothing of this request reads it")],
  );
}

/** The round that was changed, when with another one that a clause names the recorded decision follows: its path within the facts. */
export function otherRound(matter: Matter): string | undefined {
  const { facts, decision } = matter.roles.allocation.entry;
  const { rounds = {} } = facts;
  const named = decision.clauses.flatMap(
    ({ bound }) => /no (?:round|change) before ([0-9]{1,78})$/.exec(bound)?.[1] ?? [],
  );
  const others = [...new Set(named)].map(BigInt);
  return Object.keys(rounds)
    .filter((about) => others.some((round) => explains(matter, { ...facts, rounds: { ...rounds, [about]: round } })))
    .map((about) => join("rounds", about))[0];
}
