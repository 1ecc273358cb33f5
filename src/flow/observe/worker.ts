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
  const said: Said = new Map();
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

/** The newest that was delivered of each fact. */
export type Said = Map<string, Pick<Sighting, "blockNumber" | "expiresAt">>;

/** Delivers every sighting whose block is newer than what was delivered of the same fact. A chain that does not answer keeps no other one waiting. */
export async function lookOnce(parts: ObserverParts, said: Said): Promise<void> {
  let away: Fault | undefined;
  for (const watch of await parts.delivery.watch()) {
    const reader = parts.readers.get(watch.chain.id);
    try {
      const seen = reader === undefined ? [] : await observe(reader, watch);
      for (const sighting of seen) await deliverNew(parts, said, sighting);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      away ??= error;
    }
  }
  if (away !== undefined) throw away;
}

async function deliverNew({ delivery, faults, report }: ObserverParts, said: Said, sighting: Sighting): Promise<void> {
  const about = `${String(sighting.chainId)} ${sighting.subject} ${sighting.fact}`;
  // An endpoint that once ran ahead of its chain silences its observer for as long as that word lives, and no longer.
  const before = said.get(about);
  if (before !== undefined && before.blockNumber >= sighting.blockNumber && before.expiresAt > sighting.blockTime)
    return;
  await faults.at("observe:before-delivery");
  const answer = await delivery.deliver(sighting);
  said.set(about, { blockNumber: sighting.blockNumber, expiresAt: sighting.expiresAt });
  await faults.at("observe:after-delivery");
  report({ kind: answer.kind, what: answer.kind === "refused" ? `${about}: ${answer.why}` : about });
}
