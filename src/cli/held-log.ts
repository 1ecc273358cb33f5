/** The whole log as commands hold it: from the service or from an export, and refused where it is not the one of our deployment. */
import { z } from "zod";
import { checksHere } from "../compose/cli-credentials.ts";
import { holdLog, leavesOf, openCheckpoint, type Leaf, type LogTrust, type WholeLog } from "../sdk/whole-log.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import { asked, type Service } from "./connection.ts";
import { readText } from "./document-file.ts";
import { Refused } from "./outcome.ts";

/** What we hold the log against. */
export type Trusted = Pick<Service, "pins" | "standing">;
export type HeldLog = WholeLog;

/** As much as one string holds with room to spare. */
const maxExportBytes = 256 * 1024 * 1024;

const exportSchema = z.strictObject({
  format: z.literal("countersign/log/v1"),
  checkpoint: z.string(),
  leaves: z.array(z.string()),
});

/** Of the service. Throws `Refused` `log.*` when it is not the log of our deployment. */
export async function wholeLog(service: Service): Promise<HeldLog> {
  const { client } = service;
  const checkpoint = await asked(client.checkpoint());
  const { size } = refusing(() => openCheckpoint(trustOf(service), checkpoint));
  const leaves: Leaf[] = [];
  const read = (from: number, limit: number): Promise<Json> => asked(client.entries(from, limit));
  for await (const leaf of leavesOf(read, { from: 0, until: size })) leaves.push(leaf);
  return refusing(() => holdLog(trustOf(service), checkpoint, leaves));
}

/** Of a file that `log export` made. Throws `Refused` `log.*` as for the service. */
export function exportedLog(trusted: Trusted, path: string): HeldLog {
  const json = parseStrict(readText(path, maxExportBytes), 4);
  const { checkpoint, leaves } = parseWith(exportSchema, json, "cli.export");
  const numbered = leaves.map((leaf, index) => ({ index, leaf }));
  return refusing(() => holdLog(trustOf(trusted), checkpoint, numbered));
}

export function exportOf({ checkpoint, leaves }: HeldLog): Json {
  return { format: "countersign/log/v1", checkpoint, leaves: leaves.map(({ leaf }) => leaf) };
}

function trustOf({ standing }: Trusted): LogTrust {
  return { standing, checks: checksHere() };
}

function refusing<T>(hold: () => T): T {
  try {
    return hold();
  } catch (error) {
    if (error instanceof InvalidValue) throw new Refused(error.code, error.message, error.field);
    throw error;
  }
}
