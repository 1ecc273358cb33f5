/** Whether a file whose code runs with the PIN, a PKCS#11 module or the command for the PIN, is one that nobody but its owner can have changed. */
import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync, type Stats } from "node:fs";
import { basename, dirname, isAbsolute } from "node:path";
import { Fault } from "../../values/errors.ts";

export type ModuleOwner = "root" | "self";

type ModuleFile = {
  readonly path: string;
  readonly owner: ModuleOwner;
  /** Lower-case hex of the only content that is allowed. */
  readonly sha256?: string | undefined;
};

/**
 * The real path, after the file and the folder it lies in were found to belong to root (or to the user that runs us) and to be
 * writable by nobody else, and its content to be the pinned one. Throws a Fault otherwise: its code runs with the token's PIN.
 */
export function checkCodeFile({ path, owner, sha256 }: ModuleFile, name: string): string {
  const refused = refuser(name, path);
  if (!isAbsolute(path)) throw refused("is not an absolute path");
  const real = follow(path, refused);
  const file = statSync(real);
  if (!file.isFile()) throw refused("is not a file");
  complain(refused, "", file, owner);
  complain(refused, "the folder of ", statSync(dirname(real)), owner);
  if (sha256 !== undefined) {
    const found = createHash("sha256").update(readFileSync(real)).digest("hex");
    if (found !== sha256) throw refused(`has the SHA-256 ${found}, and ${sha256} is pinned`);
  }
  return real;
}

/** `checkCodeFile`, and not one of those that only stand between us and a module, under any of its names. */
export function checkModuleFile(module: ModuleFile): string {
  const name = "the PKCS#11 module";
  const real = checkCodeFile(module, name);
  for (const one of [module.path, real]) {
    const why = middlemen.find(({ file }) => file.test(basename(one)))?.why;
    if (why !== undefined) throw refuser(name, module.path)(why);
  }
  return real;
}

/**
 * What the module says of itself must not be one of those either; answers what is wrong with it. p11-kit-client speaks with one server and
 * repeats what that says, which is always that it is a proxy: the client is known by its file.
 */
export function middlemanIn(path: string, description: string): string | undefined {
  if (basename(follow(path, refuser("the PKCS#11 module", path))).startsWith("p11-kit-client.")) return undefined;
  return middlemen.find(({ description: said }) => said.test(description))?.why;
}

const middlemen = [
  {
    file: /^(?:lib)?p11-kit(?:-proxy)?\.(?:so|dylib)/,
    description: /kit proxy/i,
    why: "is p11-kit's proxy, which loads whatever modules the machine is configured for; name the HSM's own module",
  },
  {
    file: /pkcs11-spy\./,
    description: /pkcs#?11[ -]?spy/i,
    why: "is pkcs11-spy, which writes down every call and the PIN; name the HSM's own module",
  },
];

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
