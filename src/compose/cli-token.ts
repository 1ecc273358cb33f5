/** Tokens at the command line: a soft token made, a key made or looked at on any token, and what is there. */
import { accessSync, constants, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { checkToken, type CheckReport, type CheckSettings } from "../adapters/pkcs11/check/run.ts";
import { driftOf, duplicatesAmong, recordDrift, unrecorded } from "../adapters/pkcs11/drift.ts";
import { createKey, listKeys, lookAtKey, type Seen } from "../adapters/pkcs11/key-ceremony.ts";
import { addKey, initSoftToken } from "../adapters/pkcs11/soft-token.ts";
import { profiles } from "../adapters/pkcs11/profile.ts";
import { numberedKeys } from "../adapters/pkcs11/token-config.ts";
import { parseTokenConfig } from "../adapters/pkcs11/token-file.ts";
import type { KeyRecord } from "../roster/key-record.ts";
import { fromPublicKey } from "../values/address.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parse as parseHex } from "../values/hex.ts";
import type { Name } from "../values/name.ts";

export type MadeToken = { readonly configFile: string; readonly label: string; readonly serial: string };

export async function makeSoftToken(folder: string, label: string): Promise<MadeToken> {
  const { configFile, config } = await initSoftToken(folder, label);
  return { configFile, label: config.token.label, serial: config.token.serial };
}

/** A key and what its token said of it. */
export type SeenKey = { readonly key: KeyRecord["key"]; readonly seen: Seen };

export type NewKey = {
  readonly name: Name;
  readonly label: string;
  /** There will be a backup of it. */
  readonly wrappable: boolean;
};

/** Makes the key on the token and enters it in the token's file, so that the gate expects it. */
export async function makeKey(configFile: string, { name, label, wrappable }: NewKey): Promise<SeenKey> {
  const config = readConfig(configFile);
  // Before the key is made: one that no file names would stay on the token, and nobody would know whose it is.
  const taken = [...config.keys, ...(config.health === undefined ? [] : [config.health.key])];
  if (taken.some((one) => one.name === name))
    throw new InvalidValue("pkcs11.name-in-use", `\`${configFile}\` has a key \`${name}\` already`, "name");
  checkFolder(configFile);
  const made = await createKey({ config, label, origin: wrappable ? "wrappable" : "made" });
  const { id, publicKey, address: account, seen } = made;
  const entry = { name, id, label, publicKey, ...(wrappable ? { origin: "wrappable" as const } : {}) };
  addKey({ configFile, config }, entry);
  return { key: { name, account, publicKey, id, label }, seen };
}

/** A key of the token's file, seen on its token. */
export async function lookAt(configFile: string, name: Name): Promise<SeenKey> {
  const config = readConfig(configFile);
  const key = config.keys.find((one) => one.name === name);
  if (key === undefined) throw new InvalidValue("pkcs11.no-key", `\`${configFile}\` has no key \`${name}\``, "name");
  const { id, label, publicKey } = key;
  return { key: { name, account: fromPublicKey(publicKey), publicKey, id, label }, seen: await lookAtKey(config, key) };
}

export type KeyOnToken = {
  readonly id: string;
  readonly label: string;
  readonly publicKey: string | null;
  readonly account: string | null;
  /** By the token's own word. */
  readonly selfReported: Readonly<Record<string, boolean | number | string>>;
  readonly findings: readonly string[];
  /** What its template asks for, it has not, and its profile lets it do without. */
  readonly lacks: readonly string[];
  /** The record of how it came to this token, where one is known. */
  readonly record: KeyRecord | undefined;
};

export type TokenInventory = {
  readonly keys: readonly KeyOnToken[];
  /** What the token's file or a record expects and the token has not, or has otherwise, and what is there twice. */
  readonly drift: readonly string[];
};

/** `records` are those that somebody gave; without any, nothing is held against them. */
export async function keysOn(configFile: string, records?: readonly KeyRecord[]): Promise<TokenInventory> {
  const config = readConfig(configFile);
  const objects = await listKeys(config);
  const own = records?.filter(({ token }) => token.serial === config.token.serial) ?? [];
  const keys = objects.map((object): KeyOnToken => {
    const { id, label, publicKey, attributes, findings } = object;
    const { record, drift } = recordDrift(own, object);
    const missing = records !== undefined && record === undefined ? ["no record tells of it"] : [];
    return {
      ...{ id, label, publicKey, record },
      account: publicKey === null ? null : fromPublicKey(parseHex(publicKey, 65)),
      selfReported: Object.fromEntries(Object.entries(attributes)),
      findings: [...findings, ...missing, ...drift],
      lacks: profiles[config.profile].optional.filter((name) => attributes[name] === undefined),
    };
  });
  return {
    keys,
    drift: [...driftOf(numberedKeys(config), objects), ...duplicatesAmong(objects), ...unrecorded(own, objects)],
  };
}

export type TokenReport = CheckReport & { readonly token: string; readonly serial: string; readonly profile: string };

export async function checkTokenOf(configFile: string, settings: CheckSettings): Promise<TokenReport> {
  const config = readConfig(configFile);
  const { token, profile } = config;
  return { token: token.label, serial: token.serial, profile, ...(await checkToken(config, settings)) };
}

/** Throws a Fault when no file can be put beside this one, or in its place. */
export function checkFolder(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Fault("cli.unwritable", `\`${path}\` cannot be written: its folder cannot`, "safe", error);
  }
}

export function readConfig(path: string): ReturnType<typeof parseTokenConfig> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${path}\` cannot be read`, "safe", error);
  }
  return parseTokenConfig(text);
}
