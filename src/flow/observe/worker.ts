/** The observer's loop: look, sign what is new, deliver, rest; an endpoint or a service that is away is tried again. */
import type { Address } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import type { Faults } from "../faults.port.ts";
import type { ChainReader } from "./chain-reader.port.ts";
import type { Delivery } from "./delivery.port.ts";
import { observe, type Sighting } from "./observe.ts";
import * as subject from "../../evidence/subject.ts";
import { tellRecorded, type RecordMemory } from "./recorded.ts";
import { tellStrangers, type OpenEvent, type StrangerMemory } from "./strangers.ts";

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
  const strangers: StrangerMemory = new Map();
  const record: RecordMemory = new Map();
  while (!parts.stopping()) {
    try {
      await lookOnce(parts, said, strangers, record);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      parts.report({ kind: "away", what: error.message });
    }
    await parts.rest();
  }
}

/** The newest that was said of each fact, and whether the gate ever took one; of transactions only as long as their events are read again. */
export type Said = Map<string, Pick<Sighting, "blockNumber" | "expiresAt"> & { readonly taken: boolean }>;

/** Delivers every sighting whose block is newer than what was delivered of the same fact. A chain that does not answer keeps no other one waiting, nor does one round of looking the next. */
export async function lookOnce(
  parts: ObserverParts,
  said: Said,
  strangers: StrangerMemory = new Map(),
  record: RecordMemory = new Map(),
): Promise<void> {
  let away: Fault | undefined;
  for (const watch of await parts.delivery.watch()) {
    const reader = parts.readers.get(watch.chain.id);
    if (reader === undefined) continue;
    const tell = (sighting: Sighting): Promise<void> => deliverNew(parts, said, sighting);
    const isTaken = (about: string, fact: Sighting["fact"]): boolean =>
      said.get(placeOf({ chainId: watch.chain.id, subject: about, fact }))?.taken === true;
    const isOwn = (txHash: Bytes32): boolean => isTaken(subject.transaction(txHash), "outcome");
    const isTold = (token: Address, txHash: Bytes32): boolean => isTaken(subject.event(token, txHash), "event");
    const forget = (upTo: number, but: readonly OpenEvent[]): void => {
      forgetSaid(said, watch.chain.id, { upTo, but });
    };
    const rounds = [
      async () => {
        for (const sighting of await observe(reader, watch)) await tell(sighting);
      },
      () => tellStrangers(reader, watch, { memory: strangers, isOwn, isTold, tell, forget }),
      () => tellRecorded(reader, watch, { memory: record, tell }),
    ];
    const failed = await failureIn(rounds);
    away ??= failed;
  }
  if (away !== undefined) throw away;
}

/** The first that failed of all of them, each of which is tried. */
async function failureIn(rounds: readonly (() => Promise<void>)[]): Promise<Fault | undefined> {
  let away: Fault | undefined;
  for (const round of rounds) {
    try {
      await round();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      away ??= error;
    }
  }
  return away;
}

async function deliverNew({ delivery, faults, report }: ObserverParts, said: Said, sighting: Sighting): Promise<void> {
  const about = placeOf(sighting);
  // An endpoint that once ran ahead of its chain silences its observer for as long as that word lives, and no longer.
  const before = said.get(about);
  if (before !== undefined && before.blockNumber >= sighting.blockNumber && before.expiresAt > sighting.blockTime)
    return;
  await faults.at("observe:before-delivery");
  const answer = await delivery.deliver(sighting);
  const taken = answer.kind === "delivered" || before?.taken === true;
  said.set(about, { blockNumber: sighting.blockNumber, expiresAt: sighting.expiresAt, taken });
  await faults.at("observe:after-delivery");
  report({ kind: answer.kind, what: answer.kind === "refused" ? `${about}: ${answer.why}` : about });
}

/** Every transaction is said of once, and so are many holders: without this an observer would grow with the log. */
function forgetSaid(
  said: Said,
  chainId: ChainId,
  { upTo, but }: { readonly upTo: number; readonly but: readonly OpenEvent[] },
): void {
  const kept = new Set(
    but.map(({ token, txHash }) => placeOf({ chainId, subject: subject.event(token, txHash), fact: "event" })),
  );
  const prefix = `${String(chainId)} `;
  for (const [place, { blockNumber }] of said)
    if (blockNumber <= upTo && place.startsWith(prefix) && !kept.has(place)) said.delete(place);
}

function placeOf({ chainId, subject: about, fact }: Pick<Sighting, "chainId" | "subject" | "fact">): string {
  return `${String(chainId)} ${about} ${fact}`;
}
