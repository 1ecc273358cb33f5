/** The hard bounds of the genesis for one intent, in the form the decision reads. */
import type { Standing } from "./standing.ts";
import type { Intent } from "../intent/intent.ts";
import type { Bounds } from "../policy/ceiling.ts";
import * as amount from "../values/amount.ts";
import * as duration from "../values/duration.ts";

/** What all requests of an asset together may move in a day, whoever asks. */
export function dayOf({ genesis }: Pick<Standing, "genesis">, asset: string): amount.Amount {
  return amount.parse((own(genesis.ceilings.assets, asset) ?? genesis.ceilings.otherAssets).day);
}

/** What a managed key may spend on gas in a day. */
export function feesPerDayOf({ genesis }: Pick<Standing, "genesis">, key: string | undefined): amount.Amount {
  const ceiling = (key === undefined ? undefined : own(genesis.ceilings.keys, key)) ?? genesis.ceilings.otherKeys;
  return amount.parse(ceiling.feesPerDayWei);
}

export function boundsOf(standing: Standing, intent: Intent): Bounds {
  const { genesis, roster } = standing;
  const asset = own(genesis.ceilings.assets, intent.asset) ?? genesis.ceilings.otherAssets;
  const managed = roster.index.keyByAccount(intent.account);
  const chain = genesis.chains.find(({ id }) => id === intent.chainId);
  return {
    asset: {
      request: amount.parse(asset.request),
      day: dayOf(standing, intent.asset),
      shareOfSupplyMillionths:
        asset.shareOfSupply === undefined ? undefined : amount.parseUnits(asset.shareOfSupply, 6),
    },
    feesPerDayWei: feesPerDayOf(standing, managed?.id),
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
