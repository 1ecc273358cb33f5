/** What the journal knows of distributions: their documents, whose part each request is for, and what is paid once. */

/**
 * A row when nothing may be allocated of a distribution: the newest of its asset of which something is paid is another, and this one does
 * not name that as what it follows, or is not of a later block.
 */
export function outOfTurn(hash: "$distribution" | "NEW.distribution"): string {
  return `SELECT 1 AS taken FROM distributions own
    LEFT JOIN distributions newest ON newest.hash = (
      SELECT other.hash FROM distributions other
        WHERE other.asset = own.asset AND other.chain_id = own.chain_id
          AND EXISTS (SELECT 1 FROM allocations WHERE distribution = other.hash AND outcome <> 'reverted')
        ORDER BY other.record_block DESC LIMIT 1)
    WHERE own.hash = ${hash} AND newest.hash IS NOT own.hash
      AND NOT (newest.hash IS own.previous AND coalesce(newest.record_block, -1) < own.record_block)`;
}

/**
 * INVARIANT: of a distribution nobody's part is allocated twice, and distributions of an asset are paid one after the other, each naming
 * the one before it, for ever; but for what ended without effect.
 */
export const distributing = `
  CREATE TABLE distributions (
    hash TEXT PRIMARY KEY,
    asset TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    record_block INTEGER NOT NULL CHECK (record_block >= 0),
    previous TEXT,
    statement TEXT NOT NULL UNIQUE REFERENCES statements (hash) DEFERRABLE INITIALLY DEFERRED
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX distributions_record ON distributions (asset, chain_id, record_block);
  CREATE TABLE parts (
    request_id TEXT PRIMARY KEY,
    distribution TEXT NOT NULL REFERENCES distributions (hash) DEFERRABLE INITIALLY DEFERRED,
    recipient TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parts_of ON parts (distribution, recipient);
  ALTER TABLE allocations ADD COLUMN distribution TEXT REFERENCES distributions (hash);
  CREATE UNIQUE INDEX allocations_part ON allocations (distribution, recipient)
    WHERE distribution IS NOT NULL AND outcome <> 'reverted';
  CREATE TRIGGER allocations_part_frozen BEFORE UPDATE OF distribution ON allocations
    BEGIN SELECT RAISE(ABORT, 'allocations are written once'); END;
  CREATE TRIGGER allocations_record BEFORE INSERT ON allocations WHEN NEW.distribution IS NOT NULL AND EXISTS (${outOfTurn("NEW.distribution")})
    BEGIN SELECT RAISE(ABORT, 'a distribution follows the last one paid'); END;
  DROP INDEX allocations_minted;
  CREATE INDEX allocations_issued ON allocations (asset, outcome_block)
    WHERE operation IN ('mint', 'distribute') AND outcome IN ('success', 'mismatch');
`;

export const distributingGuarded: readonly {
  readonly table: string;
  readonly frozen: string;
  readonly moves: string;
}[] = [
  { table: "distributions", frozen: "hash, asset, chain_id, record_block, previous, statement", moves: "" },
  { table: "parts", frozen: "request_id, distribution, recipient", moves: "" },
];
