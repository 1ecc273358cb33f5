/** Who gets which part of a pool: by what each held, whole units only, exactly the pool together. */
import type { Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import type { Amount } from "../values/amount.ts";

/** What somebody held, in base units, above 0. */
export type Holding = { readonly address: Address; readonly balance: Amount };

export type Pool = {
  /** Base units. */
  readonly pool: Amount;
  /** Gets the share of every holder who may not have it. */
  readonly escrow: Address;
  /** Gets what is nobody's share. */
  readonly treasury: Address;
  readonly ineligible: readonly Address[];
  /** Each address once, in any order. */
  readonly holders: readonly Holding[];
};

export type Entitlement = { readonly to: Address; readonly amount: Amount };

/**
 * Everybody's whole part of the pool, rounded down; of the units that are left, one each to those who lost most by it, of equals to
 * the lower address. So nobody gets more than their part rounded up, and all of it is given: the sum is the pool. One entitlement for
 * each recipient, in the order of their addresses, none of nothing.
 */
export function entitlementsOf({ pool, escrow, treasury, ineligible, holders }: Pool): readonly Entitlement[] {
  const held = holders.reduce((sum, { balance }) => sum + balance, 0n);
  const parts = holders.map(({ address, balance }) => ({
    address,
    whole: held === 0n ? 0n : (pool * balance) / held,
    rest: held === 0n ? 0n : (pool * balance) % held,
  }));
  const left = pool - parts.reduce((sum, { whole }) => sum + whole, 0n);
  const inTurn = [...parts].sort(byLoss).slice(0, Number(held === 0n ? 0n : left));
  const raised = new Set(inTurn.map(({ address }) => address));
  const barred = new Set(ineligible);
  const sums = new Map<Address, bigint>(held === 0n ? [[treasury, pool]] : []);
  for (const { address, whole } of parts) {
    const to = barred.has(address) ? escrow : address;
    sums.set(to, (sums.get(to) ?? 0n) + whole + (raised.has(address) ? 1n : 0n));
  }
  return [...sums]
    .filter(([, sum]) => sum > 0n)
    .map(([to, sum]) => ({ to, amount: amount.fromBigInt(sum) }))
    .sort((one, other) => (one.to < other.to ? -1 : 1));
}

type Part = { readonly address: Address; readonly rest: bigint };

function byLoss(one: Part, other: Part): number {
  if (one.rest !== other.rest) return one.rest > other.rest ? -1 : 1;
  return one.address < other.address ? -1 : 1;
}
