/** The module of NSS, which signs with ECDSA and does not know our curve: a stranger for `hsm check`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
// @ts-expect-error plain JavaScript, which runs before there is a compiler
import * as machine from "../../scripts/machine.js";
import { checkTokenConfig, type TokenConfig } from "../../src/adapters/pkcs11/token-config.ts";

/** Where distributions keep it; the same list by which set-up knows that it is there. */
const { nssModules } = machine as { readonly nssModules: readonly string[] };

/** Without a database it asks for no PIN. Throws when NSS is not installed. */
export function nssToken(folder: string): TokenConfig {
  const path = nssModules.find((one) => existsSync(one));
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
