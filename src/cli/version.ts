/** The version of this package, read from where it is installed. */
import { readFileSync } from "node:fs";

export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const [, found = "unknown"] = /"version": "([^"]+)"/.exec(text) ?? [];
  return found;
}
