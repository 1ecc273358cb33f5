/** Who held a token when a yield was recorded: read once when its block is final, beside everything else, and said again at every beat while somebody waits for it. */
import { finalHeight } from "../../chain/finality.ts";
import { holdersHash } from "../../evidence/distribution.ts";
import * as subject from "../../evidence/subject.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { ChainReader } from "./chain-reader.port.ts";
import { newestBeat, sighting, type Sighting, type Watch } from "./observe.ts";

/** A service that asks for more is not followed further. */
const mostAsked = 4;

type Reading = { value?: Bytes32; failed?: Error };

/** By chain and subject. */
export type RecordMemory = Map<string, Reading>;

/** Sightings of what is read already; what is not read yet is begun, and no other fact waits for it. Throws what a reading before threw. */
export async function recorded(reader: ChainReader, watch: Watch, memory: RecordMemory): Promise<readonly Sighting[]> {
  const { chain, tokens, wanted } = watch;
  const asked = wanted.flatMap((about) => {
    const record = subject.holdersIn(about);
    return record !== undefined && tokens.some(({ address }) => address === record.token) ? [{ about, record }] : [];
  });
  const prefix = `${String(chain.id)} `;
  const keys = new Set(asked.map(({ about }) => prefix + about));
  for (const key of memory.keys()) if (key.startsWith(prefix) && !keys.has(key)) memory.delete(key);
  if (asked.length === 0) return [];
  const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
  const final = finalHeight(chain.finality, { head: head.number, finalized: finalized?.number });
  const beat = await reader.blockAt(newestBeat(head.number, chain));
  if (final === undefined || beat === undefined) return [];
  const told: Sighting[] = [];
  // One that waits for its block holds up none that is there.
  const there = asked.filter(({ record }) => record.recordBlock <= Math.min(final, beat.number));
  for (const { about, record } of there.slice(0, mostAsked)) {
    const value = await holdersOf(reader, record, { memory, key: prefix + about });
    if (value !== undefined)
      told.push(sighting(watch, beat, { subject: about, fact: "holders", value, finalized: beat.number <= final }));
  }
  return told;
}

type Place = { readonly memory: RecordMemory; readonly key: string };

/** Undefined while it is read, and for a block that this chain has not. */
async function holdersOf(
  reader: ChainReader,
  { token, recordBlock, recordHash }: NonNullable<ReturnType<typeof subject.holdersIn>>,
  { memory, key }: Place,
): Promise<Bytes32 | undefined> {
  const block = await reader.blockAt(recordBlock);
  if (block?.hash !== recordHash) return undefined;
  const before = memory.get(key);
  if (before?.failed !== undefined) {
    memory.delete(key);
    throw before.failed;
  }
  if (before !== undefined) return before.value;
  const reading: Reading = {};
  memory.set(key, reading);
  reader.holders(token, block).then(
    (holders) => {
      reading.value = holdersHash(holders);
    },
    (error: unknown) => {
      reading.failed = error instanceof Error ? error : new Error(String(error));
    },
  );
  return undefined;
}
