/** Freezes, in the order in which the gate stored them; a lifted one stays on record. */
import { z } from "zod";
import type { Journal, StoredFreeze } from "../../flow/gate/journal.port.ts";
import { invariant } from "../../values/errors.ts";
import { bytes32Schema, instantSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { flag, readRows } from "./row.ts";

type Freezes = Pick<Journal, "putFreeze" | "freezes" | "liftFreeze">;

const freezeRow: z.ZodType<StoredFreeze> = z
  .strictObject({
    freeze_id: bytes32Schema,
    scope: z.enum(["deployment", "asset", "key"]),
    target: z.string(),
    reason: z.string(),
    by: nameSchema,
    at: instantSchema,
    lifted: flag,
  })
  .transform(({ freeze_id: freezeId, ...rest }) => ({ ...rest, freezeId }));

export function freezesOf(database: Database): Freezes {
  return {
    putFreeze: ({ lifted, ...freeze }) => {
      database.run(
        `INSERT INTO freezes (freeze_id, scope, target, reason, by, at, lifted)
         VALUES ($freezeId, $scope, $target, $reason, $by, $at, $lifted)`,
        { ...freeze, lifted: Number(lifted) },
      );
    },
    freezes: () =>
      readRows(
        freezeRow,
        database.all("SELECT freeze_id, scope, target, reason, by, at, lifted FROM freezes ORDER BY id"),
      ),
    liftFreeze: (freezeId) => {
      const changed = database.run("UPDATE freezes SET lifted = 1 WHERE freeze_id = $freezeId", { freezeId });
      invariant(changed === 1, "a freeze that is lifted is in the journal");
    },
  };
}
