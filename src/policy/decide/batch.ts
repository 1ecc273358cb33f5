/** The ways in which people may agree to a request: each batch it stands in, weighed by its total, and the request by itself. */
import { minLegs } from "../../statement/message.ts";
import type { BatchFact } from "../facts.ts";
import type { Batch, Case, Rule, Tier } from "../policy.ts";
import { inAsset } from "../quantity.ts";
import type { Judgement } from "./judgement.ts";

export type Way = {
  /** Of the total of a batch, or of the request by itself. */
  readonly tier: Tier;
  /** Of the request by itself, whose demands hold in a batch too. */
  readonly alone: Tier;
  /** The case with the votes that count in this way, and since when its waits run. */
  readonly one: Case;
  /** Undefined of the request by itself. */
  readonly batch: BatchFact | undefined;
};

/**
 * INVARIANT: votes of one way never count in another, so that nobody is taken to have agreed to more, or to less, than they signed. A
 * batch that the rule does not take counts for nothing.
 */
export function waysOf(one: Case, rule: Rule, tier: Tier | undefined): readonly Way[] {
  // What is above every tier by itself is so with others too.
  if (tier === undefined) return [];
  const batches = (one.facts.batches ?? []).flatMap((batch): readonly Way[] => {
    const weighed = tierOf(rule, one.intent.amount, batch);
    return weighed === undefined ? [] : [{ tier: weighed, alone: tier, one: within(one, batch), batch }];
  });
  return [...batches, { tier, alone: tier, one, batch: undefined }];
}

/** The tier of the total; undefined when the rule takes no such batch, or when its numbers are not those of a batch with this request. */
function tierOf({ batch: most, tiers }: Rule, amount: bigint, batch: BatchFact): Tier | undefined {
  const { total, largest } = batch;
  const isOne = batch.count >= minLegs && amount <= largest && largest <= total;
  if (most === undefined || !isOne || !isWithin(batch, most)) return undefined;
  return tiers.find(({ below }) => total < below);
}

function isWithin({ count, total }: BatchFact, most: Batch): boolean {
  return count <= most.max && total <= most.total;
}

/** Its waits begin when the gate had both the request and the list of the batch. */
function within(one: Case, { votes, firstSeen }: BatchFact): Case {
  const seen = one.facts.firstSeen > firstSeen ? one.facts.firstSeen : firstSeen;
  return { ...one, facts: { ...one.facts, firstSeen: seen, votes } };
}

/** Keys that sign for such a request in some batch, beside the one of its own tier. */
export function batchKeys({ batch, tiers }: Rule, amount: bigint): ReadonlySet<Tier["sign"]> {
  if (batch === undefined) return new Set();
  return new Set(tiers.filter(({ from, below }) => amount < below && from <= batch.total).map(({ sign }) => sign));
}

/** What is said of batches: the one that is counted, or why none of those that people approved is. */
export function judgeBatches(one: Case, rule: Rule, way: Pick<Way, "batch">, met: boolean): readonly Judgement[] {
  const { batches = [] } = one.facts;
  const told = way.batch === undefined ? batches.filter((batch) => !isTaken(one, rule, batch)) : [way.batch];
  if (told.length === 0) return [];
  return [
    {
      id: `${rule.id}.batch`,
      kind: "rule",
      code: "policy.quorum-missing",
      // Where the seats are filled without it, nothing is lacking.
      ok: way.batch !== undefined || met,
      curable: true,
      observed: told.map((batch) => batchText(batch, one)).join(", "),
      bound: boundText(rule, one),
    },
  ];
}

function isTaken(one: Case, rule: Rule, batch: BatchFact): boolean {
  return tierOf(rule, one.intent.amount, batch) !== undefined;
}

function batchText({ count, total }: BatchFact, { policy }: Pick<Case, "policy">): string {
  return `a batch of ${requestsText(count)}, ${inAsset(total, policy)} together`;
}

function boundText({ batch }: Rule, { policy }: Pick<Case, "policy">): string {
  return batch === undefined
    ? "no batch counts here"
    : `at most ${requestsText(batch.max)}, ${inAsset(batch.total, policy)} together`;
}

function requestsText(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}
