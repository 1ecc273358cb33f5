/** Who may read everybody's requests, the log and reports: as the service's own table has it, which decides. */
import type { Visitor } from "./shell.ts";

export const overseers: readonly string[] = ["custodians", "compliance", "officers", "auditors"];

export function isOverseer({ groups }: Pick<Visitor, "groups">): boolean {
  return groups.some((group) => overseers.includes(group));
}
