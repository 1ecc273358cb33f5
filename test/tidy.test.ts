/** The rules of the house that no compiler knows, each failing with a sentence that says what to do instead. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";

import { cruise } from "dependency-cruiser";
import { expect, test } from "vitest";

// @ts-expect-error a plain configuration file, untyped
import * as imported from "../.dependency-cruiser.mjs";
import packageJson from "../package.json" with { type: "json" };

const importRules = imported as { folders: readonly string[]; default: { options: object } };

const list = (...patterns: string[]): string[] =>
  globSync(patterns)
    .map((path) => path.replaceAll("\\", "/"))
    .sort();

const sources = list("src/**/*.ts");
const tests = list("test/**/*.ts");
const code = [...sources, ...tests, ...list("scripts/*.{js,ts}", "bin/*.js", "*.config.{js,ts}")];
const prose = list("*.md", "docs/**/*.md", "policies/**/*.{md,yaml}", "hsm-config/**/*", ".ci/*").filter((path) =>
  /\.[a-z]+$|\.ci\//.test(path),
);
const read = (path: string): string => readFileSync(path, "utf8");
const lineCount = (path: string): number => read(path).split("\n").length - 1;

/** Every file for which the rule has something to say, with what it says. */
function complaints(paths: readonly string[], rule: (path: string, text: string) => string | undefined): string[] {
  return paths.flatMap((path) => {
    const said = rule(path, read(path));
    return said === undefined ? [] : [`${path}: ${said}`];
  });
}

test("there is something to be tidy about", () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(tests.length).toBeGreaterThan(20);
});

test("every folder of src is named in the import rule and in docs/architecture.md", () => {
  const folders = [...new Set(sources.map((path) => path.split("/")[1]!))].filter((name) => !name.endsWith(".ts"));
  const page = read("docs/architecture.md");
  const unruled = folders.filter((name) => !importRules.folders.includes(name));
  const unexplained = folders.filter((name) => !page.includes(`${name}/`) && !page.includes(`\`${name}\``));
  expect({ unruled, unexplained }).toEqual({ unruled: [], unexplained: [] });
});

test("every file opens with one sentence that says what it is", () => {
  const opening = /^(#!.*\n)?\/\*\* ?[^]{10,}?[.:;)](\s|\*)*\*\//;
  const shell = /^#!.*\n# .{10,}/;
  expect(
    complaints(code, (_, text) =>
      opening.test(text) || shell.test(text) ? undefined : "open with one sentence in /** … */ that says what it is",
    ),
  ).toEqual([]);
});

test("no file is a drawer for junk, and names are kebab-case nouns", () => {
  const drawer = /(^|[/-])(utils?|helpers?|common|shared|misc|types|manager|service|index)(\.ts$|\/)/;
  expect(
    complaints([...sources, ...tests], (path) => {
      if (drawer.test(path)) return "name it after what it holds";
      return /^[a-z0-9]+(-[a-z0-9]+)*(\.(port|test|test-d|config))?\.ts$/.test(basename(path))
        ? undefined
        : "use kebab-case";
    }),
  ).toEqual([]);
});

test("nothing is left for later", () => {
  const marks = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b`);
  const excuse = new RegExp(`${"not " + "implemented"}|${"for " + "now"}\\b`, "i");
  expect(
    complaints([...code, ...prose], (path, text) =>
      marks.test(text) || (code.includes(path) && excuse.test(text)) ? "do it, or leave it out" : undefined,
    ),
  ).toEqual([]);
});

test("every module that decides has its page of tests", () => {
  const deciding = sources.filter((path) => /^src\/(intent|statement|policy|gate|request)\//.test(path));
  const mirror = (path: string): string => path.replace(/^src\//, "test/unit/").replace(/\.ts$/, ".test.ts");
  expect(
    complaints(deciding, (path) =>
      /(\.port|\/state)\.ts$/.test(path) || existsSync(mirror(path)) ? undefined : `add ${mirror(path)}`,
    ),
  ).toEqual([]);
});

test("files are short: none over 400 lines, the median under 120", () => {
  const lengths = sources.map(lineCount).sort((a, b) => a - b);
  expect(complaints(sources, (path) => (lineCount(path) > 400 ? "split it by noun" : undefined))).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(120);
});

test("each dependency says in docs/dependencies.md why it is there, with an exact version", () => {
  const page = read("docs/dependencies.md");
  const listed = Object.entries({
    ...packageJson.dependencies,
    ...packageJson.optionalDependencies,
    ...packageJson.devDependencies,
  });
  const unexplained = listed.map(([name]) => name).filter((name) => !page.includes(`\`${name}\``));
  // A second version of a package has a name of its own here.
  const exact = /^(npm:@?[a-z0-9./-]+@)?\d+\.\d+\.\d+$/;
  const loose = listed.filter(([, version]) => !exact.test(version)).map(([name]) => name);
  expect({ unexplained, loose }).toEqual({ unexplained: [], loose: [] });
});

