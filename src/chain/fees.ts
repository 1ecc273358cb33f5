/** What a transaction offers for gas (EIP-1559): a proposal from the market, and a replacement's, always under the intent's ceiling. */
import * as amount from "../values/amount.ts";
import type { Amount } from "../values/amount.ts";

/** What an endpoint says of the market now, in wei per gas. */
export type Market = { readonly baseFeePerGas: Amount; readonly priorityFeePerGas: Amount };

export type Fees = { readonly gasLimit: Amount; readonly maxFeePerGas: Amount; readonly maxPriorityFeePerGas: Amount };

export type Proposal =
  | { readonly kind: "proposed"; readonly fees: Fees }
  /** `needed` is the least in wei that would be mined soon, or that would replace; a higher ceiling is a new request. */
  | { readonly kind: "over-ceiling"; readonly neededWei: Amount; readonly ceilingWei: Amount };

/**
 * Offers twice the base fee and the tip: enough for six full blocks in a row. Where the ceiling does not allow that, as much as
 * it allows, so long as the next block, whose base fee is at most an eighth higher, may still take it. Gas × maxFee never passes the ceiling.
 */
export function propose(market: Market, gasLimit: Amount, ceilingWei: Amount): Proposal {
  const tip = market.priorityFeePerGas;
  const least = atLeastOne(raisedByAnEighth(market.baseFeePerGas) + tip);
  return within(ceilingWei, gasLimit, { least, wanted: 2n * market.baseFeePerGas + tip, tip });
}

/**
 * Fees that replace a transaction on the same nonce: both at least an eighth higher (nodes ask for a tenth), and never below
 * what the market would get today.
 */
export function bump(previous: Fees, market: Market, ceilingWei: Amount): Proposal {
  const tip = larger(raisedByAnEighth(previous.maxPriorityFeePerGas), market.priorityFeePerGas);
  const least = larger(raisedByAnEighth(previous.maxFeePerGas), raisedByAnEighth(market.baseFeePerGas) + tip);
  return within(ceilingWei, previous.gasLimit, { least, wanted: 2n * market.baseFeePerGas + tip, tip });
}

type Offer = { readonly least: bigint; readonly wanted: bigint; readonly tip: bigint };

function within(ceilingWei: Amount, gasLimit: Amount, { least, wanted, tip }: Offer): Proposal {
  const most = gasLimit === 0n ? 0n : ceilingWei / gasLimit;
  if (most < least) return { kind: "over-ceiling", neededWei: amount.fromBigInt(least * gasLimit), ceilingWei };
  const maxFeePerGas = amount.fromBigInt(smaller(larger(least, wanted), most));
  return { kind: "proposed", fees: { gasLimit, maxFeePerGas, maxPriorityFeePerGas: amount.fromBigInt(tip) } };
}

/** At least nine eighths, rounded up, and always higher. */
function raisedByAnEighth(fee: bigint): bigint {
  return larger((fee * 9n + 7n) / 8n, fee + 1n);
}

const atLeastOne = (fee: bigint): bigint => larger(fee, 1n);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
