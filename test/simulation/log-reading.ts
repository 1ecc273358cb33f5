/** What the log of a gate says of nonces and signatures, read leaf by leaf. */
import type { Journal } from "../../src/flow/gate/journal.port.ts";
import type { Entry } from "../../src/log/entry.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";

type Signature = { readonly digest: Bytes32; readonly r: Bytes32; readonly txHash: Bytes32 };

export type LogReading = {
  /** In the order of allocation. */
  readonly nonces: readonly number[];
  /** What tokens may have been asked for. */
  readonly permitted: readonly Bytes32[];
  /** One for each that was written. */
  readonly signatures: readonly Signature[];
  /** Signatures of transactions that are not among these. */
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
    unsent: (known) => signed.filter(({ txHash }) => !known.has(txHash)),
  };
}
