/** The kinds of clauses by which a case can fail, as the reference counts them. */

export const causes = [
  ...(["asset", "chain", "chain of the genesis"] as const),
  ...(["expiry", "lifetime", "not before"] as const),
  ...(["rule operation", "rule initiator", "rule to", "rule account"] as const),
  ...(["rule amount", "rule maxFee", "rule args", "rule typedData", "rule time"] as const),
  ...(["ambiguous", "top tier", "key", "list age"] as const),
  ...(["group quorum", "all quorum", "any quorum", "ordered quorum", "added quorum"] as const),
  ...(["group floor", "distinct people", "distinct units"] as const),
  ...(["delay", "added delay", "veto", "separation", "deny"] as const),
  ...([
    "reserve evidence",
    "reserve cover",
    "reserve price",
    "feed contract",
    "feed round",
    "feed age",
    "price",
    "identity",
    "document",
  ] as const),
  ...(["sum limit", "count limit", "net limit"] as const),
  ...(["ceiling request", "ceiling day", "ceiling share", "ceiling fees"] as const),
  ...(["codehash", "implementation", "paused", "freshness"] as const),
] as const;

/** Beside them: no single part of a rule decides. */
export type Cause = (typeof causes)[number] | "no rule";

export type Failure = {
  /** The clause, as decisions name it. */
  readonly id: string;
  /** Whether time or people can mend it. */
  readonly curable: boolean;
  /** What kind of clause it is that decides here, for counting. */
  readonly cause: Cause;
};
