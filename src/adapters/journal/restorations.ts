/** Restorations: that this journal was rebuilt from the log, and whether people let it sign since, as the same gate or as one that took over. */
import { z } from "zod";
import type { Journal, StoredPromotion, StoredRestoration } from "../../flow/gate/journal.port.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, countSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { flag, readOptional, readRows } from "./row.ts";

type Restorations = Pick<Journal, "restoration" | "putRestoration" | "resume" | "promotions" | "promote">;

const restorationRow: z.ZodType<StoredRestoration> = z.strictObject({
  size: countSchema,
  root: bytes32Schema,
  resumed: flag,
});

const promotionRow: z.ZodType<StoredPromotion> = z
  .strictObject({ epoch: countSchema, log_key: bytes32Schema })
  .transform(({ epoch, log_key: logKey }) => ({ epoch, logKey }));

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
    promotions: () => readRows(promotionRow, database.all("SELECT epoch, log_key FROM promotions ORDER BY epoch")),
    promote: ({ epoch, logKey }) => {
      database.transaction(() => {
        database.run("INSERT INTO promotions (epoch, log_key) VALUES ($epoch, $logKey)", { epoch, logKey });
        const changed = database.run("UPDATE state SET epoch = $epoch WHERE id = 1 AND epoch = $epoch - 1", { epoch });
        invariant(changed === 1, "an epoch follows the one before it");
      });
    },
  };
}
