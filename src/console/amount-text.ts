/** An amount in base units as the one text for people. */
import { format, fromBigInt } from "../values/amount.ts";

/** `1,000 GLD`. */
export function amountText(units: bigint, decimals: number, asset: string): string {
  return `${format(fromBigInt(units), decimals)} ${asset}`;
}
