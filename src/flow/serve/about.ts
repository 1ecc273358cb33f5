/** What a leaf of the log is about: the word by which it is found again. */
import type { Entry } from "../../log/entry.ts";
import { readStatement, type Statement } from "../../statement/read.ts";

export function aboutEntry(entry: Entry): string {
  switch (entry.kind) {
    case "genesis":
      return "genesis";
    case "statement":
      return aboutStatement(readStatement(entry.statement));
    case "activation":
      return entry.document;
    case "freeze":
      return entry.freezeId;
    case "batch":
    case "restoration":
      return entry.root;
    case "run":
      return entry.run;
    case "promotion":
      return entry.root;
    default:
      return entry.requestId;
  }
}

/** A request, a document, a list of freezes, an account, an asset, or what was observed. */
export function aboutStatement(statement: Statement): string {
  const { message } = statement;
  if ("requestId" in message) return message.requestId;
  if ("documentHash" in message) return message.documentHash;
  if ("target" in message && "intentHash" in message) return message.target;
  if ("merkleRoot" in message) return message.merkleRoot;
  if ("freezeId" in message) return message.freezeId;
  if ("freezesHash" in message) return message.freezesHash;
  if ("challenge" in message) return message.challenge;
  if ("recordHash" in message) return message.account;
  if ("logRoot" in message) return message.logRoot;
  return "subject" in message ? message.subject : message.asset;
}
