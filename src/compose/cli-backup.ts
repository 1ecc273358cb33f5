/** Backups of keys at the command line: off one token into a file, and out of it onto another. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { backUpKey, readKeyBackup, restoreKey, type Moved } from "../adapters/pkcs11/key-backup.ts";
import type { WrappingKey } from "../adapters/pkcs11/agent-message.ts";
import { addKey } from "../adapters/pkcs11/soft-token.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { readConfig } from "./cli-token.ts";

/** Files of one person each, or what they type; or a key that the token has by its label. */
export type Under =
  | { readonly label: string }
  | {
      readonly components: readonly [string | undefined, string | undefined];
      readonly soPin: string | undefined;
    };

/** The wrapped key is in a new file that only its owner can read. */
export async function backUp(
  configFile: string,
  name: Name,
  { out, under }: { readonly out: string; readonly under: Under },
): Promise<Moved> {
  const config = readConfig(configFile);
  const key = config.keys.find((one) => one.name === name);
  if (key === undefined) throw new InvalidValue("pkcs11.no-key", `\`${configFile}\` has no key \`${name}\``, "name");
  const moved = await backUpKey(config, key, wrappingKey(under));
  try {
    writeFileSync(out, `${JSON.stringify(moved.backup, undefined, 2)}\n`, { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    throw new Fault("cli.unwritable", `\`${out}\` cannot be written`, "safe", error);
  }
  return moved;
}

/** The key is on the token and in its file, so that the gate expects it there. */
export async function restore(configFile: string, file: string, under: Under): Promise<Moved> {
  const config = readConfig(configFile);
  const backup = readKeyBackup(parseStrict(readBackup(file), 8));
  const { name, id, label, publicKey } = backup.key;
  if (config.keys.some((key) => key.name === name || key.publicKey === publicKey))
    throw new InvalidValue("pkcs11.key-there", `\`${configFile}\` has the key \`${name}\` already`, "config");
  const moved = await restoreKey(config, backup, wrappingKey(under));
  addKey({ configFile, config }, { name, id, label, publicKey, origin: "restored" });
  return moved;
}

function readBackup(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read`, "safe", error);
  }
}

function wrappingKey(under: Under): WrappingKey {
  if ("label" in under) return under;
  const source = (path: string | undefined): { file: string } | { terminal: number } =>
    path === undefined ? { terminal: 1 } : { file: resolve(path) };
  const [one, other] = under.components;
  return { components: [source(one), source(other)], soPin: source(under.soPin) };
}
