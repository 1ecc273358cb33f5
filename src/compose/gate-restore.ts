/** The wiring of `gate restore`: a new journal from the leaves of the log, where the gate's configuration says that its journal is. */
import { existsSync, rmSync } from "node:fs";
import { systemClock } from "../adapters/clock/system.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { openJournal } from "../adapters/journal/journal.ts";
import { readGateConfig } from "../config/gate-config.ts";
import { restoreJournal, type Restored } from "../flow/gate/restore.ts";
import { Fault } from "../values/errors.ts";
import { readGenesisFile, readLogKey } from "./gate-files.ts";

type Log = { readonly leaves: readonly string[]; readonly root: Restored["root"] };

/** The leaves are held against a checkpoint already. Throws a `Fault` where a journal is, and leaves none behind when one cannot be made. */
export function restoreGate(configFile: string, log: Log): Restored & { readonly journal: string } {
  const { journal: path, genesis, logKey } = readGateConfig(configFile);
  const genesisFile = readGenesisFile(genesis);
  readLogKey(logKey, genesisFile);
  if (existsSync(path))
    throw new Fault(
      "restore.exists",
      `there is a journal at \`${path}\`: put it away, nothing is written over it`,
      "never",
    );
  const journal = openJournal(path);
  try {
    const restored = restoreJournal({ journal, genesisFile, clock: systemClock, checks: nativeChecks() }, log);
    journal.close();
    return { ...restored, journal: path };
  } catch (error) {
    journal.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    throw error;
  }
}
