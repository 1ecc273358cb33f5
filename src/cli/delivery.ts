/** A signed statement on its way to the gate: delivered on the gate's own receipt, else kept in a file to hand over directly. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Posted } from "../sdk/delivery.ts";
import { statementHash } from "../statement/envelope.ts";
import { Fault } from "../values/errors.ts";
import { toIso } from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import { fileJson, writeNew } from "./document-file.ts";
import type { Given } from "./command.ts";
import { readParcel, type Parcel } from "./parcel.ts";
import { no, yes, type Outcome } from "./outcome.ts";
import type { Service } from "./connection.ts";

/** `said` names the statement for the reader and goes into the JSON. */
export async function deliver(
  { client }: Service,
  given: Given,
  { statement, attachment }: Parcel,
  said: Readonly<Record<string, Json>> = {},
): Promise<Outcome> {
  const posted = await client.post(statement, attachment);
  const hash = statementHash(statement);
  if (posted.kind === "delivered") {
    const { leafIndex, instant, epoch } = posted.receipt;
    const place = leafIndex === null ? "kept until it is used" : `leaf ${leafIndex} of the log`;
    const again = posted.repeated ? " (the gate had it before)" : "";
    return yes([`delivered: ${place}, stored by the gate at ${toIso(instant)}${again}`, `statement ${hash}`], {
      delivered: true,
      statement: hash,
      leafIndex,
      instant,
      epoch,
      ...said,
    });
  }
  const file = keepParcel(given.maybe("save"), { statement, ...(attachment === undefined ? {} : { attachment }) });
  const { code, why } = reason(posted);
  const hand = `countersign gate object ${file} --genesis ${given.text("genesis")} --socket PATH`;
  const lines = [
    "not delivered",
    why,
    `what you signed is in ${file}; to hand it to the gate without the service:`,
    `  ${hand}`,
  ];
  return no(lines, { delivered: false, statement: hash, code, why, file, hand, ...said });
}

/** A service that lies may call anything refused, so its word for that is shown and not believed. */
function reason(posted: Exclude<Posted, { kind: "delivered" }>): { readonly code: string; readonly why: string } {
  switch (posted.kind) {
    case "not-delivered":
      return { code: "cli.not-delivered", why: `nobody can say that the gate has it: ${posted.why}` };
    case "refused":
      return {
        code: posted.code,
        why: `the service says that the gate refused it: ${posted.message} (${posted.code})`,
      };
  }
}

/** The same statement goes to the same file; where none can be made here, to the folder for temporary files. */
export function keepParcel(asked: string | undefined, parcel: Parcel): string {
  const { kind } = parcel.statement;
  const usual = `countersign-${kind.toLowerCase()}-${statementHash(parcel.statement).slice(2, 14)}.json`;
  const [first, ...others] =
    asked === undefined ? [usual, join(tmpdir(), usual)] : [asked, usual, join(tmpdir(), usual)];
  return others.reduce((file, next) => file ?? kept(next, parcel), kept(first, parcel)) ?? lost(first);
}

function kept(file: string, parcel: Parcel): string | undefined {
  try {
    writeNew(file, fileJson(parcel));
    return file;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return existsSync(file) && isSame(file, parcel) ? file : undefined;
  }
}

function isSame(file: string, { statement }: Parcel): boolean {
  try {
    return statementHash(readParcel(file).statement) === statementHash(statement);
  } catch {
    return false;
  }
}

function lost(file: string): never {
  throw new Fault("cli.not-kept", `not delivered, and what was signed could not be kept in \`${file}\``, "safe");
}
