/** What attestors said, and whether it is enough for a guard. */
import { feedHolds, inBaseUnits } from "./feeding.ts";
import { fine, fineOne, secondsOf } from "./measure.ts";
import type { PlainAttested, PlainCase, PlainEvidence, PlainReserve } from "./plain.ts";

const attestors = { group: "attestors", min: 1 };

function inGroup({ roster }: PlainCase, id: string, group: string): boolean {
  return [...roster.people, ...roster.services].some((member) => member.id === id && member.groups.includes(group));
}

function isCurrent(fact: { asOf: number; expiresAt: number }, now: number, maxAge: string | undefined): boolean {
  if (fact.asOf > now || fact.expiresAt <= now) return false;
  return maxAge === undefined || now - fact.asOf <= secondsOf(maxAge);
}

export type ReserveAnswer = {
  readonly evidence: boolean;
  readonly cover: boolean;
  /** Whether the policy's warning is reached, or nobody knows. */
  readonly thin: boolean;
  readonly price: WordAnswer | undefined;
};

/** Enough attestors; and max(observed, attested supply) + on its way + asked ≤ least reserves × price ÷ par × ratio. */
export function reserveHolds(
  one: PlainCase,
  { by = attestors, maxAge, cover, feeds = [] }: PlainEvidence,
): ReserveAnswer {
  const { facts, policy, intent } = one;
  const words = facts.reserves.filter((fact) => inGroup(one, fact.attestor, by.group));
  const latest = words.filter((fact) => !words.some((other) => other !== fact && supersedes(other, fact)));
  const counted = latest.filter((fact) => isCurrent(fact, facts.now, maxAge));
  const people = new Set(counted.map(({ attestor }) => attestor));
  const evidence = people.size >= by.min;
  const figures = feeds.map((name) => {
    const { figure } = feedHolds(one, name);
    return figure === undefined ? undefined : inBaseUnits(figure, policy.feeds![name]!, policy.token.decimals);
  });
  const supplyText = facts.observed[`token:${policy.token.address} supply`]?.value;
  const price = cover?.price === undefined ? undefined : priceHolds(one, { evidence: "price", ...cover.price });
  const unknown = { evidence, cover: false, thin: true, price };
  if (price !== undefined && !(price.evidence && price.good)) return unknown;
  if (figures.includes(undefined)) return unknown;
  if (!evidence || supplyText === undefined || !/^(0|[1-9][0-9]*)$/.test(supplyText)) return unknown;
  const supply = largest([BigInt(supplyText), ...counted.map((fact) => BigInt(fact.supply))]);
  if (BigInt(supplyText) > 2n ** 256n - 1n) return unknown;
  const needed = supply + BigInt(facts.outstanding) + BigInt(intent.amount);
  const reserves = smallest([...counted.map((fact) => BigInt(fact.reserves)), ...figures.map((figure) => figure!)]);
  const worth = cover?.price === undefined ? fineOne : middlePrice(one, { evidence: "price", ...cover.price });
  const par = cover?.price === undefined ? fineOne : fine(cover.price.par);
  const within = (ratio: string): boolean => needed * fineOne * par <= reserves * fine(ratio) * worth;
  return { evidence, cover: within(cover?.ratio ?? "0"), thin: !within(cover?.warn?.ratio ?? "0"), price };
}

/** Of every source its lowest price, and of those the middle one, or the lower of two. */
function middlePrice(one: PlainCase, require: PlainEvidence): bigint {
  const words = pricesOf(one, require);
  const sources = [...new Set(words.map(({ source }) => source))];
  const lowest = sources.map((name) =>
    smallest(words.flatMap((word) => (word.source === name ? fine(word.value) : []))),
  );
  lowest.sort((a, b) => (a < b ? -1 : 1));
  while (lowest.length > 2) {
    lowest.shift();
    lowest.pop();
  }
  return lowest[0]!;
}

/** The later word of one attestor; of two with one sequence the one that leaves less room. */
function supersedes(other: PlainReserve, fact: PlainReserve): boolean {
  if (other.attestor !== fact.attestor) return false;
  const rank = (one: PlainReserve): bigint[] => [
    BigInt(one.sequence),
    -BigInt(one.reserves),
    BigInt(one.supply),
    -BigInt(one.asOf),
    -BigInt(one.expiresAt),
  ];
  const [a, b] = [rank(other), rank(fact)];
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs !== -1 && a[differs]! > b[differs]!;
}

function counted(
  one: PlainCase,
  words: readonly PlainAttested[] | undefined,
  require: PlainEvidence,
  subject: string,
): PlainAttested[] {
  const by = require.by ?? attestors;
  return (words ?? []).filter(
    (fact) =>
      fact.subject === subject &&
      inGroup(one, fact.attestor, by.group) &&
      isCurrent(fact, one.facts.now, require.maxAge),
  );
}

function attestorsOf(words: readonly PlainAttested[]): number {
  return new Set(words.map(({ attestor }) => attestor)).size;
}

/** Whether those who say enough are there, and whether what they say is good. */
export type WordAnswer = { readonly evidence: boolean; readonly good: boolean };

/** Enough attestors, enough sources, and the highest not too far above the lowest. */
export function priceHolds(one: PlainCase, require: PlainEvidence): WordAnswer {
  const words = pricesOf(one, require);
  const sources = new Set(words.map(({ source }) => source)).size;
  if (attestorsOf(words) < minOf(require) || sources < (require.sources ?? 1)) return { evidence: false, good: false };
  const values = words.map(({ value }) => fine(value));
  const [low, high] = [smallest(values), largest(values)];
  return { evidence: true, good: (high - low) * fineOne <= fine(require.deviation ?? "0") * low };
}

function pricesOf(one: PlainCase, require: PlainEvidence): PlainAttested[] {
  return counted(one, one.facts.prices, require, `${one.intent.asset}/${require.quote ?? "USD"}`).filter(({ value }) =>
    isPrice(value),
  );
}

/** Above 0, of at most 18 decimals and 30 digits. */
function isPrice(value: string): boolean {
  if (!/^(0|[1-9][0-9]*)(\.[0-9]{1,18})?$/.test(value) || value.replace(".", "").length > 30) return false;
  return fine(value) > 0n;
}

/** Enough attestors say `verified`, and nobody says otherwise: bad news counts until it expires, however old or early it is. */
export function identityHolds(one: PlainCase, require: PlainEvidence): WordAnswer {
  const subject = `address:${one.intent.to}`;
  const words = counted(one, one.facts.identities, require, subject);
  const verified = words.filter(({ value }) => value === "verified");
  const { group } = require.by ?? attestors;
  const otherwise = (one.facts.identities ?? []).some(
    (word) =>
      word.subject === subject &&
      inGroup(one, word.attestor, group) &&
      word.value !== "verified" &&
      one.facts.now < word.expiresAt,
  );
  const good = !otherwise && attestorsOf(verified) >= minOf(require);
  return { evidence: attestorsOf(words) >= minOf(require), good };
}

/** Enough attestors name a document of this reference, and all the same one. */
export function documentHolds(one: PlainCase, require: PlainEvidence): WordAnswer {
  const words = counted(one, one.facts.documents, require, `reference:${one.intent.reference}`);
  const enough = attestorsOf(words) >= minOf(require);
  const isHash = words.every(({ value }) => /^0x[0-9a-f]{64}$/.test(value));
  return { evidence: enough, good: enough && isHash && new Set(words.map(({ value }) => value)).size === 1 };
}

function minOf({ by = attestors }: PlainEvidence): number {
  return by.min;
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a > b ? a : b), 0n);
}

function smallest(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b), 2n ** 300n);
}
