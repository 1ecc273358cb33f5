/** Rebuilds a journal from the leaves of the log: everything is admitted again by the same judges, and every leaf must come out as it is. */
import { checkGenesis } from "../../genesis/check.ts";
import { standingFromGenesis } from "../../gate/change.ts";
import { Word } from "../../gate/word.ts";
import { entrySchema, type Entry } from "../../log/entry.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { rootAt } from "../../log/merkle.ts";
import { readStatement } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { utf8 } from "../../values/digest.ts";
import { Fault, InvalidValue, invariant } from "../../values/errors.ts";
import { equalBytes, toBytes } from "../../values/hex.ts";
import { parse as parseInstant, type Instant } from "../../values/instant.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import type { Clock } from "../clock.port.ts";
import type { Core } from "./core.ts";
import type { Journal } from "./journal.port.ts";
import { KeyPlaces } from "./key-places.ts";
import type { LogKey } from "./log-key.port.ts";
import { keyInOffice } from "./office.ts";
import { restoreEntry } from "./restore-entry.ts";
import { plantGenesis } from "./open.ts";

export type RestoreParts = {
  /** Empty; half of it is there when this throws. */
  readonly journal: Journal;
  readonly genesisFile: unknown;
  readonly clock: Clock;
  readonly checks: SignatureChecks;
};

export type Restored = { readonly size: number; readonly root: Bytes32 };

/** So many leaves reach the disk at once. */
const batch = 500;

/**
 * The journal afterwards signs nothing until people resume it. Permits without a signature are in doubt, whatever they were: the log does
 * not say whether a token was asked. `root` is what the log key signed.
 * Throws `Fault` `restore.differs` for a log that this code does not write again as it is.
 */
export function restoreJournal(
  parts: RestoreParts,
  { leaves, root }: { readonly leaves: readonly string[]; readonly root: Bytes32 },
): Restored {
  const { journal } = parts;
  invariant(journal.size() === 0, "a journal is rebuilt from nothing");
  const core = replayCore(parts);
  for (let from = 0; from < leaves.length; from += batch) {
    journal.transaction(() => {
      for (const [i, leaf] of leaves.slice(from, from + batch).entries()) again(core, from + i, leaf);
    });
  }
  const size = journal.size();
  if (size !== leaves.length) throw differs(leaves.length, "more follows from it than it holds");
  if (rootAt(size, journal.node) !== root) throw differs(size, "the leaves are not those of the root");
  const restored = { size, root };
  journal.transaction(() => {
    const now = parseInstant(Math.max(parts.clock.now(), journal.lastInstant()));
    journal.append({ kind: "restoration", epoch: journal.epoch(), instant: now, ...restored });
    journal.putRestoration(restored);
  });
  return restored;
}

type Replay = Omit<Core, "logKey"> & { at: Instant; logKey: LogKey };

function again(core: Replay, index: number, leaf: string): void {
  const bytes = utf8(leaf);
  try {
    const entry = parseWith(entrySchema, decodeLeaf(bytes), "restore.entry");
    core.at = entry.instant;
    core.logKey = keyBehind(core, entry);
    // What an earlier leaf brought about is there already.
    if (index === core.journal.size()) write(core, index, entry);
  } catch (error) {
    if (error instanceof InvalidValue) throw differs(index, error.message);
    throw error;
  }
  const written = core.journal.leaves(index, 1)[0]?.bytes;
  if (written === undefined || !equalBytes(written, bytes)) throw differs(index, "it comes out otherwise");
}

function write(core: Replay, index: number, entry: Entry): void {
  if ((index === 0) !== (entry.kind === "genesis")) throw differs(index, "the genesis is the first leaf");
  if (entry.kind !== "genesis") {
    restoreEntry(core, index, entry);
    return;
  }
  const clock = { now: () => core.at };
  plantGenesis({ journal: core.journal, clock, genesisFile: toWire(entry.file) }, core.standing());
}

/** Of the gate that wrote the leaf, as far as its judges ask: one that waits to be promoted has the key that people sign for. */
function keyBehind(core: Replay, entry: Entry): LogKey {
  const said = entry.kind === "statement" && entry.statement.kind === "GatePromotion" ? entry.statement : undefined;
  const statement = said === undefined ? undefined : readStatement(said);
  const key = statement?.kind === "GatePromotion" ? statement.message.logKey : keyInOffice(core, core.standing());
  return { publicKey: toBytes(key), sign: () => new Uint8Array(64) };
}

function differs(leaf: number, why: string): Fault {
  return new Fault("restore.differs", `leaf ${String(leaf)} of the log cannot be written again: ${why}`, "never");
}

/** Judges as the gate does, at the instant of the leaf; it holds no key, and nobody hears the receipts. */
function replayCore({ journal, genesisFile, checks }: RestoreParts): Replay {
  const checked = checkGenesis(genesisFile, checks);
  let standing = standingFromGenesis(checked);
  const none = (): void => undefined;
  const core: Replay = {
    at: parseInstant(0),
    journal,
    genesisFile,
    checks,
    clock: { now: () => core.at },
    now: () => core.at,
    faults: { at: () => undefined },
    logKey: { publicKey: new Uint8Array(32), sign: () => new Uint8Array(64) },
    patience: () => Promise.resolve(),
    places: new KeyPlaces([]),
    deploymentId: checked.deploymentId,
    standing: () => standing,
    setStanding: (next) => {
      standing = next;
    },
    inFlight: new Map(),
    ticks: () => 0,
    run: checked.deploymentId,
    begun: () => undefined,
    setBegun: none,
    word: new Word(),
    stop: none,
    stopped: () => "a journal is being rebuilt",
  };
  return core;
}
