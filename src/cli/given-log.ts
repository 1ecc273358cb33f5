/** The log that a command line means: an export of it, held against the genesis alone, or what the service shows. */
import type { Given } from "./command.ts";
import { openService, pinsOf } from "./connection.ts";
import { openGenesis } from "./genesis-file.ts";
import { exportedLog, wholeLog, type HeldLog, type Trusted } from "./held-log.ts";
import { UsageError } from "./outcome.ts";

/** What a genesis in our hands lets us hold a log against. */
export function trustedBy(genesisPath: string): Trusted {
  const standing = openGenesis(genesisPath);
  return { standing, pins: pinsOf(standing) };
}

/** An export, held against the genesis. */
export function logIn(given: Given, path: string): HeldLog {
  const genesis = given.maybe("genesis");
  if (genesis === undefined) throw new UsageError("--genesis is missing: without it anybody could have made the log");
  return exportedLog(trustedBy(genesis), path);
}

/** The export of `--log`, or the log of the service. */
export async function logOf(given: Given): Promise<HeldLog> {
  const path = given.maybe("log");
  if (path !== undefined) return logIn(given, path);
  for (const name of ["api", "credential"])
    if (given.maybe(name) === undefined)
      throw new UsageError(`--${name} is missing; or say --log FILE, an export of the log`);
  return wholeLog(openService(given));
}
