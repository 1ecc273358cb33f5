/** The module of NSS, which signs with ECDSA and does not know our curve: a stranger for `hsm check`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkTokenConfig, type TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";

/** Where distributions keep it; scripts/machine.js installs it for the tests. */
const paths = [
  "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
  "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
  "/usr/lib64/libsoftokn3.so",
  "/usr/lib/libsoftokn3.so",
  "/opt/homebrew/lib/libsoftokn3.dylib",
  "/usr/local/lib/libsoftokn3.dylib",
];

/** Without a database it asks for no PIN. Throws when NSS is not installed. */
export function nssToken(folder: string): TokenConfig {
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) throw new Error("NSS's softokn is not installed; Debian: apt install libnss3");
  return checkTokenConfig({
    apiVersion: "countersign/v1",
    kind: "Token",
    name: "nss",
    profile: "generic",
    module: {
      path,
      owner: process.platform === "darwin" ? "self" : "root",
      parameters: "configdir='' certPrefix='' keyPrefix='' secmod='' flags=noCertDB,noModDB",
    },
    token: { label: "NSS Generic Crypto Services", serial: "0000000000000000" },
    login: { pin: { none: true }, latch: join(folder, "refused-pins") },
    keys: [],
  });
}
