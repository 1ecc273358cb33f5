/** A clause with the word that names the decision when this clause is the first to fail. */
import type { PolicyCode } from "../code.ts";
import type { Clause } from "../decision.ts";

export type Judgement = Clause & { readonly code: PolicyCode };

/** The clause as it is stored and shown. */
export function toClause({ id, kind, ok, curable, observed, bound }: Judgement): Clause {
  return { id, kind, ok, curable, observed, bound };
}
