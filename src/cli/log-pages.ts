/** The log as the service shows it, page by page, every leaf at its place. */
import { z } from "zod";
import { entrySchema, type Entry } from "../log/entry.ts";
import { decodeLeaf } from "../log/leaf.ts";
import { utf8 } from "../values/digest.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { countSchema, parseWith } from "../values/schema.ts";
import { asked, type Service } from "./connection.ts";

const pageSchema = z.looseObject({ leaves: z.array(z.looseObject({ index: countSchema, leaf: z.string() })) });
const pageSize = 500;

export type Leaf = { readonly index: number; readonly leaf: string };

/** The first `size` leaves in order. Throws `Fault` `cli.log-gap` when the service leaves one out. */
export async function* leavesOf({ client }: Pick<Service, "client">, size: number): AsyncGenerator<Leaf> {
  for (let next = 0; next < size;) {
    const limit = Math.min(pageSize, size - next);
    const { leaves } = parseWith(pageSchema, await asked(client.entries(next, limit)), "client.not-understood");
    for (const { index, leaf } of leaves.slice(0, limit)) {
      if (index !== next) throw gap(next);
      yield { index, leaf };
      next += 1;
    }
    if (leaves.length === 0) throw gap(next);
  }
}

/** What a leaf says; nothing when it is no entry that we know. */
export function entryOf({ leaf }: Leaf): Entry | undefined {
  try {
    return entrySchema.safeParse(decodeLeaf(utf8(leaf))).data;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

function gap(index: number): Fault {
  return new Fault("cli.log-gap", `the service does not show leaf ${index}`, "safe");
}
