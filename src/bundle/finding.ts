/** What is wrong with a bundle: the place, a sentence, and other places that may be the changed one. */

export type Finding = {
  /** Path inside the bundle, dots and indices. */
  readonly field: string;
  readonly why: string;
  /** Places that disagree with `field` and are signed no better than it: one of all these was changed. */
  readonly rivals?: readonly string[];
};

export function finding(field: string, why: string, rivals: readonly string[] = []): Finding {
  return rivals.length === 0 ? { field, why } : { field, why, rivals };
}

/** For a person: a value in backticks, short. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : value === undefined ? "nothing" : JSON.stringify(value);
  return `\`${text.length > 100 ? `${text.slice(0, 97)}…` : text}\``;
}

/** A finding when two texts differ. */
export function differs(field: string, given: unknown, expected: unknown, what: string): readonly Finding[] {
  if (given === expected) return [];
  return [finding(field, `it says ${shown(given)}, ${what} says ${shown(expected)}`)];
}
