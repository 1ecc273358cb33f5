/** The observer's loop: look, sign what is new, deliver, rest; an endpoint or a service that is away is tried again. */
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import type { Faults } from "../faults.port.ts";
import type { ChainReader } from "./chain-reader.port.ts";
import type { Delivery } from "./delivery.port.ts";
import { observe, type Sighting } from "./observe.ts";

export type ObserverParts = {
  readonly readers: ReadonlyMap<ChainId, ChainReader>;
  readonly delivery: Delivery;
  readonly faults: Faults;
  /** Rests between two looks, less when told to stop. */
  readonly rest: () => Promise<void>;
  readonly stopping: () => boolean;
  readonly report: (said: { readonly kind: "delivered" | "refused" | "away"; readonly what: string }) => void;
};

export async function runObserver(parts: ObserverParts): Promise<void> {
  const said = new Map<string, number>();
  while (!parts.stopping()) {
    try {
      await lookOnce(parts, said);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      parts.report({ kind: "away", what: error.message });
    }
    await parts.rest();
  }
}

/** Delivers every sighting whose block is newer than what was delivered of the same fact. */
export async function lookOnce(parts: ObserverParts, said: Map<string, number>): Promise<void> {
  for (const watch of await parts.delivery.watch()) {
    const reader = parts.readers.get(watch.chain.id);
    if (reader === undefined) continue;
    for (const sighting of await observe(reader, watch)) await deliverNew(parts, said, sighting);
  }
}

async function deliverNew(
  { delivery, faults, report }: ObserverParts,
  said: Map<string, number>,
  sighting: Sighting,
): Promise<void> {
  const about = `${String(sighting.chainId)} ${sighting.subject} ${sighting.fact}`;
  if ((said.get(about) ?? -1) >= sighting.blockNumber) return;
  await faults.at("observe:before-delivery");
  const answer = await delivery.deliver(sighting);
  said.set(about, sighting.blockNumber);
  await faults.at("observe:after-delivery");
  report({ kind: answer.kind, what: answer.kind === "refused" ? `${about}: ${answer.why}` : about });
}
