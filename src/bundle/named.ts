/** The statements that a decision's facts name: whoever shows the decision shows them. */
import type { Facts } from "../policy/facts.ts";
import type { Bytes32 } from "../values/bytes32.ts";

export function namedInFacts(facts: Facts): readonly Bytes32[] {
  const { votes, batches = [], vetoes = [], reserves, prices = [], identities = [], documents = [] } = facts;
  const { observed, distribution } = facts;
  const words = [votes, ...batches.map((batch) => batch.votes), vetoes, reserves, prices, identities, documents].flat();
  return [
    ...words.map(({ statement }) => statement),
    ...(distribution === undefined ? [] : [distribution.statement]),
    ...Object.values(observed).flatMap(({ statements }) => statements),
  ];
}
