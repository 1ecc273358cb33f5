/** The pages' zod beside the whole one: every schema of the pure stages and of the API reads the same, and says the same of what it refuses. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import fc from "fast-check";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { parseYaml } from "../../src/policy/document/yaml-text.ts";
import type { Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { decision, policy, roster, view } from "../http/fake-desk.ts";
import { newestBundle } from "./bundle-vector.ts";
import { root } from "./package.ts";

/** By the name of a schema and the JSON text of an input: the JSON text of what is read, or every word of the refusal. */
type World = { readonly names: readonly string[]; readonly told: (name: string, input: string) => string };

const { leanZod } = builder as { readonly leanZod: [] };
const stages = [
  ...["evidence/registries", "gate/change", "genesis/genesis", "intent/intent", "log/entry", "policy/decision"],
  ...["policy/document/document", "policy/facts", "request/api", "request/judged", "roster/key-record"],
  ...["roster/roster", "statement/envelope", "values/schema"],
];
const cache = join(root, "node_modules", ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "lean-zod-"));
let whole: World;
let lean: World;

/** One module that has every schema under its stage and name, and the readers whose words come of schemas; queries are for servers only. */
function entry(): string {
  const from = (stage: string): string => JSON.stringify(join(root, "src", `${stage}.ts`));
  const names = stages.map((_, at) => `m${at}`);
  return `${stages.map((stage, at) => `import * as m${at} from ${from(stage)};`).join("\n")}
import { readStatement } from ${from("statement/read")};
import { readPolicyDocument } from ${from("policy/document/document")};
const all = [${names.join(", ")}].flatMap((module, at) => Object.entries(module).map(([name, value]) => [at + "." + name, value]));
const reader = (read) => ({
  safeParse: (input) => {
    try {
      return { success: true, data: read(input) };
    } catch ({ code, field, message }) {
      return { success: false, error: { issues: [{ code, path: [field], message }] } };
    }
  },
});
const world = {
  ...Object.fromEntries(all.filter(([name, value]) => typeof value?.safeParse === "function" && !name.endsWith("QuerySchema"))),
  readStatement: reader(readStatement),
  readPolicyDocument: reader(readPolicyDocument),
};
export const names = Object.keys(world);
export const told = (name, input) => {
  const { success, data, error } = world[name].safeParse(JSON.parse(input));
  const words = success ? { data } : error.issues.map(({ code, path, message }) => ({ code, path, message }));
  return JSON.stringify(words, (_, value) => (typeof value === "bigint" ? value + "n" : value));
};`;
}

/** A world of its own, for zod keeps its settings in the globals. */
async function worldWith(alias: [], name: string): Promise<World> {
  const path = join(folder, "entry.js");
  writeFileSync(path, entry());
  const lib = { entry: path, name: "world", formats: ["iife" as const], fileName: () => `${name}.js` };
  await build({
    root,
    configFile: false,
    logLevel: "error",
    resolve: { alias },
    build: { outDir: folder, emptyOutDir: false, target: "es2023", minify: false, lib },
  });
  const { TextEncoder, TextDecoder, URL } = globalThis;
  const context = createContext({ TextEncoder, TextDecoder, URL });
  new Script(readFileSync(join(folder, `${name}.js`), "utf8")).runInContext(context);
  return new Script("world").runInContext(context) as World;
}

beforeAll(async () => {
  whole = await worldWith([], "whole");
  lean = await worldWith(leanZod, "lean");
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const isRead = (words: string): boolean => !words.startsWith("[");

function object(json: Json | undefined): Readonly<Record<string, Json>> {
  return json as Readonly<Record<string, Json>>;
}

/** What a bundle, a policy file and an answer of the API hold, whole and in their parts. */
function examples(): readonly Json[] {
  const bundle = object(JSON.parse(newestBundle().text) as Json);
  const leaves = (bundle["leaves"] as Json[]).map((leaf) => object(object(leaf)["entry"]));
  const envelopes = leaves.flatMap(({ statement }) => (statement === undefined ? [] : [statement]));
  const genesis = leaves.flatMap((leaf) => (leaf["genesis"] === undefined ? [] : [leaf["genesis"]]));
  const files = readdirSync(join(root, "policies")).filter((name) => name.endsWith(".yaml"));
  const documents = files.map((name) => object(parseYaml(readFileSync(join(root, "policies", name), "utf8"))));
  const roles = { mint: "MINTER_ROLE", pause: "PAUSER_ROLE" };
  return [
    ...leaves,
    ...envelopes,
    ...genesis,
    ...documents,
    ...documents
      .filter(({ kind }) => kind === "Policy")
      .map((one) => ({ ...one, token: { ...object(one["token"]), roles } })),
    ...[decision, policy, roster, view, { requests: [view], next: null }].map(toWire),
  ];
}

const strange: readonly Json[] = [
  ...[null, true, 0, -1, 1.5, 1e21, "", "0", "01", "mint", "GLD", "1 GLD", "2026-02-30T10:00:00Z", "30m"],
  ...["http://a.test", "http://", `0x${"1".repeat(40)}`, `0x${"A".repeat(64)}`, "x".repeat(70), [], {}, [[]], { a: 1 }],
];

/** The same with one place of it replaced, left out or joined by a stranger. */
function damaged(json: Json, path: number, how: number): Json {
  if (json === null || typeof json !== "object" || path === 0) return strange[how % strange.length]!;
  const [step, further] = [path % 7, Math.floor(path / 2)];
  if (Array.isArray(json)) {
    const items: readonly Json[] = json;
    if (items.length === 0 || step === 0) return [...items, strange[how % strange.length]!];
    return items.with(path % items.length, damaged(items[path % items.length]!, further, how));
  }
  const fields = object(json);
  const keys = Object.keys(fields);
  const key = keys[path % Math.max(1, keys.length)];
  if (key === undefined || step === 0) return { ...fields, stranger: strange[how % strange.length]! };
  if (step === 1) return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  return { ...fields, [key]: damaged(fields[key]!, further, how) };
}

test("has the same schemas", () => {
  expect([...lean.names]).toEqual([...whole.names]);
  expect(lean.names.length).toBeGreaterThan(70);
});

test("reads every example with every schema as the whole one does, and somebody takes each", () => {
  for (const example of examples().map((json) => JSON.stringify(json))) {
    const took = whole.names.filter((name) => {
      const words = whole.told(name, example);
      expect(lean.told(name, example), name).toBe(words);
      return isRead(words) && !name.endsWith(".jsonSchema");
    });
    expect(took, example.slice(0, 300)).not.toEqual([]);
  }
});

test("says the same of an example that was damaged", () => {
  const all = examples();
  const takers = all.map((json) => whole.names.filter((name) => isRead(whole.told(name, JSON.stringify(json)))));
  const place = fc.tuple(fc.nat({ max: all.length - 1 }), fc.nat({ max: 1e9 }), fc.nat({ max: 1e6 }));
  let refused = 0;
  fc.assert(
    fc.property(place, ([at, path, how]) => {
      const example = JSON.stringify(damaged(all[at]!, path, how));
      for (const name of takers[at]!) {
        const words = whole.told(name, example);
        if (!isRead(words)) refused += 1;
        expect(lean.told(name, example), name).toBe(words);
      }
    }),
    { numRuns: 1_000 },
  );
  expect(refused).toBeGreaterThan(500);
});
