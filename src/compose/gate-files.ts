/** The files a gate starts from: read, checked to be private, refused with a sentence that names them. */
import { readFileSync } from "node:fs";
import type { SlotConfig } from "../adapters/ledger/slot-config.ts";
import { parseSlotConfig } from "../adapters/ledger/slot-file.ts";
import type { TokenConfig } from "../adapters/pkcs11/token-config.ts";
import { profiles } from "../adapters/pkcs11/profile.ts";
import { parseTokenConfig } from "../adapters/pkcs11/token-file.ts";
import type { GateConfig } from "../config/gate-config.ts";
import { exposuresOf } from "../config/gate-privacy.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseStrict, type Json } from "../values/json.ts";

/** Who reads the journal, the configuration or a PIN knows enough to act for the gate. */
export function refuseExposed(
  config: GateConfig,
  tokens: readonly TokenConfig[],
  warn: (sentence: string) => void,
): void {
  // The PIN of a token whose agent runs elsewhere lies there, and only the key that both ends share lies here.
  const pins = tokens.flatMap(({ login, agent }) => {
    if (agent !== undefined) return [agent.keyFile];
    return "file" in login.pin ? [login.pin.file] : [];
  });
  const exposed = exposuresOf([
    config.file,
    config.journal,
    `${config.journal}-wal`,
    config.logKey,
    ...config.tokens,
    ...config.ledgers,
    ...pins,
  ]);
  const [first] = exposed;
  if (first === undefined) return;
  if (!config.dev) throw new Fault("gate.exposed", first, "never");
  for (const sentence of exposed) warn(sentence);
}

/** What was never run on its device is not trusted with money, unless somebody says by name that they do. */
export function refuseUnverified(
  config: GateConfig,
  tokens: readonly TokenConfig[],
  warn: (sentence: string) => void,
): void {
  for (const { name, profile, acceptUnverified } of tokens) {
    if (profiles[profile].standing === "verified" || acceptUnverified === profile) continue;
    const why = `the token \`${name}\` has the profile \`${profile}\`, which was never run on its device; run \`countersign hsm check\`, then accept it by name (acceptUnverified)`;
    if (!config.dev) throw new Fault("pkcs11.unverified", why, "never");
    warn(why);
  }
}

/** Throws `InvalidValue` that names the file. */
export function readToken(path: string): TokenConfig {
  try {
    return parseTokenConfig(readText(path, "token file"));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(error.code, `${path}: ${error.message}`, error.field);
  }
}

/** Throws `InvalidValue` that names the file. */
export function readSlot(path: string): SlotConfig {
  try {
    return parseSlotConfig(readText(path, "device file"));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(error.code, `${path}: ${error.message}`, error.field);
  }
}

/** Strict JSON, not yet checked to be a genesis. */
export function readGenesisFile(path: string): Json {
  try {
    return parseStrict(readText(path, "genesis"));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(error.code, `${path}: ${error.message}`, error.field);
  }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault("gate.unreadable", `the ${what} \`${path}\` cannot be read`, "never", error);
  }
}
