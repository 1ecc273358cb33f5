/** The hard bounds of the genesis for one intent, in the form the decision reads. */
import type { Standing } from "./standing.ts";
import type { Intent } from "../intent/intent.ts";
import type { Bounds } from "../policy/ceiling.ts";
import * as amount from "../values/amount.ts";
import * as duration from "../values/duration.ts";

export function boundsOf({ genesis, roster }: Standing, intent: Intent): Bounds {
  const asset = own(genesis.ceilings.assets, intent.asset) ?? genesis.ceilings.otherAssets;
  const managed = roster.index.keyByAccount(intent.account);
  const key =
    (managed === undefined ? undefined : own(genesis.ceilings.keys, managed.id)) ?? genesis.ceilings.otherKeys;
  const chain = genesis.chains.find(({ id }) => id === intent.chainId);
  return {
    asset: {
      request: amount.parse(asset.request),
      day: amount.parse(asset.day),
      shareOfSupplyMillionths:
        asset.shareOfSupply === undefined ? undefined : amount.parseUnits(asset.shareOfSupply, 6),
    },
    feesPerDayWei: amount.parse(key.feesPerDayWei),
    freshnessSeconds: chain === undefined ? 0 : duration.parse(chain.freshness),
    lifetimeSubmissionSeconds: duration.parse(genesis.lifetimes.submission),
    chainKnown: chain !== undefined,
    managed: managed === undefined ? undefined : { key: managed.id, account: managed.account },
  };
}

/** A name such as `constructor` is in every object, and is no ceiling. */
function own<T>(ceilings: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(ceilings, name) ? ceilings[name] : undefined;
}
