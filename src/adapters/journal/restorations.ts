/** Restorations: that this journal was rebuilt from the log, and whether people let it sign since. */
import { z } from "zod";
import type { Journal, StoredRestoration } from "../../flow/gate/journal.port.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, countSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { flag, readOptional } from "./row.ts";

type Restorations = Pick<Journal, "restoration" | "putRestoration" | "resume">;

const restorationRow: z.ZodType<StoredRestoration> = z.strictObject({
  size: countSchema,
  root: bytes32Schema,
  resumed: flag,
});

export function restorationsOf(database: Database): Restorations {
  return {
    restoration: () =>
      readOptional(
        restorationRow,
        database.get("SELECT size, root, resumed FROM restorations ORDER BY id DESC LIMIT 1"),
      ),
    putRestoration: ({ size, root }) => {
      database.run("INSERT INTO restorations (size, root) VALUES ($size, $root)", { size, root });
    },
    resume: () => {
      const changed = database.run("UPDATE restorations SET resumed = 1 WHERE id = (SELECT max(id) FROM restorations)");
      invariant(changed === 1, "what is resumed was restored");
    },
  };
}
