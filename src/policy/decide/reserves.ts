/** The reserve guard: nothing is minted that attested reserves do not cover, counting what is on its way. */
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import { judgeAttested } from "./attested.ts";
import { backingOf, capOf, worthOf, type Backing, type ReserveGuard, type Worth } from "./backing.ts";
import type { PolicyCode } from "../code.ts";
import type { Added } from "./demand.ts";
import { judgeFeed } from "./feed.ts";
import { additionText } from "./demand-text.ts";
import type { Judgement } from "./judgement.ts";
import { growthOf } from "./multiplier.ts";
import type { Case, Cover } from "../policy.ts";
import { inAsset } from "../quantity.ts";

/**
 * A clause for who attested, three for each feed, and one for whether it covers the mint, so that a lack of evidence and a lack of gold are told apart;
 * where prices count, theirs between them; and one for the warning, which adds and never fails.
 */
export function judgeReserves(
  one: Case,
  guard: ReserveGuard,
): { readonly judgements: readonly Judgement[]; readonly added: readonly Added[] } {
  const backing = backingOf(one, guard);
  const { cover } = guard;
  const said = [judgeAttestors(one, guard, backing), ...guard.feeds.flatMap((feed) => judgeFeed(one, guard.id, feed))];
  if (cover === undefined) return { judgements: said, added: [] };
  const { price } = cover;
  const prices = price === undefined ? [] : judgeAttested(one, { id: `${guard.id}.price`, kind: "price", ...price });
  const reach = { ...backing, worth: prices.every(({ ok }) => ok) ? worthOf(one, cover) : undefined };
  const warning = judgeWarning(one, { id: guard.id, cover }, reach);
  return {
    judgements: [...said, ...prices, judgeCover(one, { id: guard.id, cover }, reach), ...warning.judgements],
    added: warning.added,
  };
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

type Covering = { readonly id: string; readonly cover: Cover };
type Reach = Pick<Backing, "reserves" | "supply"> & { readonly worth: Worth | undefined };

/** max(observed supply, greatest attested supply) + outstanding + amount, with what is announced ≤ the least attested reserves × their worth × ratio. */
function judgeCover(one: Case, { id, cover }: Covering, reach: Reach): Judgement {
  const { policy, facts, intent } = one;
  const clause = { id: `guard.${id}`, kind: "guard", curable: true } as const;
  const { text } = cover.ratio;
  const { supply, reserves, worth } = reach;
  if (supply === undefined || reserves === undefined || worth === undefined) {
    return {
      ...clause,
      code: "policy.evidence-missing",
      ok: false,
      observed: lackOf(reach),
      bound: `reserves × ${text}`,
    };
  }
  const { grows, sum } = outAfter(one, supply);
  const parts = [
    `supply ${inAsset(supply, policy)}`,
    `outstanding ${inAsset(facts.outstanding, policy)}`,
    `asked ${inAsset(intent.amount, policy)}`,
    ...(grows === 0n ? [] : [`announced ${inAsset(grows, policy)}`]),
  ];
  return {
    ...clause,
    code: "policy.reserves-short",
    ok: sum <= capOf(reserves, cover.ratio, worth),
    observed: `${inAsset(sum, policy)} (${parts.join(", ")})`,
    bound: `reserves ${inAsset(reserves, policy)}${worth.text} × ${text}`,
  };
}

/** What grows with a multiplier that is announced counts from now on; of the supply, observers count it already. */
function outAfter(one: Case, supply: bigint): { readonly grows: bigint; readonly sum: bigint } {
  const coming = one.facts.outstanding + one.intent.amount;
  const grows = growthOf(one, coming);
  return { grows, sum: supply + coming + grows };
}

function lackOf({ supply, reserves }: Reach): string {
  if (supply === undefined) return "supply not observed";
  return reserves === undefined ? "reserves not attested" : "no agreed price of the reserves";
}

/** What is unknown does not keep a warning away. */
function judgeWarning(
  one: Case,
  { id: guard, cover: { warn } }: Covering,
  { supply, reserves, worth }: Reach,
): { readonly judgements: readonly Judgement[]; readonly added: readonly Added[] } {
  if (warn === undefined) return { judgements: [], added: [] };
  const { policy } = one;
  const id = `guard.${guard}.warn`;
  const known = supply !== undefined && reserves !== undefined && worth !== undefined;
  const { sum } = outAfter(one, supply ?? 0n);
  const applies = !known || sum > capOf(reserves, warn.ratio, worth);
  const reason = known ? inAsset(sum, policy) : "how far the reserves reach is not known";
  return {
    judgements: [
      {
        id,
        kind: "guard",
        code: "policy.guarded",
        ok: true,
        curable: true,
        observed: `${applies ? "applies" : "does not apply"}: ${reason}`,
        bound: `adds ${additionText(warn.addition)} beyond reserves × ${warn.ratio.text}`,
      },
    ],
    added: applies ? [{ id, addition: warn.addition }] : [],
  };
}
