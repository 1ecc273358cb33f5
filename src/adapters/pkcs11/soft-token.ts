/** A SoftHSM token made on the spot: for development, for tests, and to show the shape of a real one. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "../../values/errors.ts";
import { decodeInit, encodeJson } from "./agent-message.ts";
import { startAgent } from "./agent-process.ts";
import { checkTokenConfig, type TokenConfig, type TokenKey } from "./token-config.ts";
import { formatTokenConfig } from "./token-file.ts";

/** Where packages put the module: Debian, Fedora, Arch, Homebrew. */
const usualPaths = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
  "/usr/lib64/softhsm/libsofthsm2.so",
  "/usr/lib64/pkcs11/libsofthsm2.so",
  "/usr/lib64/libsofthsm2.so",
  "/usr/lib/pkcs11/libsofthsm2.so",
  "/opt/homebrew/lib/softhsm/libsofthsm2.so",
  "/usr/local/lib/softhsm/libsofthsm2.so",
];

/** The SoftHSM module of this machine, or nothing when it is not installed. */
export function findSoftHsm(paths: readonly string[] = usualPaths): string | undefined {
  return paths.find((path) => existsSync(path));
}

export type SoftToken = {
  /** The token's YAML file, to be read by `parseTokenConfig`. */
  readonly configFile: string;
  readonly config: TokenConfig;
};

/**
 * Makes `folder` (0700) with a SoftHSM configuration, a token with this label, a random PIN and security officer's PIN in files of mode
 * 0400, and the token's YAML. Once it resolves, the token is usable. Throws a Fault when SoftHSM is missing or the folder is in use.
 */
export async function initSoftToken(folder: string, label: string, modulePath = findSoftHsm()): Promise<SoftToken> {
  if (modulePath === undefined)
    throw new Fault(
      "pkcs11.softhsm-missing",
      "SoftHSM is not installed (Debian: `apt install softhsm2`, macOS: `brew install softhsm`)",
      "never",
    );
  const root = resolve(folder);
  const at = (name: string): string => join(root, name);
  if (existsSync(at("token.yaml")))
    throw new Fault("pkcs11.token-exists", `\`${root}\` holds a token already`, "never");
  mkdirSync(at("tokens"), { recursive: true, mode: 0o700 });
  writeFileSync(
    at("softhsm2.conf"),
    `directories.tokendir = ${at("tokens")}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`,
    { mode: 0o600 },
  );
  writeFileSync(at("pin"), `${randomBytes(16).toString("hex")}\n`, { mode: 0o400 });
  writeFileSync(at("so-pin"), `${randomBytes(16).toString("hex")}\n`, { mode: 0o400 });
  const draft = {
    apiVersion: "countersign/v1",
    kind: "Token",
    name: label,
    profile: "softhsm",
    // Homebrew installs as the user; everywhere else the module belongs to root.
    module: {
      path: realpathSync(modulePath),
      owner: process.platform === "darwin" ? "self" : "root",
      env: { SOFTHSM2_CONF: at("softhsm2.conf") },
    },
    login: { pin: { file: at("pin") }, latch: at("refused-pins") },
    sessions: 4,
    keys: [],
  };
  const serial = await initialise(checkTokenConfig({ ...draft, token: { label, serial: "unknown" } }), at("so-pin"));
  return saveTokenConfig(at("token.yaml"), checkTokenConfig({ ...draft, token: { label, serial } }));
}

/** Writes the token's YAML with one more key; the file is replaced whole. */
export function addKey(token: SoftToken, key: TokenKey): SoftToken {
  return saveTokenConfig(token.configFile, checkTokenConfig({ ...token.config, keys: [...token.config.keys, key] }));
}

function saveTokenConfig(configFile: string, config: TokenConfig): SoftToken {
  writeFileSync(`${configFile}.new`, formatTokenConfig(config), { mode: 0o600, flush: true });
  renameSync(`${configFile}.new`, configFile);
  return { configFile, config };
}

async function initialise(config: TokenConfig, soPinFile: string): Promise<string> {
  const agent = startAgent(config, "init");
  try {
    await agent.ready;
    return decodeInit(await agent.ask("initToken", encodeJson({ label: config.token.label, soPinFile }))).serial;
  } finally {
    agent.kill();
    await agent.gone;
  }
}
