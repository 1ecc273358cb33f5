/** What the journal knows of distributions: their documents, whose part each request is for, and what is paid once. */

/**
 * INVARIANT: of a distribution nobody's part is allocated twice, and of a record block one distribution alone, for ever; but for what
 * ended without effect.
 */
export const distributing = `
  CREATE TABLE distributions (
    hash TEXT PRIMARY KEY,
    asset TEXT NOT NULL,
    chain_id INTEGER NOT NULL,
    record_block INTEGER NOT NULL CHECK (record_block >= 0),
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
  CREATE TRIGGER allocations_record BEFORE INSERT ON allocations WHEN NEW.distribution IS NOT NULL AND EXISTS (
      SELECT 1 FROM distributions own
        JOIN distributions other ON other.asset = own.asset AND other.chain_id = own.chain_id
          AND other.record_block = own.record_block AND other.hash <> own.hash
        JOIN allocations ON allocations.distribution = other.hash AND allocations.outcome <> 'reverted'
        WHERE own.hash = NEW.distribution)
    BEGIN SELECT RAISE(ABORT, 'one distribution is of one record block'); END;
  DROP INDEX allocations_minted;
  CREATE INDEX allocations_issued ON allocations (asset, outcome_block)
    WHERE operation IN ('mint', 'distribute') AND outcome IN ('success', 'mismatch');
`;

export const distributingGuarded: readonly {
  readonly table: string;
  readonly frozen: string;
  readonly moves: string;
}[] = [
  { table: "distributions", frozen: "hash, asset, chain_id, record_block, statement", moves: "" },
  { table: "parts", frozen: "request_id, distribution, recipient", moves: "" },
];
