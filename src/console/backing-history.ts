/** What was out and what stood behind it over time, as the log has it: attested reserves while they hold, the supply that decisions were made on, and every issue and burn. */
import type { Logged } from "../gate/usage-from-log.ts";
import { issuing } from "../intent/operation.ts";
import { token as tokenSubject } from "../evidence/subject.ts";
import type { ReserveAttestation } from "../statement/message.ts";
import { readStatement } from "../statement/read.ts";
import type { Address } from "../values/address.ts";
import type { Instant } from "../values/instant.ts";
import { pastRequests } from "./past-request.ts";

/** From this moment on it was so much, in base units. */
export type Point = { readonly at: Instant; readonly value: bigint };

/** What was issued or burned by a request, at the time of its final outcome. */
export type Move = Point & { readonly requestId: string; readonly issues: boolean; readonly block: number };

export type BackingHistory = {
  /** Of several attestors the least of the words that hold; nothing while none does. */
  readonly reserves: readonly Point[];
  /** As observers saw it for decisions, and what was issued and burned since. */
  readonly supply: readonly Point[];
  /** In the order of the log. */
  readonly moves: readonly Move[];
};

type Asked = {
  readonly asset: string;
  readonly address: Address;
  readonly chainId: number;
  /** What ends later than this has not ended. */
  readonly until: Instant;
};

type Sight = Point & { readonly block: number };
type Word = Pick<ReserveAttestation, "asOf" | "expiresAt" | "reserves"> & { readonly credential: string };

const burns: readonly string[] = ["burn", "redeem"];

export function backingHistory(entries: readonly Logged[], asked: Asked): BackingHistory {
  const { asset, address, chainId, until } = asked;
  const words: Word[] = [];
  const sights: Sight[] = [];
  for (const { entry } of entries) {
    if (entry.kind !== "statement") continue;
    const { kind, message, credential } = readStatement(entry.statement);
    if (!("chainId" in message) || message.chainId !== chainId) continue;
    if (kind === "ReserveAttestation" && message.asset === asset && message.token === address)
      words.push({ ...message, credential });
    if (kind === "ChainObservation" && message.subject === tokenSubject(address) && message.fact === "supply")
      sights.push({ at: message.blockTime, block: message.blockNumber, value: BigInt(message.value) });
  }
  const moments = words.flatMap(({ asOf, expiresAt }) => [asOf, expiresAt]).filter((at) => at <= until);
  const moves = movesOf(entries, asset);
  return {
    reserves: steps(moments.map((at) => ({ at, value: vouchedAt(words, at) }))),
    supply: steps(supplyOver(sights, moves)),
    moves,
  };
}

/** The last word of each credential counts, while it holds. */
function vouchedAt(words: readonly Word[], at: Instant): bigint {
  const last = new Map(words.filter(({ asOf }) => asOf <= at).map((word) => [word.credential, word]));
  const held = [...last.values()].filter(({ expiresAt }) => at < expiresAt).map(({ reserves }) => reserves);
  return held.reduce((least, one) => (one < least ? one : least), held[0] ?? 0n);
}

/** In the order of blocks; what was seen at a block has in it what was issued by then. Nothing is said of times before anything was seen. */
function supplyOver(sights: readonly Sight[], moves: readonly Move[]): readonly Point[] {
  const changes = [
    ...moves.map(({ issues, value, ...move }) => ({ ...move, isSeen: false, value: issues ? value : -value })),
    ...sights.map((sight) => ({ ...sight, isSeen: true })),
  ].sort((one, other) => one.block - other.block || Number(one.isSeen) - Number(other.isSeen) || one.at - other.at);
  const first = changes.findIndex(({ isSeen }) => isSeen);
  if (first === -1) return [];
  let supply = 0n;
  const points = changes
    .slice(first)
    .map(({ at, isSeen, value }) => ({ at, value: (supply = isSeen ? value : supply + value) }));
  // That a block is final is told later than the block was.
  let end: Instant | undefined;
  return points
    .toReversed()
    .map(({ at, value }) => ({ at: (end = end === undefined || at < end ? at : end), value }))
    .toReversed();
}

function movesOf(entries: readonly Logged[], asset: string): readonly Move[] {
  return pastRequests(entries).flatMap(({ submission: { message }, outcome }) => {
    const { requestId, operation, amount } = message;
    // What a raise of the multiplier adds is seen in the supply; its amount is the most that it may.
    const issues = issuing.includes(operation) && operation !== "raiseMultiplier";
    const counts = message.asset === asset && outcome?.status === "success" && (issues || burns.includes(operation));
    return counts ? [{ requestId, issues, at: outcome.instant, block: outcome.blockNumber, value: amount }] : [];
  });
}

/** Of a ratio: one is so much. */
export const ratioUnit = 10_000;

/** Reserves for each unit that was out, in units of a ratio, rounded down; nothing is said of times at which none was. */
export function coverageOver(reserves: readonly Point[], supply: readonly Point[]): readonly Point[] {
  const valueAt = (points: readonly Point[], at: Instant): bigint =>
    points.findLast((point) => point.at <= at)?.value ?? 0n;
  const points = [...reserves, ...supply].flatMap(({ at }) => {
    const out = valueAt(supply, at);
    return out === 0n ? [] : [{ at, value: (valueAt(reserves, at) * BigInt(ratioUnit)) / out }];
  });
  return steps(points);
}

/** In time, without those that change nothing; of one moment the last. */
function steps(points: readonly Point[]): readonly Point[] {
  const byTime = [...points].sort((one, other) => one.at - other.at);
  const moments = byTime.filter(({ at }, index) => byTime[index + 1]?.at !== at);
  return moments.filter(({ value }, index) => moments[index - 1]?.value !== value);
}
