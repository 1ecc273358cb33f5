/** Guards on what attestors say of a price, of the recipient, or of the document behind a reference. */
import { readPrice } from "../../evidence/attested.ts";
import * as subject from "../../evidence/subject.ts";
import * as bytes32 from "../../values/bytes32.ts";
import * as duration from "../../values/duration.ts";
import * as instant from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Attested, Facts } from "../facts.ts";
import type { Judgement } from "./judgement.ts";
import type { Case, GuardEffect } from "../policy.ts";

type Kind = "price" | "identity" | "document";
type AttestedGuard<K extends Kind = Kind> = { readonly id: string } & Extract<GuardEffect, { kind: K }>;
/** All that words of a price rest on; a decision has it, and so has whoever shows an asset to people. */
export type Hearing = Pick<Case, "roster"> & { readonly facts: Pick<Facts, "now" | "prices"> };

/** What the attestors of the group say of the subject, and what of it counts now. */
type Words = { readonly about: string; readonly said: readonly Attested[]; readonly now: readonly Attested[] };

/** Two clauses, so that a lack of evidence and bad news are told apart: who says it, and what they say. */
export function judgeAttested(one: Case, guard: AttestedGuard): readonly Judgement[] {
  const words = wordsOf(one, guard);
  const evidence = judgeEvidence(one, guard, words);
  return [
    evidence,
    {
      id: `guard.${guard.id}`,
      kind: "guard",
      curable: true,
      ...judgeWords(guard, words, { suffices: evidence.ok, moment: one.facts.now }),
    },
  ];
}

/** Prices that are enough and agree, the lowest first, one of each source; undefined while they are not or do not. */
export function agreedPrices(
  hearing: Hearing,
  asset: Name,
  pricing: Omit<Extract<GuardEffect, { kind: "price" }>, "kind">,
): readonly Attested[] | undefined {
  const guard = { id: "", kind: "price", ...pricing } as const;
  const words = wordsAbout(hearing, guard, { about: subject.price(asset, pricing.quote), all: hearing.facts.prices });
  const evidence = judgeEvidence(hearing, guard, words);
  if (!judgePrice(guard, words, evidence.ok).ok) return undefined;
  const bySource = new Map<string, Attested>();
  for (const word of inOrder(words.now)) if (!bySource.has(word.source)) bySource.set(word.source, word);
  return [...bySource.values()];
}

function inOrder(words: readonly Attested[]): readonly Attested[] {
  return [...words].sort((a, b) => ((readPrice(a.value) ?? 0n) < (readPrice(b.value) ?? 0n) ? -1 : 1));
}

function wordsOf(one: Case, guard: AttestedGuard): Words {
  const { intent, facts } = one;
  const [about, all] = {
    price: [guard.kind === "price" ? subject.price(intent.asset, guard.quote) : "", facts.prices] as const,
    identity: [subject.identity(intent.to), facts.identities] as const,
    document: [subject.document(intent.reference), facts.documents] as const,
  }[guard.kind];
  return wordsAbout(one, guard, { about, all });
}

type Sought = { readonly about: string; readonly all: readonly Attested[] | undefined };

function wordsAbout({ roster, facts }: Hearing, guard: AttestedGuard, { about, all }: Sought): Words {
  const said =
    all
      ?.filter((word) => word.subject === about && roster.inGroup(word.attestor, guard.by.group))
      .sort((a, b) => (`${a.attestor} ${a.source}` < `${b.attestor} ${b.source}` ? -1 : 1)) ?? [];
  return { about, said, now: said.filter((word) => isCurrent(word, guard, facts.now)) };
}

/** Neither old, nor expired, nor of a time that has not come; and a price is a price. */
function isCurrent(word: Attested, { kind, maxAgeSeconds }: AttestedGuard, now: instant.Instant): boolean {
  if (kind === "price" && readPrice(word.value) === undefined) return false;
  const isYoung = maxAgeSeconds === undefined || now - word.asOf <= maxAgeSeconds;
  return word.asOf <= now && isYoung && now < word.expiresAt;
}

