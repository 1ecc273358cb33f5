/** Who held a token when a yield was recorded: read once when its block is final, beside everything else, and said again at every beat while somebody waits for it. */
import { finalHeight } from "../../chain/finality.ts";
import { holdersHash } from "../../evidence/distribution.ts";
import * as subject from "../../evidence/subject.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { ChainReader } from "./chain-reader.port.ts";
import { newestBeat, sighting, type Sighting, type Watch } from "./observe.ts";

/** A service that asks for more is not followed further. */
const mostAsked = 32;
/** So many are read at a time; the next one begins when one of them is read. */
const mostReading = 4;

type Holders = NonNullable<ReturnType<typeof subject.holdersIn>>;
type Reading = { value?: Bytes32; failed?: Error };

/** By chain and subject. */
export type RecordMemory = Map<string, Reading>;

export type Recording = { readonly memory: RecordMemory; readonly tell: (sighting: Sighting) => Promise<void> };

/**
 * Tells what is read already; what is not read yet is begun, and no other fact waits for it. Throws what a reading before threw, once
 * all the others are told.
 */
export async function tellRecorded(reader: ChainReader, watch: Watch, { memory, tell }: Recording): Promise<void> {
  const { chain } = watch;
  const asked = askedOf(watch);
  const prefix = `${String(chain.id)} `;
  const keys = new Set(asked.map(({ about }) => prefix + about));
  for (const key of memory.keys()) if (key.startsWith(prefix) && !keys.has(key)) memory.delete(key);
  if (asked.length === 0) return;
  const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
  const final = finalHeight(chain.finality, { head: head.number, finalized: finalized?.number });
  const beat = await reader.blockAt(newestBeat(head.number, chain));
  if (final === undefined || beat === undefined) return;
  let failed: Error | undefined;
  // One that waits for its block holds up none that is there.
  const there = asked.filter(({ record }) => record.recordBlock <= Math.min(final, beat.number));
  for (const { about, record } of there.slice(0, mostAsked)) {
    const { value, failed: why } = await holdersOf(reader, record, { memory, prefix, about });
    failed ??= why;
    if (value !== undefined)
      await tell(sighting(watch, beat, { subject: about, fact: "holders", value, finalized: beat.number <= final }));
  }
  if (failed !== undefined) throw failed;
}

function askedOf({ tokens, wanted }: Watch): readonly { readonly about: string; readonly record: Holders }[] {
  return wanted.flatMap((about) => {
    const record = subject.holdersIn(about);
    return record !== undefined && tokens.some(({ address }) => address === record.token) ? [{ about, record }] : [];
  });
}

function readingIn(memory: RecordMemory, prefix: string): number {
  return [...memory].filter(([key, { value, failed }]) => {
    return key.startsWith(prefix) && value === undefined && failed === undefined;
  }).length;
}

type Place = { readonly memory: RecordMemory; readonly prefix: string; readonly about: string };

/** Neither while it is read or others are, nor for a block that this chain has not; what failed is read again after it was said. */
async function holdersOf(
  reader: ChainReader,
  { token, recordBlock, recordHash }: Holders,
  { memory, prefix, about }: Place,
): Promise<Readonly<Reading>> {
  const key = prefix + about;
  if (!memory.has(key) && readingIn(memory, prefix) >= mostReading) return {};
  const block = await reader.blockAt(recordBlock);
  if (block?.hash !== recordHash) return {};
  const before = memory.get(key);
  if (before?.failed !== undefined) memory.delete(key);
  if (before !== undefined) return before;
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
  return {};
}
