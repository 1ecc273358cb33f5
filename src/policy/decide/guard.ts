/** Guards: whatever a rule permits, they deny it, ask for evidence, or add to what is demanded. */
import type { Amount } from "../../values/amount.ts";
import type { Condition } from "../compile/condition.ts";
import type { Added } from "./demand.ts";
import { judgeAttested } from "./attested.ts";
import { additionText } from "./demand-text.ts";
import { applies, holds, settled } from "./holds.ts";
import type { Judgement } from "./judgement.ts";
import { partsOf, type Part } from "./part.ts";
import type { Case, Guard } from "../policy.ts";
import { judgeReserves } from "./reserves.ts";

export type Guarded = { readonly judgements: readonly Judgement[]; readonly added: readonly Added[] };

/**
 * A guard for other operations has nothing to say; every other one has a clause, also when it spares this intent. With the total of a
 * batch, one that speaks of amounts and denies or adds does so when it applies to either.
 */
export function judgeGuards(one: Case, total?: Amount): Guarded {
  const judgements: Judgement[] = [];
  const added: Added[] = [];
  for (const guard of one.policy.guards) {
    if (!guard.when.operations.has(one.intent.operation)) continue;
    const applying = casesOf(one, guard, total).find((each) => applies(each, guard));
    const found =
      applying === undefined ? { judgements: [spared(one, guard)], added: [] } : judgeApplying(applying, guard);
    judgements.push(...found.judgements);
    added.push(...found.added);
  }
  return { judgements, added };
}

function casesOf(one: Case, guard: Guard, total: Amount | undefined): readonly Case[] {
  if (total === undefined || !isOfTotals(guard)) return [one];
  return [one, { ...one, intent: { ...one.intent, amount: total } }];
}

/** Whether many small requests could slip by it where one as large as all of them does not; evidence is asked for each by itself. */
export function isOfTotals({ when, unless, then }: Guard): boolean {
  const isOfAmounts = ({ amount, args }: Condition): boolean =>
    amount !== undefined || args.some(({ name }) => name === "amount");
  return (
    (then.kind === "deny" || then.kind === "add") && [when, ...(unless === undefined ? [] : [unless])].some(isOfAmounts)
  );
}

function clauseId({ id }: Guard): string {
  return `guard.${id}`;
}

function judgeApplying(one: Case, guard: Guard): Guarded {
  const { id, then } = guard;
  switch (then.kind) {
    case "deny":
      return { judgements: [{ ...denial(one, guard), ok: false, curable: isTimely(one, guard) }], added: [] };
    case "add":
      return {
        judgements: [
          {
            id: clauseId(guard),
            kind: "guard",
            code: "policy.guarded",
            ok: true,
            curable: true,
            observed: `applies: ${reason(one, guard)}`,
            bound: `adds ${additionText(then.addition)}`,
          },
        ],
        added: [{ id: clauseId(guard), addition: then.addition }],
      };
    case "reserves":
      return judgeReserves(one, { id, ...then });
    case "price":
    case "identity":
    case "document":
      return { judgements: judgeAttested(one, { id, ...then }), added: [] };
  }
}

/** The clause of a guard that does not apply. */
function spared(one: Case, guard: Guard): Judgement {
  const { when, then } = guard;
  // Of a guard that denies, what it spares is what it demands.
  if (then.kind === "deny" && holds(when, one) !== "no") return { ...denial(one, guard), ok: true, curable: false };
  return {
    id: clauseId(guard),
    kind: "guard",
    code: "policy.guarded",
    ok: true,
    curable: true,
    observed: `does not apply: ${reason(one, guard)}`,
    bound: guardText(one, guard),
  };
}

function denial(one: Case, guard: Guard): Omit<Judgement, "ok" | "curable"> {
  const { when, unless } = guard;
  const asked = unless === undefined ? tellingParts(when) : partsOf(unless);
  return {
    id: clauseId(guard),
    kind: "guard",
    code: isFeeCeiling(unless) ? "policy.fee-ceiling" : "policy.guarded",
    observed: observedText(one, asked),
    bound: guardText(one, guard),
  };
}

function guardText(one: Case, { when, unless, then }: Guard): string {
  const text = (parts: readonly Part[]): string => parts.map((part) => part.bound(one)).join(" and ");
  if (then.kind === "deny") return unless === undefined ? `not ${text(tellingParts(when))}` : text(partsOf(unless));
  const [applying, sparing] = [text(tellingParts(when)), unless === undefined ? "" : text(partsOf(unless))];
  return [applying === "" ? "always" : `when ${applying}`, ...(sparing === "" ? [] : [`unless ${sparing}`])].join(", ");
}

/** What made the guard apply, or spared the intent. */
function reason(one: Case, { when, unless }: Guard): string {
  if (holds(when, one) === "no") return whyNot(one, when);
  return observedText(one, unless === undefined ? tellingParts(when) : partsOf(unless));
}

/** What is seen of the first part that does not hold. */
export function whyNot(one: Case, condition: Condition): string {
  return (
    partsOf(condition)
      .find((part) => settled(part, one) === "no")
      ?.observed(one) ?? one.intent.operation
  );
}

function observedText(one: Case, parts: readonly Part[]): string {
  return parts.length === 0 ? one.intent.operation : parts.map((part) => part.observed(one)).join(", ");
}

/** The operation goes without saying where something else is said. */
function tellingParts(condition: Condition): readonly Part[] {
  const parts = partsOf(condition);
  return parts.length === 1 ? parts : parts.filter(({ id }) => id !== "operation");
}

/** A bound on fees and nothing else, which has a code of its own. */
function isFeeCeiling(unless: Condition | undefined): boolean {
  return unless?.maxFee?.from === 0n && partsOf(unless).length === 1;
}

/** Whether waiting helps: a window that spares opens again, one that denies ends, and an entry grows old. */
function isTimely(one: Case, { when, unless }: Guard): boolean {
  if (partsOf(when).some((part) => part.id === "time" && part.answer(one) === "yes")) return true;
  if (unless === undefined) return false;
  return partsOf(unless).every((part) => {
    if (part.id === "time") return part.answer(one) !== "unknown";
    return part.answer(one) === "yes";
  });
}
