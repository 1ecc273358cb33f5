/** What a part of a yield rests on: a document that the gate has, of which this is exactly one part, and holders as observers saw them at its record block. */
import * as subject from "../../evidence/subject.ts";
import { zero } from "../../values/amount.ts";
import type { Address } from "../../values/address.ts";
import type { DistributionFact, Facts, Observed } from "../facts.ts";
import { parse as parseName, type Name } from "../../values/name.ts";
import type { Case, Policy } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import type { Judgement } from "./judgement.ts";

type Asked = Pick<Case, "policy" | "intent"> & { readonly facts: Pick<Facts, "distribution" | "observed"> };

/** Lists of the policy by the names that every policy uses for them: where shares go that no holder gets. */
const places = { escrow: parseName("escrow"), treasury: parseName("treasury") } as const;

/** Silent for everything else. Says of each thing what it is, so that whoever looks knows why it is no. */
export function judgeDistribution(one: Asked): readonly Judgement[] {
  if (one.intent.operation !== "distribute") return [];
  const { distribution: fact } = one.facts;
  return [
    judgeDocument(one, fact),
    judgePart(one, fact),
    ...(fact === undefined ? [] : [judgePlace(one, "escrow", fact), judgePlace(one, "treasury", fact)]),
    judgeHolders(one, fact),
  ];
}

/** Where the holders of the document stand among observed facts; undefined while no document is known. */
export function holdersKey({ intent, facts }: Pick<Asked, "intent" | "facts">): string | undefined {
  const { distribution: fact } = facts;
  if (intent.operation !== "distribute" || fact === undefined) return undefined;
  return subject.factKey(subject.holders(fact.token, fact), "holders");
}

const clause = { kind: "rule", curable: false } as const;

function judgeDocument({ policy, intent }: Asked, fact: DistributionFact | undefined): Judgement {
  const { token } = policy;
  const said = (asset: string, chain: number, address: Address): string => `${asset} at ${address} on chain ${chain}`;
  const isItsOwn =
    fact?.hash === intent.distribution &&
    fact?.asset === policy.asset &&
    fact.chainId === token.chain &&
    fact.token === token.address;
  return {
    ...clause,
    id: "intent.distribution",
    code: fact === undefined ? "policy.evidence-missing" : "policy.distribution",
    ok: isItsOwn,
    curable: fact === undefined,
    observed: fact === undefined ? "the document is not known" : said(fact.asset, fact.chainId, fact.token),
    bound: `the document ${intent.distribution ?? "that it names"}, of ${said(policy.asset, token.chain, token.address)}`,
  };
}

function judgePart({ policy, intent }: Asked, fact: DistributionFact | undefined): Judgement {
  const text = (amount: Case["intent"]["amount"]): string => `${inAsset(amount, policy)} to ${intent.to}`;
  return {
    ...clause,
    id: "intent.distribution.part",
    code: fact === undefined ? "policy.evidence-missing" : "policy.entitlement",
    ok: fact !== undefined && fact.entitlement > zero && fact.entitlement === intent.amount,
    curable: fact === undefined,
    observed: text(intent.amount),
    bound:
      fact === undefined
        ? "the part that the document gives"
        : `${text(fact.entitlement)}, of ${inAsset(fact.pool, policy)} in all`,
  };
}

/** Nobody who only asks chooses where other people's shares go. */
function judgePlace({ policy }: Asked, place: keyof typeof places, fact: DistributionFact): Judgement {
  const list = places[place];
  return {
    ...clause,
    id: `intent.distribution.${place}`,
    code: "policy.distribution",
    ok: policy.lists.get(list)?.entries.has(fact[place]) === true,
    observed: fact[place],
    bound: `on the list ${list}${policy.lists.has(list) ? "" : ", which the policy has not"}`,
  };
}

/** Observers speak of it once the record block is final and never of another block at that height; what they say stays so. */
function judgeHolders(one: Asked, fact: DistributionFact | undefined): Judgement {
  const seen = seenHolders(one);
  const at = fact === undefined ? "the record block" : `block ${fact.recordBlock} (${fact.recordHash})`;
  const isMissing = seen === undefined || fact === undefined || seen.blockNumber < fact.recordBlock;
  return {
    id: "intent.distribution.holders",
    kind: "evidence",
    code: isMissing ? "policy.evidence-missing" : "policy.distribution",
    ok: !isMissing && seen.value === fact.holders,
    curable: isMissing,
    observed: isMissing ? `who held it at ${at} is not observed` : `holders are ${seen.value} at ${at}`,
    bound: `holders ${fact?.holders ?? "of the document"}, as enough observers saw them at the record block, once it was final`,
  };
}

function seenHolders(one: Asked): Observed | undefined {
  const key = holdersKey(one);
  return key === undefined ? undefined : one.facts.observed[key];
}

/** Where an example sends what no holder gets: the first there is. */
export function listedPlaces({
  lists,
}: Pick<Policy, "lists">): Readonly<Record<keyof typeof places, Address | undefined>> {
  const first = (list: Name): Address | undefined => lists.get(list)?.entries.keys().next().value;
  return { escrow: first(places.escrow), treasury: first(places.treasury) };
}
