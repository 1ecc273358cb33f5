/** `countersign hsm sign RECORD`: one of the two people of a key ceremony signs its record with their own credential. */
import { checksHere, openOwn } from "../compose/cli-credentials.ts";
import { ceremonyMessage } from "../gate/key-ceremony.ts";
import { readKeyRecord } from "../roster/key-record.ts";
import { statementHash } from "../statement/envelope.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { openService } from "./connection.ts";
import { consent } from "./consent.ts";
import { deliver, keepParcel } from "./delivery.ts";
import { readDocument } from "./document-file.ts";
import { openGenesis } from "./genesis-file.ts";
import type { Io } from "./io.ts";
import { keyRecordWords } from "./key-record-words.ts";
import { signOwn } from "./own-signature.ts";
import { yes, type Outcome } from "./outcome.ts";

/** Without `--api` what was signed is kept in a file: a token's machine reaches no service, and before the first day there is none. */
export async function sign(given: Given, io: Io): Promise<Outcome> {
  const record = readKeyRecord(readDocument(given.operand), checksHere());
  const message = ceremonyMessage(record);
  await consent(given, io, keyRecordWords(record));
  const said = { account: message.account, recordHash: message.recordHash };
  const words = { kind: "KeyCeremony", message, about: { kind: "itself" } } as const;
  if (given.maybe("api") !== undefined) {
    const service = openService(given);
    const statement = await signOwn({ given, io, service }, words);
    return deliver(service, given, { statement, attachment: toWire(record) }, said);
  }
  const service = { standing: openGenesis(given.text("genesis")), own: openOwn(given.text("credential")) };
  const statement = await signOwn({ given, io, service }, words);
  const file = keepParcel(given.maybe("save"), { statement, attachment: toWire(record) });
  const lines = [
    `signed, and kept in ${file}; somebody hands it to the gate:`,
    `  countersign gate object ${file} --genesis ${given.text("genesis")} --socket PATH`,
  ];
  return yes(lines, { delivered: false, statement: statementHash(statement), file, ...said });
}
