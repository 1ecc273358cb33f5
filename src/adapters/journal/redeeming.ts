/** The table of redemptions: which burn was released for which request. */

/** INVARIANT: a burn releases once, for one request, and nothing is released that was taken back, nor taken back that was released. */
export const redeeming = `
  CREATE TABLE redemptions (
    request_id TEXT PRIMARY KEY REFERENCES allocations (request_id),
    burn TEXT NOT NULL UNIQUE,
    asset TEXT NOT NULL,
    amount TEXT NOT NULL,
    release INTEGER UNIQUE REFERENCES leaves (leaf) DEFERRABLE INITIALLY DEFERRED,
    delivered_as_of INTEGER,
    reversed INTEGER NOT NULL DEFAULT 0 CHECK (reversed IN (0, 1)),
    CHECK (reversed = 0 OR release IS NULL),
    CHECK (delivered_as_of IS NULL OR release IS NOT NULL)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX redemptions_owed ON redemptions (asset, delivered_as_of) WHERE reversed = 0;
`;

export const redeemingGuarded = [
  {
    table: "redemptions",
    frozen: "request_id, burn, asset, amount",
    moves:
      "NEW.reversed < OLD.reversed OR OLD.release IS NOT NULL AND NEW.release IS NOT OLD.release OR OLD.delivered_as_of IS NOT NULL",
  },
] as const;
