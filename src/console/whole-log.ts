/** The log as pages work with it: all of it, read page by page and held against the checkpoint before anything of it is shown. */
import { leavesOf, type Leaf, type WholeLog } from "../sdk/whole-log.ts";
import type { Visitor } from "./shell.ts";

/** Tells how many leaves are there, of how many. */
export type Progress = (read: number, size: number) => void;

/** Throws `InvalidValue` `log.*` when it is not the log of this deployment, and `Fault` when the service does not show all of it. */
export async function readWholeLog(
  { client, deployment }: Pick<Visitor, "client" | "deployment">,
  tell: Progress,
): Promise<WholeLog> {
  const checkpoint = await client.checkpoint();
  const { size } = deployment.head(checkpoint);
  const leaves: Leaf[] = [];
  for await (const leaf of leavesOf(client.entries, { from: 0, until: size })) {
    leaves.push(leaf);
    if (leaves.length % 100 === 0) tell(leaves.length, size);
  }
  return deployment.holdLog(checkpoint, leaves);
}
