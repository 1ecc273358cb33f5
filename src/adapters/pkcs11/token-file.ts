/** One token as a YAML file, there and back. */
import { parse, stringify } from "yaml";
import { InvalidValue } from "../../values/errors.ts";
import { checkTokenConfig, type TokenConfig } from "./token-config.ts";

/** Throws InvalidValue, with the path of the first field that is wrong. */
export function parseTokenConfig(text: string): TokenConfig {
  let document: unknown;
  try {
    document = parse(text, { version: "1.2", schema: "core", uniqueKeys: true, maxAliasCount: 0 });
  } catch {
    throw new InvalidValue("pkcs11.config", "the token file is not YAML, or names a field twice");
  }
  return checkTokenConfig(document);
}

/** What `parseTokenConfig` reads back as the same. */
export function formatTokenConfig(config: TokenConfig): string {
  const head = "# One token and the keys expected on it; see hsm-config/README.md.\n";
  return head + stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
}
