/** The proof of a policy's claims over all requests, people and times: each holds, or a request shows that it does not. */
import type { RosterIndex } from "../../roster/membership.ts";
import { proveAlways } from "./always.ts";
import type { Claim, ClaimResult, Verdict } from "./claim.ts";
import { claimText } from "./claim-text.ts";
import { proveNever } from "./never.ts";
import type { Policy } from "../policy.ts";
import { defaultBudget, Undecided, type Budget, type Bounded } from "./spots.ts";
import { terrainOf } from "./survey.ts";
import { syntheticRoster } from "./synthetic-roster.ts";

export type Proof = {
  /** Every claim is proved, one is false, or one could not be decided and none is false. */
  readonly kind: ClaimResult["kind"];
  readonly claims: readonly ClaimResult[];
  readonly syntheticRoster: boolean;
  readonly lines: readonly string[];
};

/** Without a roster, over everybody whom the policy does not exclude. */
export function prove(
  policy: Policy,
  claims: readonly Claim[],
  given?: RosterIndex,
  { budget = defaultBudget }: Bounded = {},
): Proof {
  const roster = given ?? syntheticRoster(policy);
  const shared = { left: budget };
  const results = claims.map((claim) => ({
    ...proveOne(policy, claim, { roster, budget: shared }),
    claim: claimText(claim, policy),
  }));
  const kinds = results.map(({ kind }) => kind);
  return {
    kind: kinds.includes("false") ? "false" : kinds.includes("undecided") ? "undecided" : "proved",
    claims: results,
    syntheticRoster: given === undefined,
    lines: [
      ...results.map(lineOf),
      ...(given === undefined ? ["no roster was given: proved of anybody whom the policy does not exclude"] : []),
    ],
  };
}

function proveOne(policy: Policy, claim: Claim, { roster, budget }: { roster: RosterIndex; budget: Budget }): Verdict {
  try {
    const terrain = terrainOf(policy, roster, [{ condition: claim.when, policy }]);
    return claim.kind === "never" ? proveNever(claim, terrain, budget) : proveAlways(claim, terrain, budget);
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return { field: claim.field, kind: "undecided", message: `cannot decide: ${error.message}` };
  }
}

function lineOf({ field, example, ...result }: ClaimResult): string {
  return `${field} ${resultText(result)}${example === undefined ? "" : `; for example: ${example.text}`}`;
}

/** `proved: never a mint of …`; of a claim that is not proved, why. */
export function resultText({ kind, claim, message }: Pick<ClaimResult, "kind" | "claim" | "message">): string {
  return kind === "proved" ? `proved: ${claim}` : `${kind}: ${claim}: ${message}`;
}
