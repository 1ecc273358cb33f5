/** What the lists of a document are used for: whether an entry permits something, or forbids and demands it. */
import type { WrittenCondition, WrittenTests } from "../document/condition-schema.ts";
import type { PolicyDocument } from "../document/document.ts";

export type ListUse =
  /** Who is in the list is permitted, by a rule or by an exception to a guard; a rule is named by its id. */
  | { readonly kind: "permits"; readonly list: string; readonly rule?: string }
  /** Who is in the list may be denied, counted or asked for more; or a claim speaks of them. */
  | { readonly kind: "otherwise"; readonly list: string; readonly rule?: string };

/** Every place where the document names a list. */
export function listUses(document: PolicyDocument): readonly ListUse[] {
  const { rules, guards = [], limits = [], never = [], always = [] } = document;
  return [
    ...rules.flatMap(({ id, when }) => named(when).map((use) => ({ ...inOrNot(use), rule: id }))),
    ...guards.flatMap(({ when, unless }) => [...named(when).map(otherwise), ...named(unless).map(inOrNot)]),
    ...limits.flatMap(({ when }) => named(when).map(otherwise)),
    // What never happens to those who are not in a list is said of more when the list is shorter.
    ...never.flatMap((claim) => named(claim).map((use) => (use.isIn ? otherwise(use) : permits(use)))),
    ...always.flatMap((claim) => named(claim).map((use) => (use.isIn ? otherwise(use) : permits(use)))),
  ];
}

type Named = { readonly list: string; readonly isIn: boolean };

function permits({ list }: Named): ListUse {
  return { kind: "permits", list };
}

function otherwise({ list }: Named): ListUse {
  return { kind: "otherwise", list };
}

function inOrNot(use: Named): ListUse {
  return use.isIn ? permits(use) : otherwise(use);
}

function named(condition: WrittenCondition | undefined): readonly Named[] {
  if (condition === undefined) return [];
  const { to, args, typedData } = condition;
  return [...(to === undefined ? [] : inTest(to)), ...inTests(args), ...inTests(typedData?.fields)];
}

function inTests(tests: WrittenTests | undefined): readonly Named[] {
  return Object.values(tests ?? {}).flatMap(inTest);
}

function inTest(test: WrittenTests[string]): readonly Named[] {
  if ("in" in test) return [{ list: test.in, isIn: true }];
  return "notIn" in test ? [{ list: test.notIn, isIn: false }] : [];
}
