/** The journal's tables, version by version: what may never happen twice is a constraint, what may never change is a trigger. */
import type { Database } from "./connection.ts";
import { fillCounters } from "./counters-fill.ts";
import { cancelling, cancellingGuarded } from "./cancelled.ts";
import { distributing, distributingGuarded } from "./distributing.ts";
import { feeding, feedingGuarded } from "./feeding.ts";
import { raising } from "./raising.ts";
import { redeeming, redeemingGuarded } from "./redeeming.ts";

/** Marks the file as a gate's journal, in the header that every SQLite file has: the letters `CSJ1`. */
export const applicationId = 0x43_53_4a_31;

/** uint256 is decimal text: SQLite's integers end at 2^63. Hashes are hex text, as everywhere else, so that a person can look one up. */
const first = `
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_instant INTEGER NOT NULL CHECK (last_instant >= 0),
    epoch INTEGER NOT NULL CHECK (epoch >= 1)
  ) STRICT;
  INSERT INTO state (id, last_instant, epoch) VALUES (1, 0, 1);

  CREATE TABLE leaves (leaf INTEGER PRIMARY KEY CHECK (leaf >= 0), bytes BLOB NOT NULL) STRICT;
  CREATE TABLE nodes (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (level, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    member TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED,
    envelope TEXT NOT NULL,
    attachment TEXT
  ) STRICT;
  CREATE INDEX statements_about ON statements (kind, about, id);
  CREATE INDEX statements_latest ON statements (kind, about, member, id);
  CREATE INDEX statements_sequence ON statements (about, member, json_extract(envelope, '$.message.sequence'))
    WHERE kind = 'ReserveAttestation';

  CREATE TABLE observations (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    chain_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    fact TEXT NOT NULL,
    observer TEXT NOT NULL,
    block_number INTEGER NOT NULL,
    block_time INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED,
    envelope TEXT NOT NULL
  ) STRICT;
  CREATE INDEX observations_of ON observations (chain_id, subject, fact, observer, block_number DESC);
  CREATE INDEX observations_height ON observations (chain_id, subject, fact, block_number);
  CREATE INDEX observations_unused ON observations (chain_id, subject, fact) WHERE leaf IS NULL;
  CREATE INDEX observations_expired ON observations (expires_at) WHERE leaf IS NULL;
  CREATE INDEX observations_time ON observations (chain_id, observer, block_time);
  CREATE TABLE used_blocks (
    chain_id INTEGER NOT NULL, subject TEXT NOT NULL, fact TEXT NOT NULL, block_number INTEGER NOT NULL,
    PRIMARY KEY (chain_id, subject, fact)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('Policy', 'Roster')),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'superseded', 'vetoed')),
    complete_at INTEGER,
    active_at INTEGER,
    activation INTEGER UNIQUE,
    CHECK ((active_at IS NULL) = (activation IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX documents_active ON documents (kind, name) WHERE state = 'active';
  CREATE INDEX documents_history ON documents (kind, name, version, id);
  CREATE INDEX documents_proposed ON documents (id) WHERE state = 'proposed';

  CREATE TABLE freezes (
    id INTEGER PRIMARY KEY,
    freeze_id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('deployment', 'asset', 'key')),
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    lifted INTEGER NOT NULL CHECK (lifted IN (0, 1))
  ) STRICT;

  CREATE TABLE allocations (
    id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    chain_id INTEGER NOT NULL,
    account TEXT NOT NULL,
    nonce INTEGER NOT NULL CHECK (nonce >= 0),
    key TEXT NOT NULL,
    asset TEXT NOT NULL,
    operation TEXT NOT NULL,
    reference TEXT NOT NULL,
    initiator TEXT NOT NULL,
    recipient TEXT NOT NULL,
    amount TEXT NOT NULL,
    fee_ceiling_wei TEXT NOT NULL,
    at INTEGER NOT NULL,
    leaf INTEGER NOT NULL REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED,
    outcome TEXT NOT NULL CHECK (outcome IN ('open', 'success', 'reverted', 'mismatch')),
    outcome_block INTEGER,
    UNIQUE (chain_id, account, nonce),
    CHECK ((outcome = 'open') = (outcome_block IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX allocations_reference ON allocations (asset, operation, reference) WHERE outcome <> 'reverted';
  CREATE INDEX allocations_open ON allocations (asset, id) WHERE outcome = 'open';
  CREATE INDEX allocations_asset ON allocations (asset, at);
  CREATE INDEX allocations_account ON allocations (account, at);
  CREATE INDEX allocations_minted ON allocations (asset, outcome_block)
    WHERE operation = 'mint' AND outcome IN ('success', 'mismatch');

  CREATE TABLE approvals (approval_id TEXT PRIMARY KEY, request_id TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE permits (
    digest TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES allocations (request_id) DEFERRABLE INITIALLY DEFERRED,
    ordinal INTEGER NOT NULL,
    unsigned TEXT NOT NULL,
    asked INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1)),
    raw TEXT,
    tx_hash TEXT UNIQUE,
    UNIQUE (request_id, ordinal),
    CHECK ((raw IS NULL) = (tx_hash IS NULL)),
    CHECK (raw IS NULL OR asked = 1)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    verb TEXT NOT NULL CHECK (verb IN ('admit', 'sign')),
    about TEXT NOT NULL,
    code TEXT NOT NULL,
    why TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX refusals_about ON refusals (about, id);
`;

