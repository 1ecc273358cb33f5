/** Builds the pages of the console from the packages of the lockfile: one script, one sheet, one page, named by what they hold. */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { root } from "./place.js";

/** Where `serve` finds it in a checkout and in the package. */
export const consoleFolder = join(root, "dist", "console");

const lean = (find, name) => ({ find, replacement: join(root, "scripts", name) });

/** How the pages find zod: without what they never use of it. */
export const leanZod = [lean(/^zod$/, "lean-zod.js")];

/** And what is wrong with a document: shortly, for a draft is read by the service. */
export const leanWords = [lean(/^\.\/plain-issue\.ts$/, "lean-plain-issue.js")];

/** And tests that stand in a policy: as they are. */
export const leanTests = [lean(/^\.\/test-schema\.ts$/, "lean-test-schema.js")];

/** And the table of countries: half as long. */
export const leanTable = [lean(/^\.\/country-table\.ts$/, "lean-country-table.js")];

/** And noble's hashes and points: without what signs, derives or is quick at a size of its own. */
export const leanNoble = [
  lean(/^@noble\/hashes\/sha[23]\.js$/, "lean-hashes.js"),
  lean(/^@noble\/curves\/abstract\/(?:weierstrass|edwards)\.js$/, "lean-curves.js"),
];

/** Why the compiler of policies refuses one: by the code alone, for what pages compile was taken by a gate already. */
export const shortRefusals = {
  name: "short-refusals",
  transform(code, id) {
    if (!/\/src\/policy\/compile\/[a-z-]+\.ts$/.test(id)) return null;
    const sentences = refusalsIn(this.parse(code));
    const short = ([what, , sentence]) => [sentence.start, sentence.end, code.slice(what.start, what.end)];
    return { code: sentences.map(short).reduceRight(spliced, code), map: null };
  },
};

const spliced = (text, [start, end, put]) => text.slice(0, start) + put + text.slice(end);

/** The arguments of each `refusal(what, field, sentence)`, in their order; none stands in another one. */
function refusalsIn(node) {
  if (node === null || typeof node !== "object") return [];
  if (node.type === "CallExpression" && node.callee.name === "refusal") return [node.arguments];
  return Object.values(node).flatMap(refusalsIn);
}

/** The folders of `src/` in the order that was smallest of those that were tried; a folder that is not named comes first. */
const folders = [
  ...["adapters", "values", "statement", "log", "evidence", "roster", "chain", "gate", "policy", "bundle"],
  ...["genesis", "sdk", "request", "intent", "console", "compose"],
];

/**
 * Modules of one folder stand beside each other in the script: gzip looks back 32 KiB, and what is written alike lies near. In the
 * order in which modules are met it is more than 1 KiB longer.
 */
const besideEachOther = {
  name: "beside-each-other",
  transform: {
    order: "pre",
    async handler(code, id) {
      if (!id.endsWith("/src/compose/console-page.ts")) return null;
      const found = new Set();
      const open = [...code.matchAll(/from "(\.[^"]+\.ts)"/g)].map(([, name]) => join(dirname(id), name));
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        const { importedIds } = await this.load({ id: next });
        open.push(...importedIds.filter((one) => one.startsWith(join(root, "src"))));
      }
      const folderOf = (path) => folders.indexOf(relative(join(root, "src"), path).split("/")[0]);
      const imports = [...found].sort((a, b) => folderOf(a) - folderOf(b) || (a < b ? 1 : -1));
      return { code: [...imports.map((one) => `import "${one}";`), code].join("\n"), map: null };
    },
  },
};

/** Reading a property of ours does nothing; no function of ours is asked for its `prototype`. */
const terserOptions = {
  module: true,
  ecma: 2020,
  compress: { passes: 3, hoist_funs: true, pure_getters: true, unsafe_arrows: true, unsafe_methods: true },
};

/** What is written twice is shorter to gzip than what is moved into one place. */
const uglifyOptions = {
  module: true,
  toplevel: true,
  compress: { passes: 2, inline: 1, collapse_vars: false, if_return: false },
};

/** Three minifiers, one after the other: each finds what those before it leave. */
const minified = (minifySync) => ({
  name: "minified",
  async renderChunk(bundled, { fileName }) {
    const { minify: terser } = await import("terser");
    const { default: uglify } = await import("uglify-js");
    const { code: first } = minifySync(fileName, bundled, { module: true });
    const { code: second } = await terser(first, terserOptions);
    const { code, error } = uglify.minify(second, uglifyOptions);
    if (error !== undefined) throw error;
    return { code, map: null };
  },
});

/** Beside the place, then moved there whole. */
export async function buildConsole(folder = consoleFolder) {
  const { build, minifySync } = await import("vite");
  const fresh = `${folder}-${String(process.pid)}`;
  try {
    await build({
      root: join(root, "src", "console"),
      base: "/console/",
      configFile: false,
      logLevel: "warn",
      resolve: { alias: [...leanZod, ...leanWords, ...leanTests, ...leanTable, ...leanNoble] },
      plugins: [besideEachOther, shortRefusals, minified(minifySync)],
      build: {
        minify: false,
        cssMinify: true,
        outDir: fresh,
        emptyOutDir: true,
        target: "es2023",
        // A preload would be inline code, and a small file in the sheet a source of its own.
        modulePreload: false,
        assetsInlineLimit: 0,
        // Nothing of ours does anything when a property of it is read.
        rollupOptions: {
          input: join(root, "src", "console", "console.html"),
          output: { minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } } },
          treeshake: { propertyReadSideEffects: false },
          checks: { pluginTimings: false },
        },
      },
    });
    await compress(fresh);
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Once, so that it may take its time: beside each file of text what a browser gets that reads gzip. */
async function compress(folder) {
  const { gzipAsync } = await import("@gfx/zopfli");
  for (const path of globSync("**/*.{js,css}", { cwd: folder })) {
    const file = join(folder, path);
    writeFileSync(`${file}.gz`, await gzipAsync(readFileSync(file), { numiterations: 5 }));
  }
}
