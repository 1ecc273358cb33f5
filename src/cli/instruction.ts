/** The instruction to release what backed burned tokens: written to a file for whoever keeps the collateral, and called delivered by them. */
import type { RequestView } from "../request/api.ts";
import { deliveryMessage, instructionWords, readInstruction } from "../sdk/instruction.ts";
import { fromIso, toIso } from "../values/instant.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { consent } from "./consent.ts";
import { openService, type Service } from "./connection.ts";
import { deliver } from "./delivery.ts";
import { fileJson, readDocument, writeNew } from "./document-file.ts";
import type { Io } from "./io.ts";
import { option } from "./option-value.ts";
import { Refused, type Outcome } from "./outcome.ts";
import { signOwn } from "./own-signature.ts";

/** Where the second leg is; the instruction in words only once the gate's own signature is found good. */
export function redemptionLines({ pins }: Pick<Service, "pins">, { redemption }: RequestView): readonly string[] {
  if (redemption === null) return [];
  const { kind, why, instruction, deliveries } = redemption;
  return [
    `redemption: ${kind}: ${why}`,
    ...(instruction === null
      ? []
      : ["  instruction, signed by the gate:", ...toldBy(instruction, pins).map((line) => `    ${line}`)]),
    ...deliveries.map(({ member, reference, asOf }) => `  ${member}: delivered as of ${toIso(asOf)}, ${reference}`),
  ];
}

function toldBy(instruction: unknown, pins: Service["pins"]): readonly string[] {
  return instructionWords(readInstruction(toWire(instruction), pins));
}

/** Makes the file of `--instruction`; answers what was done. */
export function instructionFile(given: Given, { pins }: Service, { redemption }: RequestView): readonly string[] {
  const file = given.maybe("instruction");
  if (file === undefined) return [];
  const instruction = redemption?.instruction ?? null;
  if (instruction === null) throw new Refused("cli.absent", "the gate has signed no release for this request yet");
  writeNew(file, fileJson(toWire(readInstruction(toWire(instruction), pins))));
  return [`the instruction is in ${file}`];
}

/** `countersign attest delivery`: signed by whoever the instruction names, from the file alone. */
export async function delivery(given: Given, io: Io): Promise<Outcome> {
  const service = openService(given);
  const instruction = readInstruction(readDocument(given.text("instruction")), service.pins);
  const asOf = option("as-of", given.maybe("as-of") ?? toIso(io.now()), fromIso);
  const message = deliveryMessage(instruction, { reference: given.text("reference"), asOf });
  await consent(given, io, [
    "you say that this was done:",
    ...instructionWords(instruction),
    `  as of ${toIso(message.asOf)}, ${message.reference}`,
  ]);
  const about = { kind: "itself" } as const;
  const statement = await signOwn({ given, io, service }, { kind: "Delivery", message, about });
  return deliver(service, given, { statement }, { requestId: message.requestId, burn: message.burn });
}
