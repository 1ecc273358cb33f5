/** One device as a YAML file, there and back. */
import { formatKeyFile, parseKeyFile } from "../../roster/key-file.ts";
import { checkSlotConfig, deviceFile, type SlotConfig } from "./slot-config.ts";

/** Throws InvalidValue, with the path of the first field that is wrong. */
export function parseSlotConfig(text: string): SlotConfig {
  return checkSlotConfig(parseKeyFile(text, deviceFile));
}

/** What `parseSlotConfig` reads back as the same. */
export function formatSlotConfig(config: SlotConfig): string {
  return formatKeyFile(config, "One Ledger and the keys expected on it; see hsm-config/README.md.");
}
