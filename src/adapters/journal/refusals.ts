/** What the gate refused, when and why: for people who ask, bounded so that a flood of refusals fills no disk. */
import { z } from "zod";
import type { Journal } from "../../flow/gate/journal.port.ts";
import { instantSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { readRow, readRows } from "./row.ts";

type Refusals = Pick<Journal, "recordRefusal" | "refusals">;

const keptAbout = 100;
const keptInAll = 100_000;

const refusalRow = z.strictObject({
  verb: z.enum(["admit", "sign"]),
  code: z.string(),
  why: z.string(),
  at: instantSchema,
});
const idRow = z.strictObject({ id: z.int() });

const newest = "SELECT verb, code, why, at FROM refusals WHERE about = $about ORDER BY id DESC LIMIT 1";

export function refusalsOf(database: Database): Refusals {
  return {
    recordRefusal: (refusal) => {
      const { verb, about, code, why } = refusal;
      const row = database.get(newest, { about });
      const last = row === undefined ? undefined : readRow(refusalRow, row);
      // A request is asked for again and again while it waits: the same answer is one refusal, and costs no write.
      if (last?.verb === verb && last.code === code && last.why === why) return;
      database.transaction(() => {
        database.run(
          "INSERT INTO refusals (verb, about, code, why, at) VALUES ($verb, $about, $code, $why, $at)",
          refusal,
        );
        const { id } = readRow(idRow, database.get("SELECT last_insert_rowid() AS id") ?? {});
        database.run("DELETE FROM refusals WHERE id <= $id", { id: id - keptInAll });
        database.run(
          `DELETE FROM refusals WHERE about = $about AND id <= (
             SELECT id FROM refusals WHERE about = $about ORDER BY id DESC LIMIT 1 OFFSET ${keptAbout})`,
          { about },
        );
      });
    },
    refusals: (about) =>
      readRows(
        refusalRow,
        database.all("SELECT verb, code, why, at FROM refusals WHERE about = $about ORDER BY id", { about }),
      ),
  };
}
