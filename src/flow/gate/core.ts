/** What every verb of the gate works with: its memory, its keys, its time, and the documents in force. */
import type { Standing } from "../../gate/standing.ts";
import type { Word } from "../../gate/word.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { Clock } from "../clock.port.ts";
import type { Faults } from "../faults.port.ts";
import type { Journal } from "./journal.port.ts";
import type { KeyPlace, KeyPlaces } from "./key-places.ts";
import type { LogKey } from "./log-key.port.ts";

export type Parts = {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Milliseconds of a clock that only goes on. */
  readonly ticks: () => number;
  /** Drawn at random for this running of the gate. */
  readonly run: Bytes32;
  readonly faults: Faults;
  readonly checks: SignatureChecks;
  readonly logKey: LogKey;
  /** In the order in which they are preferred where several hold one key. */
  readonly places: readonly KeyPlace[];
  /** The parsed content of genesis.json. */
  readonly genesisFile: unknown;
  /** Resolves when `sign` has waited long enough for a token to answer at once; the signing goes on. */
  readonly patience: () => Promise<void>;
};

export type Core = Omit<Parts, "places"> & {
  readonly places: KeyPlaces;
  readonly deploymentId: Bytes32;
  /** The documents in force now. */
  readonly standing: () => Standing;
  readonly setStanding: (standing: Standing) => void;
  /** The gate's time: the clock, never below the journal's last instant. */
  readonly now: () => Instant;
  /** Digests that a token is busy with, with what they will answer. */
  readonly inFlight: Map<Bytes32, Promise<unknown>>;
  /** The leaf that this run began with, once it is written; none where no witness has to cosign. */
  readonly begun: () => number | undefined;
  readonly setBegun: (leaf: number) => void;
  /** What the witnesses said since. */
  readonly word: Word;
  /** Set once by a broken invariant, or by proof that the journal is not the log's newest: from then on nothing is signed. */
  readonly stop: (why: string) => void;
  readonly stopped: () => string | undefined;
};
