/** Builds the pages of the console from the packages of the lockfile: one script, one sheet, one page, named by what they hold. */
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { root } from "./place.js";

/** Where `serve` finds it in a checkout and in the package. */
export const consoleFolder = join(root, "dist", "console");

const lean = (find, name) => ({ find, replacement: join(root, "scripts", name) });

/** How the pages find zod: without what they never use of it. */
export const leanZod = [lean(/^zod$/, "lean-zod.js")];

/** And noble's hashes and points: without what signs, derives or is quick at a size of its own. */
export const leanNoble = [
  lean(/^@noble\/hashes\/sha[23]\.js$/, "lean-hashes.js"),
  lean(/^@noble\/curves\/abstract\/(?:weierstrass|edwards)\.js$/, "lean-curves.js"),
];

/** What an editor of policies looks up; bounds and patterns are checked where a draft is read. */
const looked = ["type", "properties", "items", "additionalProperties", "anyOf", "oneOf", "allOf", "$ref"].concat(
  ...["definitions", "enum", "const", "description"],
);

function pruned(schema, isMap = false) {
  if (Array.isArray(schema)) return schema.map((one) => pruned(one));
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key]) => isMap || looked.includes(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, pruned(value, !isMap && (key === "properties" || key === "definitions"))]),
  );
}

/** Data, and no script: a page asks for it when somebody writes a policy. */
const policySchema = {
  name: "policy-schema",
  generateBundle() {
    const schema = JSON.parse(readFileSync(join(root, "policies", "policy.schema.json"), "utf8"));
    this.emitFile({ type: "asset", fileName: "policy-schema.json", source: JSON.stringify(pruned(schema)) });
  },
};

/** Beside the place, then moved there whole. */
export async function buildConsole(folder = consoleFolder) {
  const { build } = await import("vite");
  const fresh = `${folder}-${String(process.pid)}`;
  try {
    await build({
      root: join(root, "src", "console"),
      base: "/console/",
      configFile: false,
      logLevel: "warn",
      plugins: [policySchema],
      resolve: { alias: [...leanZod, ...leanNoble] },
      build: {
        outDir: fresh,
        emptyOutDir: true,
        target: "es2023",
        // A preload would be inline code, and a small file in the sheet a source of its own.
        modulePreload: false,
        assetsInlineLimit: 0,
        rollupOptions: { input: join(root, "src", "console", "console.html") },
      },
    });
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
