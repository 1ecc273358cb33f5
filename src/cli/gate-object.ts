/** `countersign gate object FILE`: hands a signed statement straight to the gate, past a service that nobody trusts. */
import { z } from "zod";
import { doubtOf } from "../sdk/delivery.ts";
import { envelopeSchema, statementHash } from "../statement/envelope.ts";
import { readStatement } from "../statement/read.ts";
import { toIso } from "../values/instant.ts";
import { jsonSchema, parseWith } from "../values/schema.ts";
import { withGate } from "../compose/cli-gate-socket.ts";
import type { Parcel } from "./delivery.ts";
import { readDocument } from "./document-file.ts";
import { openGenesis } from "./genesis-file.ts";
import type { Given } from "./given.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import { pinsOf } from "./service.ts";

const parcelSchema = z.union([
  z.strictObject({ statement: envelopeSchema, attachment: jsonSchema.optional() }),
  envelopeSchema.transform((statement) => ({ statement })),
]);

/** A file that another command kept, or a bare signed statement. */
export function readParcel(path: string): Parcel {
  const parcel = parseWith(parcelSchema, readDocument(path), "cli.parcel");
  readStatement(parcel.statement);
  const { statement } = parcel;
  const attachment = "attachment" in parcel ? parcel.attachment : undefined;
  return { statement, ...(attachment === undefined ? {} : { attachment }) };
}

export async function object(given: Given): Promise<Outcome> {
  const pins = pinsOf(openGenesis(given.text("genesis")));
  const { statement, attachment } = readParcel(given.operand);
  const answer = await withGate(given.text("socket"), (gate) => gate.admit(statement, attachment));
  const hash = statementHash(statement);
  if (answer.kind === "problem") {
    const why = `the gate refuses it: ${answer.message} (${answer.code})`;
    return no([why], { delivered: false, statement: hash, code: answer.code, why, field: answer.field });
  }
  const { receipt } = answer;
  const doubt = doubtOf(receipt, statement, pins);
  if (doubt !== undefined) {
    return no(["not delivered", doubt], { delivered: false, statement: hash, code: "cli.not-delivered", why: doubt });
  }
  const { leafIndex, instant, epoch } = receipt;
  const place = leafIndex === null ? "kept until it is used" : `leaf ${leafIndex} of the log`;
  return yes([`delivered: ${place}, stored by the gate at ${toIso(instant)}`, `statement ${hash}`], {
    delivered: true,
    statement: hash,
    leafIndex,
    instant,
    epoch,
  });
}
