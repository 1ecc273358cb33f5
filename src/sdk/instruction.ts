/** The instruction to release what backed burned tokens, as whoever keeps the collateral reads it: believed on the gate's signature alone. */
import { isGenuineInstruction } from "../gate/release.ts";
import { instructionSchema, type Instruction } from "../log/entry.ts";
import { InvalidValue } from "../values/errors.ts";
import { parse as parseInstant, toIso } from "../values/instant.ts";
import { parseReference } from "../values/line.ts";
import { parseWith } from "../values/schema.ts";
import type { Pins } from "./delivery.ts";
import type { WireMessage } from "./wire-message.ts";

/** Throws `InvalidValue` `client.untrue` unless the log key of the pinned genesis signed every field of it. */
export function readInstruction(json: unknown, { logPublicKey, deploymentId, checks }: Required<Pins>): Instruction {
  const instruction = parseWith(instructionSchema, json, "client.instruction");
  const log = { deployment: deploymentId, publicKey: logPublicKey };
  if (!isGenuineInstruction(instruction, log, checks))
    throw new InvalidValue("client.untrue", "the gate of this genesis did not sign this instruction", "signature");
  return instruction;
}

/** For the person who releases. */
export function instructionWords(instruction: Instruction): readonly string[] {
  const { amountText, destination, burn, chainId, reference, requestId, deliveredBy, deliverBefore } = instruction;
  return [
    `release what backs ${amountText} to ${destination}`,
    `  against the burn ${burn} on chain ${String(chainId)}, which is final`,
    `  redemption: ${reference}, request ${requestId}`,
    `  delivery is said by ${String(deliveredBy.min)} of ${deliveredBy.group} before ${toIso(deliverBefore)}`,
  ];
}

/** That what the instruction names came to its destination; `reference` is that of the delivery, such as a waybill. */
export function deliveryMessage(
  { requestId, burn }: Instruction,
  { reference, asOf }: { readonly reference: string; readonly asOf: number },
): WireMessage<"Delivery"> {
  return { requestId, burn, reference: parseReference(reference), asOf: parseInstant(asOf) };
}
