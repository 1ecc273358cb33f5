/** Signature checks and hashes as the console's pages carry them: the same adapter, over points and hashes without what only signers need. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "vite";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../../scripts/console.js";
// @ts-expect-error plain JavaScript of the build, untyped
import * as hashes from "../../../scripts/lean-hashes.js";
import type { SignatureChecks } from "../../../src/values/signature-checks.ts";

type Hash = (bytes: Uint8Array) => Uint8Array;

const root = join(import.meta.dirname, "..", "..", "..");
const { leanNoble } = builder as { readonly leanNoble: [] };

export const pagesHashes = hashes as { readonly sha256: Hash; readonly sha512: Hash; readonly keccak_256: Hash };

/** Throws when noble's own points or hashes are still in there. */
export async function pagesChecks(): Promise<SignatureChecks> {
  const folder = mkdtempSync(join(root, "node_modules", ".cache", "lean-noble-"));
  try {
    const entry = join(root, "src", "adapters", "crypto-noble", "checks.ts");
    const built = await build({
      root,
      configFile: false,
      logLevel: "error",
      resolve: { alias: leanNoble },
      build: {
        outDir: folder,
        target: "es2023",
        minify: false,
        lib: { entry, formats: ["es"], fileName: () => "checks.js" },
        rolldownOptions: {
          plugins: [
            {
              name: "no-noble",
              load: (id) => {
                if (id.includes("/@noble/")) throw new Error(`${id} is in the pages`);
              },
            },
          ],
        },
      },
    });
    if (built === undefined) throw new Error("nothing was built");
    const module = (await import(pathToFileURL(join(folder, "checks.js")).href)) as { nobleChecks: SignatureChecks };
    return module.nobleChecks;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
