/** Whether a file whose code runs with the PIN, a PKCS#11 module or the command for the PIN, is one that nobody but its owner can have changed. */
import { realpathSync, statSync, type Stats } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { Fault } from "../../values/errors.ts";

export type ModuleOwner = "root" | "self";

/**
 * The real path, after the file and the folder it lies in were found to belong to root (or to the user that runs us) and to be
 * writable by nobody else. Throws a Fault otherwise: its code runs with the token's PIN.
 */
export function checkModuleFile(path: string, owner: ModuleOwner, name = "the PKCS#11 module"): string {
  const refused = refuser(name, path);
  if (!isAbsolute(path)) throw refused("is not an absolute path");
  const real = follow(path, refused);
  const file = statSync(real);
  if (!file.isFile()) throw refused("is not a file");
  complain(refused, "", file, owner);
  complain(refused, "the folder of ", statSync(dirname(real)), owner);
  return real;
}

function complain(refused: Refuse, what: string, stats: Stats, owner: ModuleOwner): void {
  const mine = process.getuid?.() ?? 0;
  if (stats.uid !== 0 && !(owner === "self" && stats.uid === mine)) throw refused("is not owned by root", what);
  if ((stats.mode & 0o022) !== 0) throw refused("can be changed by other users", what);
}

function follow(path: string, refused: Refuse): string {
  try {
    return realpathSync(path);
  } catch {
    throw refused("does not exist");
  }
}

type Refuse = (why: string, what?: string) => Fault;

const refuser =
  (name: string, path: string): Refuse =>
  (why, what = "") =>
    new Fault("pkcs11.module-file", `${what}${name} \`${path}\` ${why}`, "never");
