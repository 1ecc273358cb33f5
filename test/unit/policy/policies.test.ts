/** The policies of the repository as the commands judge them, and every example of the language's own page. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse as parseAnyYaml } from "yaml";
import { z } from "zod";
import { withCalendar } from "../../../src/config/time-zone.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { policySchema } from "../../../src/policy/document/document.ts";
import { readPolicyYaml } from "../../../src/policy/document/yaml-document.ts";
import { judge, type Judged } from "../../../src/policy/change/report.ts";
import { parseYaml } from "../../../src/policy/document/yaml-text.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { rosterSchema } from "../../../src/roster/roster.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";

const folder = new URL("../../../policies/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const roster = rosterSchema.parse(parseYaml(read("roster.yaml")));
const people = { roster: indexRoster(roster), rosterHash: hash(toWire(roster)) };
const firstLine = (name: string): string => read(name).split("\n")[0] ?? "";

function judged(json: Json): Judged {
  const document = withCalendar(policySchema.parse(json));
  return judge({ document, policy: compile(document), ...people });
}

const files = ["GLD", "TBL", "CO2", "EST"].map((asset) => `${asset}.yaml`);

describe("each policy of the repository", () => {
  it.each(files)("is clean, passes its tests and proves its claims: %s", (file) => {
    const { analysis, tests, proof, obstacles } = judged(toWire(readPolicyYaml(read(file))));
    expect(obstacles).toEqual([]);
    expect(analysis).toMatchObject({ kind: "clean", findings: [] });
    expect(tests.length).toBeGreaterThan(7);
    expect(proof.claims.map(({ field }) => field.split(".")[0])).toEqual(expect.arrayContaining(["never", "always"]));
    expect(proof).toMatchObject({ kind: "proved", syntheticRoster: false });
  });

  it.each(files)("tells editors where its schema is: %s", (file) => {
    expect(firstLine(file)).toBe("# yaml-language-server: $schema=policy.schema.json");
    expect(firstLine("roster.yaml")).toBe("# yaml-language-server: $schema=roster.schema.json");
  });

  it.each(files)("fails when a test of it expects something else: %s", (file) => {
    const document = toWire(readPolicyYaml(read(file))) as { tests: { expect: unknown }[] };
    const [first, ...others] = document.tests;
    const wrong = { ...document, tests: [{ ...first!, expect: { deny: "nothing.of-the-kind" } }, ...others] };
    expect(judged(wrong as Json).obstacles).toMatchObject([{ code: "policy.test-failed", field: "tests.0" }]);
  });
});

/** Every YAML block of the page, the first one whole and the others laid over it by their keys. */
const blocks = [...read("README.md").matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
const [ground, ...examples] = blocks.map((text) => parseYaml(text) as Record<string, Json>);
const titles = examples.map((example, index) => [`${index + 2}: ${Object.keys(example).join(", ")}`, example] as const);

describe("the page of the language", () => {
  it("begins with a whole policy", () => {
    expect(judged(ground!).obstacles).toEqual([]);
    expect(examples.length).toBeGreaterThan(9);
  });

  it.each(titles)("has an example whose tests pass and whose claims hold, %s", (_, example) => {
    const { tests, proof, analysis } = judged({ ...ground, ...example });
    expect(tests.filter(({ passed }) => !passed)).toEqual([]);
    expect(proof.kind).toBe("proved");
    expect(analysis.kind).not.toBe("undecided");
  });

  it("has an example of every key of the language", () => {
    const used = new Set(blocks.flatMap((text) => keysIn(parseAnyYaml(text))));
    expect(keysOf(policySchema).filter((key) => !used.has(key))).toEqual([]);
  });
});

function keysIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
}

/** The fixed keys of a schema; names of lists, groups and the like are the author's own. */
function keysOf(schema: z.ZodType): readonly string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const { properties, ...rest } = node as { properties?: Record<string, unknown> };
    for (const [key, inner] of Object.entries(properties ?? {})) {
      found.add(key);
      walk(inner);
    }
    Object.values(rest).forEach(walk);
  };
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return [...found].sort();
}
