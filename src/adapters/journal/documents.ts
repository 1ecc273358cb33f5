/** Policies and rosters of every version, and in which order they came into force. */
import { z } from "zod";
import type { Journal, StoredDocument } from "../../flow/gate/journal.port.ts";
import { invariant } from "../../values/errors.ts";
import { parseStrict, type Json } from "../../values/json.ts";
import { bytes32Schema, countSchema, instantSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { optional, readOptional, readRows, toJson } from "./row.ts";

type Documents = Pick<
  Journal,
  | "putDocument"
  | "updateDocument"
  | "document"
  | "activeDocument"
  | "documentHistory"
  | "proposedDocuments"
  | "activatedDocuments"
>;

const columns = "hash, kind, name, version, document, state, complete_at, active_at";
const nextActivation = "(SELECT coalesce(max(activation), 0) + 1 FROM documents)";

const documentRow: z.ZodType<StoredDocument> = z
  .strictObject({
    hash: bytes32Schema,
    kind: z.enum(["Policy", "Roster"]),
    name: z.string(),
    version: countSchema,
    document: documentColumn(),
    state: z.enum(["proposed", "active", "superseded", "vetoed"]),
    complete_at: optional(instantSchema),
    active_at: optional(instantSchema),
  })
  .transform(({ complete_at: completeAt, active_at: activeAt, ...rest }) => ({ ...rest, completeAt, activeAt }));

/** As many versions as decisions look at again and again; when there are more, all are read anew. */
const most = 1_000;

/** The same text is read once, and nobody can change what it says. */
function documentColumn(): z.ZodType<Json, string> {
  const known = new Map<string, Json>();
  return z.string().transform((text): Json => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const read = frozen(parseStrict(text));
    if (known.size >= most) known.clear();
    known.set(text, read);
    return read;
  });
}

function frozen(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

export function documentsOf(database: Database): Documents {
  const list = (rest: string, parameters = {}): readonly StoredDocument[] =>
    readRows(documentRow, database.all(`SELECT ${columns} FROM documents ${rest}`, parameters));
  const one = (rest: string, parameters: Record<string, string>): StoredDocument | undefined =>
    readOptional(documentRow, database.get(`SELECT ${columns} FROM documents ${rest}`, parameters));
  return {
    putDocument: ({ document, completeAt, activeAt, ...rest }) => {
      database.run(
        `INSERT INTO documents (${columns}, activation) VALUES ($hash, $kind, $name, $version, $document, $state,
           $completeAt, $activeAt, CASE WHEN $activeAt IS NULL THEN NULL ELSE ${nextActivation} END)`,
        { ...rest, document: toJson(document), completeAt: completeAt ?? null, activeAt: activeAt ?? null },
      );
    },
    updateDocument: (hash, { state, completeAt, activeAt }) => {
      const changed = database.run(
        `UPDATE documents SET state = coalesce($state, state), complete_at = coalesce($completeAt, complete_at),
           active_at = coalesce($activeAt, active_at),
           activation = CASE WHEN $activeAt IS NULL THEN activation ELSE coalesce(activation, ${nextActivation}) END
         WHERE hash = $hash`,
        { hash, state: state ?? null, completeAt: completeAt ?? null, activeAt: activeAt ?? null },
      );
      invariant(changed === 1, "a document that changes is in the journal");
    },
    document: (hash) => one("WHERE hash = $hash", { hash }),
    activeDocument: (kind, name) => one("WHERE kind = $kind AND name = $name AND state = 'active'", { kind, name }),
    documentHistory: (kind, name) => list("WHERE kind = $kind AND name = $name ORDER BY version, id", { kind, name }),
    proposedDocuments: () => list("WHERE state = 'proposed' ORDER BY id"),
    activatedDocuments: () => list("WHERE activation IS NOT NULL ORDER BY activation"),
  };
}