/** The tables whose rows stay for ever, and of each the columns that may change and how; all other columns are written once. */
const guarded: readonly { readonly table: string; readonly frozen: string; readonly moves: string }[] = [
  { table: "leaves", frozen: "leaf, bytes", moves: "" },
  { table: "nodes", frozen: "level, position, hash", moves: "" },
  { table: "approvals", frozen: "approval_id, request_id", moves: "" },
  { table: "statements", frozen: "id, hash, kind, about, member, at, leaf, envelope, attachment", moves: "" },
  { table: "state", frozen: "id", moves: "NEW.last_instant < OLD.last_instant OR NEW.epoch < OLD.epoch" },
  {
    table: "used_blocks",
    frozen: "chain_id, subject, fact",
    moves: "NEW.block_number < OLD.block_number",
  },
  {
    table: "documents",
    frozen: "id, hash, kind, name, version, document",
    moves:
      "OLD.activation IS NOT NULL AND (NEW.activation IS NOT OLD.activation OR NEW.active_at IS NOT OLD.active_at)",
  },
  { table: "freezes", frozen: "id, freeze_id, scope, target, reason, by, at", moves: "NEW.lifted < OLD.lifted" },
  {
    table: "allocations",
    frozen:
      "id, request_id, chain_id, account, nonce, key, asset, operation, reference, initiator, recipient, amount, fee_ceiling_wei, at, leaf",
    moves: "OLD.outcome <> 'open'",
  },
  {
    table: "permits",
    frozen: "digest, request_id, ordinal, unsigned",
    moves: "OLD.raw IS NOT NULL OR NEW.asked < OLD.asked",
  },
];

function triggers({ table, frozen, moves }: (typeof guarded)[number]): string {
  const refuse = (what: string): string => `BEGIN SELECT RAISE(ABORT, '${table} ${what}'); END;`;
  return [
    `CREATE TRIGGER ${table}_stay BEFORE DELETE ON ${table} ${refuse("are never deleted")}`,
    `CREATE TRIGGER ${table}_frozen BEFORE UPDATE OF ${frozen} ON ${table} ${refuse("are written once")}`,
    moves === ""
      ? ""
      : `CREATE TRIGGER ${table}_forward BEFORE UPDATE ON ${table} WHEN ${moves} ${refuse("never go back")}`,
  ].join("\n");
}

/** Observations that nobody used may go; what is in one never changes, and a leaf is given once. */
const observationTriggers = `
  CREATE TRIGGER observations_stay BEFORE DELETE ON observations WHEN OLD.leaf IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'used observations are never deleted'); END;
  CREATE TRIGGER observations_frozen BEFORE UPDATE ON observations
    WHEN OLD.leaf IS NOT NULL OR NEW.hash <> OLD.hash OR NEW.envelope <> OLD.envelope OR NEW.chain_id <> OLD.chain_id
      OR NEW.subject <> OLD.subject OR NEW.fact <> OLD.fact OR NEW.observer <> OLD.observer
      OR NEW.block_number <> OLD.block_number OR NEW.block_time <> OLD.block_time OR NEW.at <> OLD.at
      OR NEW.expires_at <> OLD.expires_at
    BEGIN SELECT RAISE(ABORT, 'observations are written once'); END;
`;

