/** One token as a YAML file, there and back. */
import { formatKeyFile, parseKeyFile } from "../../roster/key-file.ts";
import { checkTokenConfig, tokenFile, type TokenConfig } from "./token-config.ts";

/** Throws InvalidValue, with the path of the first field that is wrong. */
export function parseTokenConfig(text: string): TokenConfig {
  return checkTokenConfig(parseKeyFile(text, tokenFile));
}

/** What `parseTokenConfig` reads back as the same. */
export function formatTokenConfig(config: TokenConfig): string {
  return formatKeyFile(config, "One token and the keys expected on it; see hsm-config/README.md.");
}
