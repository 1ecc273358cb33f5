/** What enough observers agree on: the newest block at which they saw the same value under the same hash. */
import type { ChainObservation } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { invariant } from "../values/errors.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";

/** An observation already verified; `observer` is the service, whichever of its credentials signed. */
export type Observation = { readonly observer: Name; readonly hash: Bytes32; readonly message: ChainObservation };

/** The agreed value; of the form the facts of a decision have. */
export type AgreedFact = {
  readonly subject: string;
  readonly fact: string;
  readonly value: string;
  readonly blockNumber: number;
  readonly blockTime: Instant;
  /** True when enough of them saw the block finalized. */
  readonly finalized: boolean;
  /** The statements that agree, one per observer, sorted. */
  readonly statements: Bytes32[];
};

export type Agreement =
  | { readonly kind: "agreed"; readonly observed: AgreedFact }
  /** Too few observers saw the same block. */
  | { readonly kind: "absent" }
  /** Observers saw different things at one block, and no newer block on which enough agree. */
  | { readonly kind: "disagree"; readonly blockNumber: number };

export type AgreementRule = {
  /** How many distinct observers must agree, at least 1. */
  readonly min: number;
  readonly now: Instant;
  /** Observations of older blocks do not count: a fact once used never goes back. */
  readonly notBelow?: number;
};

/**
 * Looks at blocks from the newest down, over unexpired observations of one (chain, subject, fact).
 * An observer that says two things of one block counts for neither; two camps that are each large enough agree on nothing.
 */
export function agreement(observations: readonly Observation[], rule: AgreementRule): Agreement {
  invariant(rule.min >= 1, "at least one observer must agree");
  const subjects = new Set(observations.map(({ message }) => `${message.chainId} ${message.subject} ${message.fact}`));
  invariant(subjects.size <= 1, "observations of one fact are compared");
  const current = observations.filter(
    ({ message }) => message.expiresAt > rule.now && message.blockNumber >= (rule.notBelow ?? 0),
  );
  const blocks = [...new Set(current.map(({ message }) => message.blockNumber))].sort((a, b) => b - a);
  let dispute: Agreement | undefined;
  for (const blockNumber of blocks) {
    const seen = current.filter(({ message }) => message.blockNumber === blockNumber);
    const camps = campsOf(seen);
    const large = camps.filter((camp) => camp.size >= rule.min);
    const [camp] = large;
    if (large.length === 1 && camp !== undefined) return { kind: "agreed", observed: factOf(camp, rule.min) };
    if (large.length > 1) return { kind: "disagree", blockNumber };
    if (new Set(seen.map(content)).size > 1) dispute ??= { kind: "disagree", blockNumber };
  }
  return dispute ?? { kind: "absent" };
}

/** The agreed fact, or nothing when there is no agreement for whatever reason. */
export function agree(
  observations: readonly Observation[],
  min: number,
  now: Instant,
  notBelow = 0,
): AgreedFact | undefined {
  const answer = agreement(observations, { min, now, notBelow });
  return answer.kind === "agreed" ? answer.observed : undefined;
}

type Camp = ReadonlyMap<Name, Observation>;

/** Observers by what they say of one block; each in one camp at most. */
function campsOf(seen: readonly Observation[]): readonly Camp[] {
  const saidBy = new Map<Name, Set<string>>();
  for (const one of seen) saidBy.set(one.observer, (saidBy.get(one.observer) ?? new Set()).add(content(one)));
  const camps = new Map<string, Map<Name, Observation>>();
  for (const one of seen) {
    if (saidBy.get(one.observer)?.size !== 1) continue;
    const camp = camps.get(content(one)) ?? new Map<Name, Observation>();
    camps.set(content(one), camp);
    camp.set(one.observer, better(camp.get(one.observer), one));
  }
  return [...camps.values()];
}

/** Of two equal words of one observer the one that saw finality, else the lower hash, so that order never matters. */
function better(held: Observation | undefined, one: Observation): Observation {
  if (held === undefined) return one;
  if (held.message.finalized !== one.message.finalized) return one.message.finalized ? one : held;
  return one.hash < held.hash ? one : held;
}

function content({ message }: Observation): string {
  return `${message.blockHash} ${message.blockTime} ${message.value}`;
}

function factOf(camp: Camp, min: number): AgreedFact {
  const voices = [...camp.values()];
  const [first] = voices;
  invariant(first !== undefined, "an agreement has voices");
  const { subject, fact, value, blockNumber, blockTime } = first.message;
  const finalized = voices.filter(({ message }) => message.finalized).length >= min;
  return { subject, fact, value, blockNumber, blockTime, finalized, statements: voices.map((one) => one.hash).sort() };
}