/** `total` is that of every row of a series up to this one, `count` their number: what lies between two instants is the difference of two rows. */
const counting = `
  CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE counters (
    series INTEGER NOT NULL REFERENCES series (id),
    at INTEGER NOT NULL CHECK (at >= 0),
    count INTEGER NOT NULL,
    total TEXT NOT NULL CHECK (total NOT GLOB '*[^0-9]*' AND total <> ''),
    allocation INTEGER NOT NULL REFERENCES allocations (id),
    PRIMARY KEY (series, at, count)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE returned (
    series INTEGER NOT NULL REFERENCES series (id),
    span INTEGER NOT NULL,
    slot INTEGER NOT NULL CHECK (slot >= 0),
    total TEXT NOT NULL CHECK (total NOT GLOB '*[^0-9]*' AND total <> ''),
    count INTEGER NOT NULL CHECK (count >= 1),
    PRIMARY KEY (series, span, slot)
  ) STRICT, WITHOUT ROWID;
  DROP INDEX allocations_asset;
  DROP INDEX allocations_account;
`;

const countingGuarded: typeof guarded = [
  { table: "series", frozen: "id, name", moves: "" },
  { table: "counters", frozen: "series, at, count, total, allocation", moves: "" },
  {
    table: "returned",
    frozen: "series, span, slot",
    moves: `NEW.count <> OLD.count + 1 OR ${isLess("NEW.total", "OLD.total")}`,
  },
];

/** INVARIANT: within a series time and total never fall and no number is left out; a difference of two rows is a sum because of it. */
const onward = `
  CREATE TRIGGER counters_onward BEFORE INSERT ON counters WHEN NOT coalesce(
    (SELECT NEW.at >= at AND NEW.count = count + 1 AND NOT ${isLess("NEW.total", "total")}
       FROM counters WHERE series = NEW.series ORDER BY at DESC, count DESC LIMIT 1),
    NEW.count = 1)
    BEGIN SELECT RAISE(ABORT, 'counters only go on'); END;
`;

/** A permit's leaf is found from its digest; of checkpoints the newest of each kind is kept. */
const testimony = `
  CREATE TABLE permit_leaves (
    digest TEXT PRIMARY KEY, leaf INTEGER NOT NULL UNIQUE REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED
  ) STRICT, WITHOUT ROWID;
  INSERT INTO permit_leaves (digest, leaf)
    SELECT json_extract(CAST(bytes AS TEXT), '$.digest'), leaf FROM leaves
      WHERE json_extract(CAST(bytes AS TEXT), '$.kind') IN ('permit', 'filler');
  CREATE TABLE checkpoints (
    kind TEXT PRIMARY KEY CHECK (kind IN ('witnessed', 'strange')),
    size INTEGER NOT NULL CHECK (size >= 0),
    checkpoint TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const testimonyGuarded: typeof guarded = [
  { table: "permit_leaves", frozen: "digest, leaf", moves: "" },
  { table: "checkpoints", frozen: "kind", moves: "NEW.size < OLD.size" },
];

/** Of decimal texts without leading zeros, the longer one is the greater. */
function isLess(one: string, other: string): string {
  return `(length(${one}) < length(${other}) OR (length(${one}) = length(${other}) AND ${one} < ${other}))`;
}

/** A filler closes a nonce; `doubt` says that a token may have signed; `closed` is a `reverted` by a filler. */
const filling = `
  ALTER TABLE permits ADD COLUMN filler INTEGER NOT NULL DEFAULT 0 CHECK (filler IN (0, 1));
  ALTER TABLE permits ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1) AND doubt <= asked);
  ALTER TABLE permits ADD COLUMN declined TEXT;
  UPDATE permits SET doubt = 1 WHERE asked = 1 AND raw IS NULL;
  ALTER TABLE allocations ADD COLUMN closed INTEGER NOT NULL DEFAULT 0
    CHECK (closed IN (0, 1) AND (closed = 0 OR outcome = 'reverted'));
  CREATE TRIGGER permits_purpose BEFORE UPDATE OF filler ON permits
    BEGIN SELECT RAISE(ABORT, 'permits are written once'); END;
  CREATE TRIGGER permits_declined BEFORE UPDATE OF declined ON permits WHEN OLD.declined IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'permits never go back'); END;
