/** The newest bundle that a release left in test/vectors/bundle, with the hash of the genesis it must be checked against. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./package.ts";

export type BundleVector = { readonly path: string; readonly text: string; readonly genesis: string };

/** Beside `name.json` stands `name.genesis`: one line, the hash. */
export function newestBundle(): BundleVector {
  const folder = join(root, "test", "vectors", "bundle");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const name = names.at(-1);
  if (name === undefined) throw new Error(`no bundle in ${folder}`);
  const path = join(folder, name);
  const genesis = readFileSync(path.replace(/\.json$/, ".genesis"), "utf8").trim();
  return { path, text: readFileSync(path, "utf8"), genesis };
}

/** A hash of another genesis: the last digit differs. */
export function anotherGenesis(hash: string): string {
  return hash.slice(0, -1) + (hash.endsWith("0") ? "1" : "0");
}
