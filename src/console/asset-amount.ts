/** An amount of an asset with its unit. */
import type { AssetView } from "../request/asset.ts";
import { format, fromBigInt } from "../values/amount.ts";

export function amountOf({ asset, decimals }: AssetView, value: bigint | null): string {
  return value === null ? "not known" : `${format(fromBigInt(value), decimals)} ${asset}`;
}
