/** What a quorum cancelled though it may be signed: told once, with the statements that filled the seats. */
import { z } from "zod";
import type { Journal } from "../../flow/gate/journal.port.ts";
import { bytes32Schema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { jsonColumnOf, readOptional, toJson } from "./row.ts";

/** INVARIANT: what a quorum cancelled is never taken back, nor told otherwise. */
export const cancelling = `
  CREATE TABLE cancelled (
    request_id TEXT PRIMARY KEY REFERENCES allocations (request_id),
    statements TEXT NOT NULL CHECK (statements <> '[]')
  ) STRICT, WITHOUT ROWID;
`;

export const cancellingGuarded = [{ table: "cancelled", frozen: "request_id, statements", moves: "" }] as const;

const cancelledRow = z
  .strictObject({ statements: jsonColumnOf(z.array(bytes32Schema)) })
  .transform(({ statements }) => statements);

export function cancelledOf(database: Database): Pick<Journal, "putCancelled" | "cancelledBy"> {
  return {
    putCancelled: (requestId, statements) => {
      database.run("INSERT INTO cancelled (request_id, statements) VALUES ($requestId, $statements)", {
        requestId,
        statements: toJson([...statements]),
      });
    },
    cancelledBy: (requestId) =>
      readOptional(
        cancelledRow,
        database.get("SELECT statements FROM cancelled WHERE request_id = $requestId", { requestId }),
      ) ?? [],
  };
}
