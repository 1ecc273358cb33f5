/** Makes a key on a SoftHSM token that asks for the PIN at each signature, in a process of its own that ends with it. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { formatTokenConfig } from "../../src/adapters/pkcs11/token-file.ts";
import type { TokenConfig, TokenKey } from "../../src/adapters/pkcs11/token-config.ts";
import { parse as parseHex } from "../../src/values/hex.ts";

export function makeKeyThatAlwaysAsks(config: TokenConfig, label: string): Omit<TokenKey, "name"> {
  const id = "a1";
  const maker = fileURLToPath(new URL("always-asking-maker.ts", import.meta.url));
  const said = execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", maker, id, label], {
    env: { ...config.module.env },
    input: formatTokenConfig(config),
    encoding: "utf8",
  });
  return { id, label, publicKey: parseHex(said.trim(), 65) };
}
