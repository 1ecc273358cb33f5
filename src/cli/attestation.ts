/** `countersign attest reserve`: what an attestor vouches for, signed with the attestor's own credential. */
import { readFileSync } from "node:fs";
import { reserveAttestation } from "../sdk/attestation.ts";
import { sha256 } from "../values/digest.ts";
import { Fault } from "../values/errors.ts";
import { fromIso, toIso } from "../values/instant.ts";
import { consent } from "./consent.ts";
import { deliver } from "./delivery.ts";
import type { Given } from "./command.ts";
import { inForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, parseCount } from "./option-value.ts";
import type { Outcome } from "./outcome.ts";
import { quantity } from "./quantity.ts";
import { openService } from "./connection.ts";

/** Without `--sequence` it is the time, which grows by itself. */
export async function reserve(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const { policy } = await inForce(service, given.text("asset"));
  const { asset, token } = policy;
  const [reserves, supply] = [quantity(given, "reserves", asset), quantity(given, "supply", asset)];
  const message = reserveAttestation({
    asset,
    chainId: token.chain,
    token: token.address,
    unit: given.text("unit"),
    decimals: token.decimals,
    reserves,
    supply,
    supplyBlock: option("supply-block", given.text("supply-block"), parseCount),
    asOf: option("as-of", given.maybe("as-of") ?? toIso(io.now()), fromIso),
    validFor: given.maybe("expires") ?? "24h",
    reportHash: sha256(reportBytes(given.text("report"))),
    sequence: option("sequence", given.maybe("sequence") ?? String(io.now()), parseCount),
  });
  await consent(given, io, [
    `attest that ${reserves} ${asset} (${message.unit}) are held as of ${toIso(message.asOf)}`,
    `supply ${supply} ${asset} at block ${message.supplyBlock} of chain ${token.chain}`,
    `good until ${toIso(message.expiresAt)}, sequence ${message.sequence}, report ${message.reportHash}`,
  ]);
  const statement = service.own.sign(service.standing.deploymentId, "ReserveAttestation", message);
  return deliver(service, given, { statement }, { sequence: message.sequence, reportHash: message.reportHash });
}

function reportBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read`, "safe", error);
  }
}