test("no test pretends, is left out or stands alone", () => {
  const mocked = /\bvi\.(mock|doMock|stubGlobal)\(/;
  const parted = /\b(describe|test|it|suite)(\.[a-z]+)*\.(skip|only|todo|skipIf|runIf|fails)\b|\bctx\.skip\(/;
  expect(
    complaints(tests, (_, text) => {
      if (mocked.test(text)) return "pass a fake that meets the port's contract instead";
      return parted.test(text) ? "let it run, or delete it" : undefined;
    }),
  ).toEqual([]);
});

test("test names say what is so, not what ought to be", () => {
  const should = /\b(describe|test|it)(\.each\([^]*?\))?\(\s*["'`][^"'`\n]*\bshould\b/;
  expect(complaints(tests, (_, text) => (should.test(text) ? "say what it does" : undefined))).toEqual([]);
});

test("no path of anybody's machine", () => {
  const places = ["work", "root", "home/[a-z]+", "Users/[a-z]+", "tmp"].map((place) => `["'\`\\s=(]/${place}/`);
  const machine = new RegExp(places.join("|"));
  expect(
    complaints([...code, ...prose], (_, text) =>
      machine.test(text) ? "ask os.tmpdir(), or take it as an argument" : undefined,
    ),
  ).toEqual([]);
});

test("the import rules see the code they judge", async () => {
  const { output } = await cruise(["src"], importRules.default.options);
  if (typeof output === "string") throw new Error("the cruise answered in words");
  const seen = new Map(output.modules.map((module) => [module.source, module.dependencies.length]));
  expect(sources.filter((path) => !seen.has(path))).toEqual([]);
  const importing = sources.filter((path) => /^(import|export) [^]*? from "\./m.test(read(path)));
  expect(importing.filter((path) => seen.get(path) === 0)).toEqual([]);
});

test("what main reaches holds production's fault points and clock, and nothing of test", async () => {
  const { output } = await cruise(["src"], importRules.default.options);
  if (typeof output === "string") throw new Error("the cruise answered in words");
  const imports = new Map(
    output.modules.map(({ source, dependencies }) => [source, dependencies.map((one) => one.resolved)]),
  );
  const reached = new Set(["src/main.ts"]);
  for (const path of reached) for (const next of imports.get(path) ?? []) reached.add(next);
  for (const wiring of ["gate", "serve", "observe", "witness", "faults"])
    expect(reached).toContain(`src/compose/${wiring}.ts`);
  expect(reached).toContain("src/adapters/clock/system.ts");
  expect([...reached].filter((path) => /^(\.\.\/)?(test|scripts)\//.test(path))).toEqual([]);
  // Only the one record that does nothing is ever made in src.
  expect(sources.filter((path) => read(path).includes(": Faults = {"))).toEqual(["src/compose/faults.ts"]);
});
