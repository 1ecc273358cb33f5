/** Which of two requirements asks for more: a partial order over everything that people and time must give. */
import type { Name } from "../../values/name.ts";
import { canonical } from "../../values/json.ts";
import {
  canMeet,
  hasOrder,
  kinsOf,
  maxSets,
  sizeBound,
  smallestSets,
  type Ask,
  type Electorate,
  type Kin,
} from "./electorate.ts";
import type { Member } from "../../roster/roster.ts";
import type { Veto } from "../document/requirement.ts";
import { meetInOrder } from "./voting.ts";

/** Everything between a permitted request and its signature. */
export type Requirement = {
  readonly ask: Ask;
  readonly delaySeconds: number;
  readonly vetoes: readonly Veto[];
  /** The managed key that signs. */
  readonly sign: Name;
};

/** How the second stands to the first. `undecided` is over the budget, and is treated as incomparable by whoever must be safe. */
export type Comparison = "equal" | "stronger" | "weaker" | "incomparable" | "undecided";

type Answer = "yes" | "no" | "unknown";

/** Each with the electorate in which its policy counts: the same people, perhaps other credentials. */
export type Held = { readonly requirement: Requirement; readonly electorate: Electorate };

/** Says how `next` stands to `before`: `stronger` asks for everything that `before` does, and more. */
export function compare(before: Held, next: Held): Comparison {
  const up = both(asksAtLeast(next, before), restAtLeast(next.requirement, before.requirement));
  const down = both(asksAtLeast(before, next), restAtLeast(before.requirement, next.requirement));
  if (up === "unknown" || down === "unknown") return "undecided";
  if (up === "yes") return down === "yes" ? "equal" : "stronger";
  return down === "yes" ? "weaker" : "incomparable";
}

function both(...answers: readonly Answer[]): Answer {
  if (answers.includes("no")) return "no";
  return answers.includes("unknown") ? "unknown" : "yes";
}

/** Whether every set of people, in every order, that meets `one` meets `other`. */
export function asksAtLeast(one: Held, other: Held): Answer {
  const [a, b] = [one.requirement.ask, other.requirement.ask];
  const alike = sameFloors(one.electorate, other.electorate);
  if (alike && canonical(a) === canonical(b)) return "yes";
  // Kinds that both can tell apart, in either policy.
  const kins = kinsOfBoth(one, other);
  if (hasOrder(b.quorum)) return everySequence(one, other, kins);
  const least = smallestSets(a, one.electorate, kins);
  if (least.kind === "too-many") return "unknown";
  return least.sets.every((people) => canMeet(b, people, other.electorate)) ? "yes" : "no";
}

function sameFloors(one: Electorate, other: Electorate): boolean {
  const kinds = ({ groups }: Electorate): string =>
    canonical(
      [...groups]
        .map(([group, { credentials }]) => [group, credentials === undefined ? null : [...credentials].sort()])
        .sort(),
    );
  return one.groups === other.groups || kinds(one) === kinds(other);
}

/** People who are alike under both policies; whoever sits in neither is left out. */
function kinsOfBoth(one: Held, other: Held): readonly Kin[] {
  const asks = [one.requirement.ask, other.requirement.ask];
  const fine = [one.electorate, other.electorate].map((electorate) => kinsOf(asks, electorate));
  const kinOf = (kins: readonly Kin[], person: Member): number => kins.findIndex((kin) => kin.includes(person));
  const people = [...new Set(fine.flat(2))].sort((a, b) => (a.id < b.id ? -1 : 1));
  const groups = new Map<string, Member[]>();
  for (const person of people) {
    const key = fine.map((kins) => kinOf(kins, person)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), person]);
  }
  return [...groups.values()];
}

/** Walks every order of every kind of people up to the point where `one` is met; from there on more votes change nothing. */
function everySequence(one: Held, other: Held, kins: readonly Kin[]): Answer {
  const bound = sizeBound(one.requirement.ask);
  let looked = 0;
  const walk = (people: readonly Member[], counts: readonly number[]): Answer => {
    looked += 1;
    if (looked > maxSets) return "unknown";
    if (meetInOrder(one.requirement.ask, people, one.electorate))
      return meetInOrder(other.requirement.ask, people, other.electorate) ? "yes" : "no";
    if (people.length === bound) return "yes";
    let answer: Answer = "yes";
    for (const [index, kin] of kins.entries()) {
      const next = kin[counts[index] ?? 0];
      if (next === undefined) continue;
      const found = walk(
        [...people, next],
        counts.map((count, at) => (at === index ? count + 1 : count)),
      );
      if (found !== "yes") return found;
      answer = found;
    }
    return answer;
  };
  return walk(
    [],
    kins.map(() => 0),
  );
}

/** Delay, vetoes and key; another key is neither more nor less. */
function restAtLeast(one: Requirement, other: Requirement): Answer {
  const vetoes = other.vetoes.every((veto) =>
    one.vetoes.some(({ group, min }) => group === veto.group && min <= veto.min),
  );
  return vetoes && one.delaySeconds >= other.delaySeconds && one.sign === other.sign ? "yes" : "no";
}
