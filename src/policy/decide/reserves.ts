/** The reserve guard: nothing is minted that attested reserves do not cover, counting what is on its way. */
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import { backingOf, capOf, type Backing, type ReserveGuard } from "./backing.ts";
import type { PolicyCode } from "../code.ts";
import type { Judgement } from "./judgement.ts";
import type { Case } from "../policy.ts";
import { inAsset } from "../quantity.ts";

/** Two clauses, so that a lack of evidence and a lack of gold are told apart: who attested, and whether it covers the mint. */
export function judgeReserves(one: Case, guard: ReserveGuard): readonly Judgement[] {
  const backing = backingOf(one, guard);
  return [judgeAttestors(one, guard, backing), judgeCover(one, guard, backing)];
}

function judgeAttestors({ facts }: Case, guard: ReserveGuard, { said, current }: Backing): Judgement {
  const ages = said.map((fact) => `${fact.attestor} as of ${instant.toIso(fact.asOf)}`).join(", ");
  const code: PolicyCode = said.length < guard.by.min ? "policy.evidence-missing" : "policy.attestation-stale";
  return {
    id: `guard.${guard.id}.evidence`,
    kind: "guard",
    code,
    ok: current.length >= guard.by.min,
    curable: true,
    observed: `${current.length} current at ${instant.toIso(facts.now)}${ages === "" ? "" : `: ${ages}`}`,
    bound: `${guard.by.min} of ${guard.by.group}, at most ${duration.format(guard.maxAgeSeconds)} old`,
  };
}

/** max(observed supply, greatest attested supply) + outstanding + amount ≤ the least attested reserves × ratio. */
function judgeCover({ policy, facts, intent }: Case, guard: ReserveGuard, { reserves, supply }: Backing): Judgement {
  const clause = { id: `guard.${guard.id}`, kind: "guard", curable: true } as const;
  const { text } = guard.ratio;
  if (supply === undefined || reserves === undefined) {
    return {
      ...clause,
      code: "policy.evidence-missing",
      ok: false,
      observed: supply === undefined ? "supply not observed" : "reserves not attested",
      bound: `reserves × ${text}`,
    };
  }
  const sum = supply + facts.outstanding + intent.amount;
  const parts = [
    `supply ${inAsset(supply, policy)}`,
    `outstanding ${inAsset(facts.outstanding, policy)}`,
    `asked ${inAsset(intent.amount, policy)}`,
  ];
  return {
    ...clause,
    code: "policy.reserves-short",
    ok: sum <= capOf(reserves, guard),
    observed: `${inAsset(sum, policy)} (${parts.join(", ")})`,
    bound: `reserves ${inAsset(reserves, policy)} × ${text}`,
  };
}