function judgeEvidence({ facts }: Hearing, guard: AttestedGuard, { said, now }: Words): Judgement {
  const { by, kind, maxAgeSeconds } = guard;
  const sources = kind === "price" ? guard.sources : 0;
  const suffice = (words: readonly Attested[]): boolean =>
    distinct(words, "attestor") >= by.min && distinct(words, "source") >= sources;
  const ages = said.map((word) => `${word.attestor} by ${word.source} as of ${instant.toIso(word.asOf)}`).join(", ");
  const old = maxAgeSeconds === undefined ? "" : `, at most ${duration.format(maxAgeSeconds)} old`;
  return {
    id: `guard.${guard.id}.evidence`,
    kind: "guard",
    code: suffice(said) ? "policy.attestation-stale" : "policy.evidence-missing",
    ok: suffice(now),
    curable: true,
    observed: `${now.length} current at ${instant.toIso(facts.now)}${ages === "" ? "" : `: ${ages}`}`,
    bound: `${by.min} of ${by.group}${sources === 0 ? "" : ` from ${sources} sources`}${old}`,
  };
}

function distinct(words: readonly Attested[], key: "attestor" | "source"): number {
  return new Set(words.map((word) => word[key])).size;
}

type Word = Pick<Judgement, "code" | "ok" | "observed" | "bound">;

function judgeWords(
  guard: AttestedGuard,
  words: Words,
  { suffices, moment }: { readonly suffices: boolean; readonly moment: instant.Instant },
): Word {
  switch (guard.kind) {
    case "price":
      return judgePrice(guard, words, suffices);
    case "identity":
      return judgeIdentity(guard, words, moment);
    case "document":
      return judgeDocument(guard, words);
  }
}

/** The highest is not further above the lowest than the guard says, as a share of the lowest. */
function judgePrice({ deviation, quote }: AttestedGuard<"price">, { about, now }: Words, suffices: boolean): Word {
  const bound = `prices of ${about} at most ${deviation.text} of the lowest apart`;
  const prices = now
    .flatMap(({ value }) => ({ value, price: readPrice(value) ?? 0n }))
    .sort((a, b) => (a.price < b.price ? -1 : 1));
  const [lowest, highest] = [prices[0], prices.at(-1)];
  if (!suffices || lowest === undefined || highest === undefined)
    return { code: "policy.evidence-missing", ok: false, observed: "price not attested", bound };
  const apart = (highest.price - lowest.price) * deviation.denominator;
  return {
    code: "policy.price-spread",
    ok: apart <= lowest.price * deviation.numerator,
    observed: `${lowest.value} to ${highest.value} ${quote}`,
    bound,
  };
}

/** Enough say so, and nobody says otherwise: bad news counts until it expires, however old it is or early it came. */
function judgeIdentity({ by }: Pick<AttestedGuard, "by">, { about, said, now }: Words, moment: instant.Instant): Word {
  const verified = now.filter(isVerified);
  const others = said.filter((word) => !isVerified(word) && moment < word.expiresAt);
  const heard = [...verified, ...others];
  return {
    code: others.length > 0 ? "policy.not-verified" : "policy.evidence-missing",
    ok: others.length === 0 && distinct(verified, "attestor") >= by.min,
    observed: heard.length === 0 ? "not attested" : heard.map((word) => `${word.value} by ${word.attestor}`).join(", "),
    bound: `${about} verified by ${by.min} of ${by.group}, and nobody says otherwise`,
  };
}

function isVerified({ value }: Attested): boolean {
  return value === "verified";
}

/** Enough name the document, and all who count name the same. */
function judgeDocument({ by }: Pick<AttestedGuard, "by">, { about, now }: Words): Word {
  const [first] = now;
  const agree = first !== undefined && bytes32.is(first.value) && now.every(({ value }) => value === first.value);
  return {
    code: first === undefined || agree ? "policy.evidence-missing" : "policy.documents-differ",
    ok: agree && distinct(now, "attestor") >= by.min,
    observed: now.length === 0 ? "not attested" : now.map((word) => `${word.value} by ${word.attestor}`).join(", "),
    bound: `one document of ${about} by ${by.min} of ${by.group}`,
  };
}
