/** The wiring of `gate restore`: a new journal from the leaves of the log, where the gate's configuration says that its journal is. */
import { existsSync, rmSync } from "node:fs";
import { systemClock } from "../adapters/clock/system.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { openJournal } from "../adapters/journal/journal.ts";
import { createLogKey, openLogKey } from "../adapters/log-key/key-file.ts";
import { readGateConfig } from "../config/gate-config.ts";
import { refuseOtherLogKey } from "../flow/gate/office.ts";
import { restoreJournal, type Restored } from "../flow/gate/restore.ts";
import { standingFromGenesis } from "../gate/change.ts";
import { checkGenesis } from "../genesis/check.ts";
import { Fault } from "../values/errors.ts";
import { fromBytes, type Hex } from "../values/hex.ts";
import { readGenesisFile } from "./gate-files.ts";

type Log = { readonly leaves: readonly string[]; readonly root: Restored["root"] };
type RestoredGate = Restored & { readonly journal: string; readonly logKey: Hex };

/**
 * The leaves are held against a checkpoint already. A gate that takes over makes a log key of its own where its configuration says, any
 * other must have the one in office. Throws a `Fault` where a journal is, and leaves none behind when one cannot be made.
 */
export function restoreGate(
  configFile: string,
  log: Log,
  { takesOver }: { readonly takesOver: boolean },
): RestoredGate {
  const { journal: path, genesis, logKey: keyFile } = readGateConfig(configFile);
  const genesisFile = readGenesisFile(genesis);
  const checks = nativeChecks();
  if (existsSync(path))
    throw new Fault(
      "restore.exists",
      `there is a journal at \`${path}\`: put it away, nothing is written over it`,
      "never",
    );
  const logKey = takesOver && !existsSync(keyFile) ? createLogKey(keyFile) : openLogKey(keyFile);
  const journal = openJournal(path);
  try {
    const restored = restoreJournal({ journal, genesisFile, clock: systemClock, checks }, log);
    const standing = standingFromGenesis(checkGenesis(genesisFile, checks));
    refuseOtherLogKey({ journal, logKey }, standing, takesOver ? "promoted" : "resumed");
    journal.close();
    return { ...restored, journal: path, logKey: fromBytes(logKey.publicKey) };
  } catch (error) {
    journal.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
    throw error;
  }
}
