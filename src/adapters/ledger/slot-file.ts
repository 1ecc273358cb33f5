/** One device as a YAML file, there and back. */
import { parse, stringify } from "yaml";
import { InvalidValue } from "../../values/errors.ts";
import { checkSlotConfig, type SlotConfig } from "./slot-config.ts";

/** Throws InvalidValue, with the path of the first field that is wrong. */
export function parseSlotConfig(text: string): SlotConfig {
  let document: unknown;
  try {
    document = parse(text, { version: "1.2", schema: "core", uniqueKeys: true, maxAliasCount: 0 });
  } catch {
    throw new InvalidValue("ledger.config", "the device file is not YAML, or names a field twice");
  }
  return checkSlotConfig(document);
}

/** What `parseSlotConfig` reads back as the same. */
export function formatSlotConfig(config: SlotConfig): string {
  const head = "# One Ledger and the keys expected on it; see hsm-config/README.md.\n";
  return head + stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
}
