/** Tokens at the command line: a soft token made, a key made on any token, and what is there. */
import { readFileSync } from "node:fs";
import { checkToken, type CheckReport, type CheckSettings } from "../adapters/pkcs11/check/run.ts";
import { driftOf } from "../adapters/pkcs11/drift.ts";
import { createKey, listKeys, type CreatedKey } from "../adapters/pkcs11/key-ceremony.ts";
import { addKey, initSoftToken } from "../adapters/pkcs11/soft-token.ts";
import { parseTokenConfig } from "../adapters/pkcs11/token-file.ts";
import { Fault } from "../values/errors.ts";
import type { Name } from "../values/name.ts";

export type MadeToken = { readonly configFile: string; readonly label: string; readonly serial: string };
export type TokenInventory = {
  readonly keys: Awaited<ReturnType<typeof listKeys>>;
  /** What the token's file expects and the token has not, or has otherwise. */
  readonly drift: readonly string[];
};

export async function makeSoftToken(folder: string, label: string): Promise<MadeToken> {
  const { configFile, config } = await initSoftToken(folder, label);
  return { configFile, label: config.token.label, serial: config.token.serial };
}

/** Makes the key on the token and enters it in the token's file, so that the gate expects it. */
export async function makeKey(configFile: string, name: Name, label: string): Promise<CreatedKey> {
  const config = readConfig(configFile);
  const made = await createKey({ config, label });
  addKey({ configFile, config }, { name, id: made.id, label: made.label, publicKey: made.publicKey });
  return made;
}

export async function keysOn(configFile: string): Promise<TokenInventory> {
  const config = readConfig(configFile);
  const keys = await listKeys(config);
  return { keys, drift: driftOf(config.keys, keys) };
}

export type TokenReport = CheckReport & { readonly token: string; readonly serial: string; readonly profile: string };

export async function checkTokenOf(configFile: string, settings: CheckSettings): Promise<TokenReport> {
  const config = readConfig(configFile);
  const { token, profile } = config;
  return { token: token.label, serial: token.serial, profile, ...(await checkToken(config, settings)) };
}

function readConfig(path: string): ReturnType<typeof parseTokenConfig> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read`, "safe", error);
  }
  return parseTokenConfig(text);
}
