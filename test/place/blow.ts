/** What is armed at a fault point: a signal for whichever process passes there first, or for the agents that it started. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { DevFolder } from "../../src/compose/dev/folder.ts";

export const blowSchema = z.strictObject({
  /** Whether the process itself gets it, or its children. */
  of: z.enum(["process", "agents"]),
  signal: z.enum(["SIGKILL", "SIGSTOP"]),
  /** Processes that pass without it. */
  spared: z.array(z.int()),
  /** A file that names the point and the numbers of those who got it; there before they do. */
  mark: z.string(),
});

export type Blow = z.output<typeof blowSchema>;

/** Where the processes of a deployment look for blows. */
export function armedIn({ root }: DevFolder): string {
  return join(root, "armed");
}

/** The numbers of those who got it; undefined as long as nobody passed. */
export type Armed = () => readonly number[] | undefined;

let count = 0;

/** One blow at a point at a time. */
export function arm(folder: string, point: string, blow: Omit<Blow, "mark">): Armed {
  count += 1;
  const mark = join(folder, `mark ${String(count)}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, point);
  writeFileSync(`${file}.new`, JSON.stringify({ ...blow, mark }));
  // Whole or not there: a process may pass at this moment.
  renameSync(`${file}.new`, file);
  return () => {
    if (!existsSync(mark)) return undefined;
    return readFileSync(mark, "utf8").split(" ").slice(1).map(Number);
  };
}
