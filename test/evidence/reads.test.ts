/** An item of the evidence that reads a part of src/ alone reads no other: else it would count for sources that it was never run on. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { flows, processes } from "./item.ts";
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

/** Where each kind of item begins. */
const beginnings = [
  { what: "simulated days", from: ["test/simulation/simulation-main.ts"], reads: flows },
  { what: "endpoints that lie and blocks that are undone", from: ["test/evidence/endpoints.ts"], reads: flows },
  { what: "changed bundles", from: ["test/evidence/mutations.ts"], reads: flows },
  { what: "a distribution", from: ["test/evidence/distribution.ts"], reads: flows },
  { what: "processes that are killed", from: ["test/evidence/crash.ts", "src/main.ts"], reads: processes },
  { what: "chaos", from: ["test/evidence/chaos.ts", "src/main.ts"], reads: processes },
  { what: "one lane", from: ["test/evidence/lane.ts", "src/main.ts"], reads: processes },
  { what: "signatures", from: ["test/evidence/signatures.ts", "src/main.ts"], reads: processes },
];

it.each(beginnings)("$what reach nothing that their evidence leaves out", ({ from, reads }) => {
  const left = reads.filter((path) => path.startsWith(":(exclude)")).map((path) => path.slice(":(exclude)".length));
  const sources = [...reached(from)].filter((file) => file.startsWith("src/"));
  expect(left.length).toBeGreaterThan(0);
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => left.some((room) => file.startsWith(`${room}/`)))).toEqual([]);
});
