/** Looks for what travelled with a statement, in the log. */
import type { Kind } from "../statement/message.ts";
import { parse as parseCheckpoint } from "../log/checkpoint.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Json } from "../values/json.ts";
import { entryOf, leavesOf } from "./log-pages.ts";
import { asked, type Service } from "./connection.ts";

/** Attachments of the statements of a kind about one document, in order. */
export async function attachmentsInLog(service: Service, kind: Kind, documentHash: Bytes32): Promise<readonly Json[]> {
  const { size } = parseCheckpoint(await asked(service.client.checkpoint())).checkpoint;
  const found: Json[] = [];
  for await (const leaf of leavesOf(service, size)) {
    const entry = leaf.leaf.includes(documentHash) ? entryOf(leaf) : undefined;
    if (entry?.kind !== "statement" || entry.attachment === undefined) continue;
    const { kind: said, message } = entry.statement;
    if (said === kind && message["documentHash"] === documentHash) found.push(entry.attachment);
  }
  return found;
}
