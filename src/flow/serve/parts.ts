/** What every part of serve works with. */
import type { Finality } from "../../chain/finality.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import type { Clock } from "../clock.port.ts";
import type { Faults } from "../faults.port.ts";
import type { ChainEndpoint } from "./chain.port.ts";
import type { Gate } from "./gate.port.ts";
import type { Store } from "./store.port.ts";

export type ChainPlace = {
  readonly endpoint: ChainEndpoint;
  readonly finality: Finality;
  /** How long a transaction may stay out of every block before a dearer one replaces it; never, when it is not said. */
  readonly replaceAfterSeconds?: number;
};

export type Parts = {
  readonly deploymentId: Bytes32;
  readonly store: Store;
  readonly gate: Gate;
  /** By chain id. */
  readonly chains: ReadonlyMap<number, ChainPlace>;
  readonly clock: Clock;
  readonly faults: Faults;
};

/** Throws a `Fault` for a chain that is not configured, so that its requests wait for somebody to configure it. */
export function chainOf({ chains }: Pick<Parts, "chains">, chainId: number): ChainPlace {
  const place = chains.get(chainId);
  if (place === undefined)
    throw new Fault("chain.not-configured", `no endpoint is configured for chain ${chainId}`, "safe");
  return place;
}
