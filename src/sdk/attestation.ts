/** The message of a reserve attestation, made from what an attestor types. */
import * as amount from "../values/amount.ts";
import * as address from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import { parse as parseChainId } from "../values/chain-id.ts";
import * as duration from "../values/duration.ts";
import * as instant from "../values/instant.ts";
import * as line from "../values/line.ts";
import * as name from "../values/name.ts";
import { countSchema, parseWith } from "../values/schema.ts";
import type { WireMessage } from "./wire-message.ts";

/** `reserves` and `supply` are in the asset's own unit, `10000.5`. */
export type Attested = {
  readonly asset: string;
  readonly chainId: number;
  readonly token: string;
  readonly unit: string;
  readonly decimals: number;
  readonly reserves: string;
  readonly supply: string;
  readonly supplyBlock: number;
  readonly asOf: number;
  /** How long it holds, as `24h`. */
  readonly validFor: string;
  /** SHA-256 of the report that the attestor keeps. */
  readonly reportHash: string;
  /** One more than the attestor's last. */
  readonly sequence: number;
};

export function reserveAttestation(said: Attested): WireMessage<"ReserveAttestation"> {
  const decimals = parseWith(countSchema.max(77), said.decimals, "value.decimals");
  const asOf = instant.parse(said.asOf);
  return {
    asset: name.parse(said.asset),
    chainId: parseChainId(said.chainId),
    token: address.parse(said.token),
    unit: line.parse(said.unit),
    decimals,
    reserves: amount.parseUnits(said.reserves, decimals).toString(),
    supply: amount.parseUnits(said.supply, decimals).toString(),
    supplyBlock: parseWith(countSchema, said.supplyBlock, "value.block"),
    asOf,
    expiresAt: instant.plus(asOf, duration.parse(said.validFor)),
    reportHash: bytes32.parse(said.reportHash),
    sequence: parseWith(countSchema, said.sequence, "value.sequence"),
  };
}
