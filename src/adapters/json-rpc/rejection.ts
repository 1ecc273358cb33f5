/** What a node means when it refuses a transaction: each client has words of its own, and a few codes say only "not now". */
import type { Broadcast } from "../../flow/serve/chain.port.ts";

type Meaning = "already-known" | "nonce-too-low" | "underpriced" | "insufficient-funds" | "other";

/** In order; geth, Erigon, Nethermind, Besu, Reth and anvil. */
const words: readonly (readonly [RegExp, Meaning])[] = [
  [/already.?known|known transaction|already imported|already exists|already in the pool/i, "already-known"],
  [/nonce.{0,20}too low|old.?nonce|nonce.{0,20}already (?:been )?used|invalid nonce.{0,20}less/i, "nonce-too-low"],
  [/insufficient.?funds|insufficient balance|upfront cost exceeds|not enough funds/i, "insufficient-funds"],
  [
    /underpriced|fee.?too.?low|gas price too low|less than block base fee|below.{0,20}base fee|replacement.?not.?allowed|below configured minimum/i,
    "underpriced",
  ],
  // Bytes that no repetition makes acceptable; some nodes say it as an internal error.
  [
    /decode|rlp|malformed|invalid (?:transaction|sender|signature|chain)|intrinsic gas|exceeds block gas limit/i,
    "other",
  ],
];

/** Internal error, resource unavailable, limit exceeded, rate limited (EIP-1474): the transaction may be in the pool, or may be taken later. */
const notNow: ReadonlySet<number> = new Set([-32_603, -32_002, -32_005, -32_016, 429]);

const meanings: Readonly<Record<Exclude<Meaning, "already-known" | "other">, string>> = {
  "nonce-too-low": "the account has used this nonce",
  underpriced: "the fees are too low to be taken, or to replace what waits on this nonce",
  "insufficient-funds": "the account cannot pay amount and fees",
};

/** `told` is the node's message, already without bytes; the words for people are ours where we know the meaning. */
export function broadcastRefused(code: number, told: string): Broadcast {
  const meaning = words.find(([pattern]) => pattern.test(told))?.[1];
  if (meaning === "already-known") return { kind: "already-known" };
  if (meaning !== undefined && meaning !== "other") return { kind: "rejected", code: meaning, why: meanings[meaning] };
  if (meaning === undefined && notNow.has(code)) return { kind: "unknown", why: `the endpoint says: ${told}` };
  return { kind: "rejected", code: "other", why: `the endpoint says: ${told}` };
}
