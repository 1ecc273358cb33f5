/** The table of rounds: the highest that is known of each feed, and the last known change of each multiplier. */

/** Numbers of rounds are of 80 bits, those of changes of 256, so they are text. */
export const feeding = `
  CREATE TABLE feed_rounds (
    chain_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    round TEXT NOT NULL CHECK (round NOT GLOB '*[^0-9]*' AND round <> ''),
    PRIMARY KEY (chain_id, subject)
  ) STRICT, WITHOUT ROWID;
`;

/** INVARIANT: it never falls. Of decimal texts without leading zeros, the longer one is the greater. */
export const feedingGuarded = [
  {
    table: "feed_rounds",
    frozen: "chain_id, subject",
    moves: "length(NEW.round) < length(OLD.round) OR (length(NEW.round) = length(OLD.round) AND NEW.round < OLD.round)",
  },
] as const;
