/** Whether a condition holds for a case, as guards and limits ask it: yes, no, or unknown. */
import type { Instant } from "../../values/instant.ts";
import type { Answer } from "./answer.ts";
import type { Condition } from "../compile/condition.ts";
import { partsOf, type Part } from "./part.ts";
import type { Case, Guard } from "../policy.ts";

/** No as soon as one part is a no; yes when all are; unknown between. */
export function holds(condition: Condition, one: Case): Answer {
  let known: Answer = "yes";
  for (const part of partsOf(condition)) {
    const answer = settled(part, one);
    if (answer === "no") return "no";
    if (answer === "unknown") known = "unknown";
  }
  return known;
}

/** Whether the guard applies: unless it is known not to: what nobody vouches for keeps no guard away. */
export function applies(one: Case, { when, unless }: Guard): boolean {
  return holds(when, one) !== "no" && (unless === undefined || holds(unless, one) !== "yes");
}

/** The answer of a part to guards and limits, who wait for nobody: on a list that an entry is too new for, it is unknown. */
export function settled(part: Part, one: Case): Answer {
  const answer = part.answer(one);
  return answer === "yes" && agingOf(part, one) !== undefined ? "unknown" : answer;
}

export type Aging = {
  readonly minAgeSeconds: number;
  /** Since when the gate has known the entry; undefined when nobody says. */
  readonly since: Instant | undefined;
};

/** What keeps an entry from counting yet; undefined when nothing does. */
export function agingOf(part: Part, one: Case): Aging | undefined {
  const age = ageOf(part, one);
  if (age === undefined) return undefined;
  return one.facts.now - (age.since ?? Infinity) >= age.minAgeSeconds ? undefined : age;
}

/** Undefined when the part asks for no age. */
export function ageOf({ aged }: Part, one: Case): Aging | undefined {
  if (aged === undefined) return undefined;
  const minAgeSeconds = one.policy.lists.get(aged.list)?.minAgeSeconds ?? 0;
  if (minAgeSeconds === 0) return undefined;
  return { minAgeSeconds, since: one.facts.listedSince[`${aged.list} ${aged.value(one)}`] };
}
