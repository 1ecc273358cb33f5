/** An item of the evidence that reads a part of src/ alone reads no other: else it would count for sources that it was never run on. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { engine } from "./policy.ts";

/** Everything that these files import, and what that imports. */
function reached(files: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...files];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, path] of readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+\.ts)"/g))
      if (path !== undefined) open.push(join(dirname(file), path));
  }
  return seen;
}

const judges = [
  "test/unit/policy/**/*.test.ts",
  "test/property/policy/*.test.ts",
  "test/reference/*.ts",
  "test/mutants/*.test.ts",
];

it("the policy engine's evidence reads the folders that it names, and each of them", () => {
  const pages = globSync(judges).filter((page) => !page.endsWith("survivor.test.ts"));
  const sources = [...reached(pages)].filter((file) => file.startsWith("src/"));
  expect(sources.filter((file) => !engine.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
  expect(engine.filter((folder) => !sources.some((file) => file.startsWith(`${folder}/`)))).toEqual([]);
});
