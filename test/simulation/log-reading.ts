/** What the log of a gate says of nonces and signatures, read leaf by leaf. */
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import type { Entry } from "../../src/log/entry.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";

type Signature = Extract<Entry, { kind: "signature" }>;

export type LogReading = {
  /** In the order of allocation. */
  readonly nonces: readonly number[];
  /** What tokens may have been asked for. */
  readonly permitted: readonly Bytes32[];
  /** One for each that was written. */
  readonly signatures: readonly Signature[];
  /**
   * Signatures of transactions that are not among these, and of which something could still come: a token may answer for a filler when
   * the nonce was used, finally, while it was asked.
   */
  readonly unsent: (known: ReadonlySet<Bytes32>) => readonly Signature[];
};

export function readLog(journal: Pick<Journal, "size" | "leaves">): LogReading {
  const entries = journal
    .leaves(0, journal.size())
    .map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as Entry);
  const signed = entries.flatMap((entry) => (entry.kind === "signature" ? [entry] : []));
  return {
    nonces: entries.flatMap((entry) => (entry.kind === "allocation" ? [entry.nonce] : [])),
    permitted: entries.flatMap((entry) => (entry.kind === "permit" || entry.kind === "filler" ? [entry.digest] : [])),
    signatures: signed,
    unsent: (known) => signed.filter((one) => !known.has(one.txHash) && !isSettledBefore(entries, one)),
  };
}

function isSettledBefore(entries: readonly Entry[], signature: Signature): boolean {
  const before = entries.slice(0, entries.indexOf(signature));
  return before.some((entry) => entry.kind === "outcome" && entry.requestId === signature.requestId);
}
