/** Whose copy of these pages this is: one that a service serves, or the visitor's own, which `countersign console` serves on their machine. */
import { z } from "zod";

const groundSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("served") }),
  /** `api` is the service behind; `genesis` is the text of the visitor's own file. */
  z.strictObject({ kind: z.literal("own"), api: z.string(), genesis: z.string() }),
]);

export type Ground = z.output<typeof groundSchema>;

/** A service that served altered pages could say anything here: what tells the two apart is the address that the visitor opened. */
export async function readGround(): Promise<Ground> {
  try {
    const answer = await fetch("./here.json", { redirect: "error", credentials: "omit" });
    return groundSchema.parse(await answer.json());
  } catch {
    return { kind: "served" };
  }
}
