/** What the genesis and the roster allow at most, which no policy raises. */
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Name } from "../values/name.ts";

export type Bounds = {
  readonly asset: {
    /** Largest single request, in base units. */
    readonly request: Amount;
    /** Largest sum in a rolling day, in base units. */
    readonly day: Amount;
    /** Largest sum of mints in a rolling day, in millionths of the observed supply. */
    readonly shareOfSupplyMillionths: bigint | undefined;
  };
  /** Of the intent's account: largest sum of fee ceilings in a rolling day. */
  readonly feesPerDayWei: Amount;
  /** How old the newest observed block may be. */
  readonly freshnessSeconds: number;
  /** The longest a submission may live. */
  readonly lifetimeSubmissionSeconds: number;
  /** Whether the genesis names the intent's chain. */
  readonly chainKnown: boolean;
  /** The managed key whose account is the intent's. */
  readonly managed: { readonly key: Name; readonly account: Address } | undefined;
};
