/** Matches every event of a token to a transaction that the gate calls its own; what it does not is told as an observation of its own. */
import { outcomeText } from "../../evidence/outcome.ts";
import * as subject from "../../evidence/subject.ts";
import { tokenEventText, type TokenChange } from "../../evidence/token-event.ts";
import type { Address } from "../../values/address.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { plus, type Instant } from "../../values/instant.ts";
import type { Block, ChainReader } from "./chain-reader.port.ts";
import { finalBeat, sighting, type Sighting, type Watch } from "./observe.ts";

/** An observer that starts again looks so far back, and tells of what it found for as long, longer when the gate did not hear it. */
const lookBackSeconds = 86_400;
/** Read again with every new final block: an endpoint that ran ahead of its chain, or did not know its own events yet, hides none for good. */
const readAgainBlocks = 600;
/** In one look, so that no other fact waits for a long past. */
const mostBlocks = 5_000;
const mostTold = 50;

type Found = { readonly blockNumber: number; readonly what: Set<TokenChange> };

/** Of one token: events from `first` up to `scanned` were read, and these transactions are not known to be the gate's own. */
type Unmatched = { readonly first: number; scanned: number; readonly open: Map<Bytes32, Found> };

/** By chain and token. */
export type StrangerMemory = Map<string, Unmatched>;

export type Telling = {
  readonly memory: StrangerMemory;
  /** Whether the gate took this observer's word on what became of a transaction: it does for its own alone, and signs a receipt. */
  readonly isOwn: (txHash: Bytes32) => boolean;
  /** Whether the gate took this observer's word that the transaction changed the token, and signed a receipt. */
  readonly isTold: (token: Address, txHash: Bytes32) => boolean;
  /** Resolves once it is said, whether the gate took it or not; what was said of the block before is not said again. */
  readonly tell: (sighting: Sighting) => Promise<void>;
  /** What was said of blocks up to this one, nobody asks for any more, but whether these events were told. */
  readonly forget: (upTo: number, but: readonly OpenEvent[]) => void;
};

export type OpenEvent = { readonly token: Address; readonly txHash: Bytes32 };

export async function tellStrangers(reader: ChainReader, watch: Watch, telling: Telling): Promise<void> {
  const final = await finalBeat(reader, watch);
  if (final === undefined) return;
  const since = plus(final.time, -lookBackSeconds);
  const look = { reader, watch, telling, final, since };
  let away: Fault | undefined;
  for (const { address: token } of watch.tokens) {
    try {
      await tellOf(look, token);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      away ??= error;
    }
  }
  forgetRead(look);
  if (away !== undefined) throw away;
}

/** Nothing, while a token was never read. */
function forgetRead({ watch: { chain, tokens }, telling }: Look): void {
  const all = tokens.map(({ address: token }) => ({ token, unmatched: telling.memory.get(placeOf(chain.id, token)) }));
  const lowest = Math.min(...all.map(({ unmatched }) => unmatched?.scanned ?? -Infinity));
  const open = all.flatMap(({ token, unmatched }) =>
    [...(unmatched?.open.keys() ?? [])].map((txHash) => ({ token, txHash })),
  );
  if (tokens.length > 0) telling.forget(lowest - readAgainBlocks, open);
}

function placeOf(chainId: ChainId, token: Address): string {
  return `${String(chainId)} ${token}`;
}

async function tellOf(look: Look, token: Address): Promise<void> {
  const { reader, watch, telling, final, since } = look;
  const place = placeOf(watch.chain.id, token);
  const unmatched = telling.memory.get(place) ?? (await begun(reader, since, final));
  telling.memory.set(place, unmatched);
  await scan(look, token, unmatched);
  for (const [txHash, found] of [...unmatched.open].slice(0, mostTold)) {
    // First to the end, so that neither many old ones nor one that the endpoint fails at hide another.
    unmatched.open.delete(txHash);
    unmatched.open.set(txHash, found);
    const isReadAgain = found.blockNumber > unmatched.scanned - readAgainBlocks;
    const became = await tellOne(look, { token, txHash, found });
    if (became === "settled" || (became === "gone" && isReadAgain)) unmatched.open.delete(txHash);
  }
}

async function begun(reader: ChainReader, since: Instant, final: Block): Promise<Unmatched> {
  const first = await firstSince(reader, since, final);
  return { first, scanned: first - 1, open: new Map() };
}

async function scan(
  { reader, watch: { accounts }, telling, final }: Look,
  token: Address,
  unmatched: Unmatched,
): Promise<void> {
  const { first, scanned } = unmatched;
  const to = Math.min(final.number, scanned + mostBlocks);
  if (to === scanned) return;
  const from = Math.max(first, Math.min(scanned, to) + 1 - readAgainBlocks);
  for (const { txHash, blockNumber, what, minter } of await reader.events(token, from, to)) {
    // A minter of ours whose allowance is filled up again has no more right than before, and the gate no less say.
    if (telling.isOwn(txHash) || accounts.some((one) => one === minter)) continue;
    const found = unmatched.open.get(txHash) ?? { blockNumber, what: new Set() };
    found.what.add(what);
    unmatched.open.set(txHash, found);
  }
  unmatched.scanned = to;
}

type Look = {
  readonly reader: ChainReader;
  readonly watch: Watch;
  readonly telling: Telling;
  readonly final: Block;
  readonly since: Instant;
};

type Candidate = { readonly token: Address; readonly txHash: Bytes32; readonly found: Found };

/**
 * Settled is the gate's own, and what it heard of when it is older than what is told of. Whoever carries our word may refuse it: only
 * the gate's receipt settles. Gone is what the endpoint has in no final block now.
 */
async function tellOne(look: Look, { token, txHash, found }: Candidate): Promise<"settled" | "open" | "gone"> {
  const { reader, watch, telling, final, since } = look;
  if (telling.isOwn(txHash)) return "settled";
  const receipt = await reader.receipt(txHash);
  if (receipt === undefined || receipt.blockNumber > final.number) return "gone";
  const block = await reader.blockAt(receipt.blockNumber);
  if (block === undefined) return "gone";
  const about = { subject: subject.transaction(txHash), fact: "outcome", value: outcomeText(receipt), finalized: true };
  await telling.tell(sighting(watch, final, about));
  if (telling.isOwn(txHash) || (block.time < since && telling.isTold(token, txHash))) return "settled";
  const value = tokenEventText({ block: block.number, time: block.time, what: [...found.what] });
  await telling.tell(
    sighting(watch, final, { subject: subject.event(token, txHash), fact: "event", value, finalized: true }),
  );
  return "open";
}

/** The lowest block whose time is not before; times grow with heights. */
async function firstSince(reader: ChainReader, time: Instant, top: Block): Promise<number> {
  let [low, high] = [0, top.number];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const block = await reader.blockAt(middle);
    if (block === undefined) throw gone(middle);
    if (block.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function gone(height: number): Fault {
  return new Fault("chain.no-answer", `the endpoint no longer has what it had in block ${height}`, "safe");
}
