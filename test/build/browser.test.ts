/** The verifier of bundles runs in a browser: bundled by vite, without a module of Node, in a world without Node's globals. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { gzipSync } from "node:zlib";

import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

import { anotherGenesis, newestBundle } from "./bundle-vector.ts";
import { noNode } from "./no-node.ts";
import { root } from "./package.ts";

type Verify = (bundle: string, genesisHash: string) => unknown;

const folder = mkdtempSync(join(tmpdir(), "countersign-browser-"));
const entry = join(root, "src", "compose", "bundle-browser.ts");

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [noNode],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      lib: { entry, name: "countersign", formats: ["es", "iife"], fileName: (format) => `verify.${format}.js` },
    },
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a page has and the language does not; bytes are the same class on both sides. */
function browserWorld(): Record<string, unknown> {
  const { TextEncoder, TextDecoder, URL, crypto, atob, btoa, Uint8Array, ArrayBuffer, DataView } = globalThis;
  const world: Record<string, unknown> = {
    TextEncoder,
    TextDecoder,
    URL,
    crypto,
    atob,
    btoa,
    Uint8Array,
    ArrayBuffer,
    DataView,
  };
  world["self"] = world;
  return world;
}

function inBrowser(): Verify {
  const world = createContext(browserWorld());
  new Script(readFileSync(join(folder, "verify.iife.js"), "utf8")).runInContext(world);
  return new Script("countersign.verifyBundle").runInContext(world) as Verify;
}

/** The verdict as data: two worlds have two classes of everything. */
const plain = (verdict: unknown): unknown =>
  JSON.parse(
    JSON.stringify(verdict, (_, value: unknown) => (typeof value === "bigint" ? `${value.toString()}n` : value)),
  );

test("is one file that imports nothing", () => {
  const text = readFileSync(join(folder, "verify.es.js"), "utf8");
  expect(text).not.toMatch(/\bimport\s*(["'({*]|[\w$]+\s+from\b)/);
  expect(text).not.toMatch(/\brequire\(["'`]/);
  expect(text).not.toMatch(/["']node:/);
  expect(gzipSync(text).length).toBeLessThan(200 * 1024);
});

test("gives in a browser the verdict it gives in Node, and another under another genesis", async () => {
  const { text, genesis } = newestBundle();
  const here = (await import(entry)) as { verifyBundle: Verify };
  const there = inBrowser();
  const verdict = plain(await there(text, genesis));
  expect(verdict).toEqual(plain(await here.verifyBundle(text, genesis)));
  const foreign = plain(await there(text, anotherGenesis(genesis)));
  expect(foreign).not.toEqual(verdict);
  expect((foreign as { kind: string }).kind).not.toBe((verdict as { kind: string }).kind);
});
