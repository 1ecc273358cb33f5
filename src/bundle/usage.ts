/** What the gate says is used of limits: its own word, held against what the policy asks and what the clauses say. */
import { boundsOf } from "../gate/bounds.ts";
import type { Clause } from "../policy/decision.ts";
import type { Usage } from "../policy/facts.ts";
import { levelOf } from "../policy/decide/measure.ts";
import { wantedUsage, type UsageQuestion } from "../policy/decide/usage.ts";
import { amountsIn } from "./amounts.ts";
import { finding, type Finding } from "./finding.ts";
import { explains, type Matter } from "./matter.ts";
import { join } from "./path.ts";

/** Exactly the questions of the policy are answered, and no answer contradicts itself. */
export function checkUsage(matter: Matter): readonly Finding[] {
  const { field, entry } = matter.roles.allocation;
  const { usage, spends } = entry.facts;
  if (usage === undefined) return [];
  const base = `${field}.entry.facts`;
  if (spends !== undefined) return [finding(`${base}.spends`, "what is used is told twice")];
  const questions = new Map(questionsOf(matter).map((question) => [question.key, question]));
  return Object.entries(usage).flatMap(([key, answer]) => {
    const place = join(`${base}.usage`, key);
    const question = questions.get(key);
    if (question === undefined) return [finding(place, "no limit or ceiling of this request has this name")];
    return contradictions(question, answer, entry.facts.now).map(([name, why]) => finding(join(place, name), why));
  });
}

function contradictions(question: UsageQuestion, answer: Usage, now: number): readonly [keyof Usage, string][] {
  const { metric, removed } = question;
  const found: [keyof Usage, string][] = [];
  if (metric === "count" && answer.added !== 0n) found.push(["added", "it is requests that count here"]);
  if (removed === undefined && answer.removed !== 0n) found.push(["removed", "nothing that was removed counts here"]);
  const misplaced = wrongRoom(question, answer, now);
  return misplaced === undefined ? found : [...found, ["roomAt", misplaced]];
}

function wrongRoom({ metric, asked, max, ends }: UsageQuestion, answer: Usage, now: number): string | undefined {
  const isFull = max !== undefined && asked <= max && levelOf(metric, answer) + asked > max;
  if (answer.roomAt !== null) return isFull && answer.roomAt > now ? undefined : "there is room already";
  const hasEnd = ends.kind === "rolling" || ends.at !== undefined;
  return isFull && hasEnd ? "there is room some time" : undefined;
}

/** The number that was changed, when with another one that a clause mentions the recorded decision follows: its path within the facts. */
export function otherUsage(matter: Matter): string | undefined {
  const { facts, decision } = matter.roles.allocation.entry;
  const { usage = {} } = facts;
  for (const { key, asked } of questionsOf(matter)) {
    const answer = usage[key];
    const clause = decision.clauses.find(({ id }) => id === key);
    if (answer === undefined || clause === undefined) continue;
    for (const [name, other] of others(matter, { clause, answer, asked })) {
      const place = join(join("usage", key), name);
      if (explains(matter, { ...facts, usage: { ...usage, [key]: other } })) return place;
    }
  }
  return undefined;
}

type Said = { readonly clause: Clause; readonly answer: Usage; readonly asked: bigint };

function others({ policy }: Matter, { clause, answer, asked }: Said): readonly (readonly [keyof Usage, Usage])[] {
  const decimals = clause.id === "ceiling.fees" ? 18 : policy.policy.token.decimals;
  const sums = amountsIn([clause], decimals).flatMap((sum) => (sum < asked ? [sum] : [sum, sum - asked]));
  const counts = [...clause.observed.matchAll(/([0-9]+) requests?/g)].map(([, digits]) => Number(digits));
  return [
    ...sums.map((added) => ["added", { ...answer, added }] as const),
    ...sums.map((removed) => ["removed", { ...answer, removed }] as const),
    ...counts.map((count) => ["count", { ...answer, count }] as const),
  ];
}

function questionsOf({ policy, standing, intent, initiator, roles }: Matter): readonly UsageQuestion[] {
  const one = { policy: policy.policy, bounds: boundsOf(standing, intent), intent };
  return wantedUsage({ ...one, initiator: initiator.member.id }, roles.allocation.entry.facts.now);
}
