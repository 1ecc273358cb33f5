/** Statements as admitted, each with its leaf; never changed, never deleted. */
import { z } from "zod";
import type { Journal, StoredStatement } from "../../flow/gate/journal.port.ts";
import { kindSchema } from "../../statement/message.ts";
import { bytes32Schema, countSchema, instantSchema, nameSchema } from "../../values/schema.ts";
import type { Database } from "./connection.ts";
import { envelopeColumn } from "./envelope-column.ts";
import { jsonColumn, optional, readOptional, readRows, toJson } from "./row.ts";

type Statements = Pick<
  Journal,
  | "putStatement"
  | "statement"
  | "statementsAbout"
  | "latestStatements"
  | "latestStatement"
  | "lastWords"
  | "attestation"
>;

const columns = "hash, kind, about, member, at, leaf, envelope, attachment";

const envelopes = envelopeColumn();

const statementRow: z.ZodType<StoredStatement> = z.strictObject({
  hash: bytes32Schema,
  kind: kindSchema,
  about: z.string(),
  member: nameSchema,
  at: instantSchema,
  leaf: countSchema,
  envelope: envelopes.schema,
  attachment: optional(jsonColumn),
});

/** One step of the index for each member, however often each has spoken. */
const latest = `WITH RECURSIVE speakers (member) AS (
    SELECT min(member) FROM statements WHERE kind = $kind AND about = $about
    UNION ALL
    SELECT (SELECT min(member) FROM statements WHERE kind = $kind AND about = $about AND member > speakers.member)
    FROM speakers WHERE speakers.member IS NOT NULL
  )
  SELECT ${columns} FROM statements WHERE id IN (
    SELECT (SELECT max(id) FROM statements WHERE kind = $kind AND about = $about AND member = speakers.member)
    FROM speakers WHERE member IS NOT NULL
  ) ORDER BY member`;

/** One step of the index for each topic, for each of its members, and for each of the two. */
const lastTwo = `WITH RECURSIVE topics (about) AS (
    SELECT min(about) FROM statements WHERE kind = $kind AND about > $above AND about < $below
    UNION ALL
    SELECT (SELECT min(about) FROM statements WHERE kind = $kind AND about > topics.about AND about < $below)
    FROM topics WHERE topics.about IS NOT NULL
  ), voices (about, member) AS (
    SELECT about, (SELECT min(member) FROM statements WHERE kind = $kind AND about = topics.about)
    FROM topics WHERE about IS NOT NULL
    UNION ALL
    SELECT about, (SELECT min(member) FROM statements WHERE kind = $kind AND about = voices.about AND member > voices.member)
    FROM voices WHERE member IS NOT NULL
  ), last (about, member, id) AS (
    SELECT about, member,
      (SELECT max(id) FROM statements WHERE kind = $kind AND about = voices.about AND member = voices.member)
    FROM voices WHERE member IS NOT NULL
  )
  SELECT ${columns} FROM statements WHERE id IN (
    SELECT id FROM last
    UNION ALL
    SELECT (SELECT max(id) FROM statements WHERE kind = $kind AND about = last.about AND member = last.member AND id < last.id)
    FROM last
  ) ORDER BY about, member, id DESC`;

/** The next character after the space. */
const afterSpace = "!";

export function statementsOf(database: Database): Statements {
  return {
    putStatement: ({ envelope, attachment, ...statement }) => {
      database.run(
        `INSERT INTO statements (${columns}) VALUES ($hash, $kind, $about, $member, $at, $leaf, $envelope, $attachment)`,
        {
          ...statement,
          envelope: envelopes.textOf(envelope),
          attachment: attachment === undefined ? null : toJson(attachment),
        },
      );
    },
    statement: (hash) =>
      readOptional(statementRow, database.get(`SELECT ${columns} FROM statements WHERE hash = $hash`, { hash })),
    statementsAbout: (kind, about) =>
      readRows(
        statementRow,
        database.all(`SELECT ${columns} FROM statements WHERE kind = $kind AND about = $about ORDER BY id`, {
          kind,
          about,
        }),
      ),
    latestStatements: (kind, about) => readRows(statementRow, database.all(latest, { kind, about })),
    latestStatement: (kind, about, member) =>
      readOptional(
        statementRow,
        database.get(
          `SELECT ${columns} FROM statements WHERE kind = $kind AND about = $about AND member = $member ORDER BY id DESC LIMIT 1`,
          { kind, about, member },
        ),
      ),
    lastWords: (kind, subject) =>
      readRows(statementRow, database.all(lastTwo, { kind, above: `${subject} `, below: `${subject}${afterSpace}` })),
    attestation: (asset, attestor, sequence) =>
      readOptional(
        statementRow,
        database.get(
          `SELECT ${columns} FROM statements WHERE kind = 'ReserveAttestation' AND about = $asset AND member = $attestor
             AND json_extract(envelope, '$.message.sequence') = $sequence ORDER BY id LIMIT 1`,
          { asset, attestor, sequence },
        ),
      ),
  };
}
