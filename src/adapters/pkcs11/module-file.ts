/** Whether a PKCS#11 module's file is one that nobody but its owner can have changed. */
import { realpathSync, statSync, type Stats } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { Fault } from "../../values/errors.ts";

export type ModuleOwner = "root" | "self";

/**
 * The module's real path, after its file and the folder it lies in were found to belong to root (or to the user that runs us) and to be
 * writable by nobody else. Throws a Fault otherwise: code of the module's author runs with the token's PIN.
 */
export function checkModuleFile(path: string, owner: ModuleOwner): string {
  if (!isAbsolute(path)) throw refused(path, "is not an absolute path");
  const real = follow(path);
  const file = statSync(real);
  if (!file.isFile()) throw refused(path, "is not a file");
  complain(path, "", file, owner);
  complain(path, "the folder of ", statSync(dirname(real)), owner);
  return real;
}

function complain(path: string, what: string, stats: Stats, owner: ModuleOwner): void {
  const mine = process.getuid?.() ?? 0;
  if (stats.uid !== 0 && !(owner === "self" && stats.uid === mine)) throw refused(path, "is not owned by root", what);
  if ((stats.mode & 0o022) !== 0) throw refused(path, "can be changed by other users", what);
}

function follow(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw refused(path, "does not exist");
  }
}

function refused(path: string, why: string, what = ""): Fault {
  return new Fault("pkcs11.module-file", `${what === "" ? "" : what}the PKCS#11 module \`${path}\` ${why}`, "never");
}
