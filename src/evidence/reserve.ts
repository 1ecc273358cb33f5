/** How one attestation of reserves follows another of the same attestor. */
import type { StatementOf } from "../statement/read.ts";
import type { ReserveAttestation } from "../statement/message.ts";
import type { Address } from "../values/address.ts";
import type { Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Instant } from "../values/instant.ts";
import { canonical } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { toWire } from "../values/wire.ts";

/** What a decision knows of an attestation. */
export type AttestedReserve = {
  readonly attestor: Name;
  readonly reserves: Amount;
  readonly supply: Amount;
  readonly supplyBlock: number;
  readonly asOf: Instant;
  readonly expiresAt: Instant;
  readonly sequence: number;
  readonly statement: Bytes32;
};

export type Succession = { readonly kind: "first" | "newer" | "same" | "stale" | "conflict" };

/**
 * `previous` is an earlier one of the attestor for the same asset, mostly its latest. A lower sequence, or a higher one that looks further back, is `stale`;
 * the same sequence with other content is a `conflict`, for which the asset is frozen.
 */
export function succeed(previous: ReserveAttestation | undefined, next: ReserveAttestation): Succession {
  if (previous === undefined) return { kind: "first" };
  if (next.sequence < previous.sequence) return { kind: "stale" };
  if (next.sequence === previous.sequence) return { kind: text(next) === text(previous) ? "same" : "conflict" };
  return { kind: next.asOf < previous.asOf ? "stale" : "newer" };
}

type OfToken = { readonly chain: number; readonly address: Address; readonly decimals: number };

/** Whether it counts what this very token stands for, in its units: of an asset that is on another token now it says nothing. */
export function isOfToken(
  message: Pick<ReserveAttestation, "chainId" | "token" | "decimals">,
  token: OfToken,
): boolean {
  return message.chainId === token.chain && message.token === token.address && message.decimals === token.decimals;
}

/** The fact a verified attestation establishes; `attestor` is the service whose credential signed it. */
export function reserveFact(statement: StatementOf<"ReserveAttestation">, attestor: Name): AttestedReserve {
  const { reserves, supply, supplyBlock, asOf, expiresAt, sequence } = statement.message;
  return { attestor, reserves, supply, supplyBlock, asOf, expiresAt, sequence, statement: statement.hash };
}

function text(attestation: ReserveAttestation): string {
  return canonical(toWire(attestation));
}