`;

/** INVARIANT: a nonce that is being closed is never signed for its request again, whatever asks for it. */
const closing = [
  "INSERT ON permits WHEN NEW.filler = 0",
  "UPDATE OF asked, doubt ON permits WHEN NEW.filler = 0 AND NEW.doubt > OLD.doubt",
]
  .map(
    (when, index) => `
  CREATE TRIGGER permits_closed_${index} BEFORE ${when}
    AND EXISTS (SELECT 1 FROM permits WHERE request_id = NEW.request_id AND filler = 1)
    BEGIN SELECT RAISE(ABORT, 'permits of a closed nonce are not used'); END;`,
  )
  .join("");

/** A journal that was rebuilt from the log signs nothing until people resume it. */
const restoring = `
  CREATE TABLE restorations (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size >= 1),
    root TEXT NOT NULL,
    resumed INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1))
  ) STRICT;
`;

const restoringGuarded: typeof guarded = [
  { table: "restorations", frozen: "id, size, root", moves: "NEW.resumed < OLD.resumed" },
];

/** The gates that took over; INVARIANT: one for each epoch but the first, each with a log key of its own. */
const promoting = `
  CREATE TABLE promotions (
    epoch INTEGER PRIMARY KEY CHECK (epoch >= 2),
    log_key TEXT NOT NULL UNIQUE
  ) STRICT;
`;

const promotingGuarded: typeof guarded = [{ table: "promotions", frozen: "epoch, log_key", moves: "" }];

/** What the gate stopped by itself, looked for before each signature of the asset. */
const stopping = `
  CREATE INDEX allocations_stopping ON allocations (asset, operation, recipient, outcome_block)
    WHERE operation IN ('freeze', 'pause') AND outcome <> 'reverted';
`;

/** INVARIANT: what a root stands for is written once; a request may stand under several. */
const batching = `
  CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    root TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    asset TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 1),
    total TEXT NOT NULL,
    largest TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    initiators TEXT NOT NULL,
    leaf INTEGER NOT NULL UNIQUE REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED
  ) STRICT;
  CREATE TABLE batch_legs (
    request_id TEXT NOT NULL, batch INTEGER NOT NULL REFERENCES batches (id), PRIMARY KEY (request_id, batch)
  ) STRICT, WITHOUT ROWID;
`;

const batchingGuarded: typeof guarded = [
  {
    table: "batches",
    frozen: "id, root, operation, asset, chain_id, count, total, largest, by, at, initiators, leaf",
    moves: "",
  },
  { table: "batch_legs", frozen: "request_id, batch", moves: "" },
];

export type Migration = {
  readonly sql: string;
  /** Makes new tables from the rows that are there. */
  readonly fill?: (database: Database) => void;
};

/** Migration n brings version n to version n + 1; one that was released never changes. */
export const migrations: readonly Migration[] = [
  { sql: [first, ...guarded.map(triggers), observationTriggers].join("\n") },
  { sql: [counting, ...countingGuarded.map(triggers), onward].join("\n"), fill: fillCounters },
  { sql: [filling, closing].join("\n") },
  { sql: [testimony, ...testimonyGuarded.map(triggers)].join("\n") },
  { sql: [restoring, ...restoringGuarded.map(triggers)].join("\n") },
  { sql: [redeeming, ...redeemingGuarded.map(triggers)].join("\n") },
  { sql: stopping },
  { sql: [batching, ...batchingGuarded.map(triggers)].join("\n") },
  { sql: [promoting, ...promotingGuarded.map(triggers)].join("\n") },
  { sql: [distributing, ...distributingGuarded.map(triggers)].join("\n") },
  { sql: [cancelling, ...cancellingGuarded.map(triggers)].join("\n") },
  { sql: [feeding, ...feedingGuarded.map(triggers)].join("\n") },
  { sql: raising },
];
