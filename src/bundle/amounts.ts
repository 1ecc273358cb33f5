/** The amounts that the clauses of a decision mention, read back from their words. */
import type { Clause } from "../policy/decision.ts";
import * as amount from "../values/amount.ts";
import { InvalidValue } from "../values/errors.ts";

/** Each once, 0 among them. */
export function amountsIn(clauses: readonly Clause[], decimals: number): readonly amount.Amount[] {
  const texts = clauses.flatMap(({ observed }) => observed.match(/[0-9][0-9,]*(?:\.[0-9]+)?/g) ?? []);
  const values = new Set<amount.Amount>([amount.zero]);
  for (const text of texts) {
    try {
      values.add(amount.parseUnits(text.replaceAll(",", ""), decimals));
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
    }
  }
  return [...values];
}
