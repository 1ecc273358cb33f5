/** The version of this package, read from where it is installed. */
import { readFileSync } from "node:fs";

/** What `--version` answers, alone or with `--json`; undefined when something else was asked. */
export function versionAsked(args: readonly string[]): string | undefined {
  const others = args.filter((word) => word !== "--json");
  const isAsked = others.length === 1 && (others[0] === "--version" || others[0] === "-v");
  if (!isAsked || args.length > 2) return undefined;
  return args.length === 1 ? version() : JSON.stringify({ version: version() });
}

export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const [, found = "unknown"] = /"version": "([^"]+)"/.exec(text) ?? [];
  return found;
}
