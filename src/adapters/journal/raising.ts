/** What the journal knows of raises of a multiplier: one of an asset at a time, counted as mints are, and found where they stop things. */

/**
 * INVARIANT: of two raises of one asset the second gets no nonce before the first has ended: it would be a step from a multiplier that
 * the first replaces.
 */
export const raising = `
  CREATE UNIQUE INDEX allocations_raising ON allocations (asset)
    WHERE operation = 'raiseMultiplier' AND outcome = 'open';
  DROP INDEX allocations_issued;
  CREATE INDEX allocations_issued ON allocations (asset, outcome_block)
    WHERE operation IN ('mint', 'distribute', 'raiseMultiplier') AND outcome IN ('success', 'mismatch');
  DROP INDEX allocations_stopping;
  CREATE INDEX allocations_stopping ON allocations (asset, operation, recipient, outcome_block)
    WHERE operation IN ('freeze', 'pause', 'raiseMultiplier') AND outcome <> 'reverted';
`;
