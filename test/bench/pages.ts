/** What a browser loads before anybody can read: all JavaScript of the console as it is served, compressed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
// @ts-expect-error plain JavaScript of the build, untyped
import * as builder from "../../scripts/console.js";
import { consoleFiles } from "../../src/compose/console-files.ts";
import type { Figure } from "./figure.ts";

const { buildConsole } = builder as { readonly buildConsole: (folder: string) => Promise<void> };

/** KiB of all scripts together, gzipped. */
export const mostScript = 120;

export async function measurePages(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-pages-"));
  try {
    await buildConsole(join(folder, "console"));
    const size = scriptSize(consoleFiles(join(folder, "console")));
    return [
      {
        name: "JavaScript of the console, gzipped at its best level, as what is compressed once is",
        value: `${size.toFixed(1)} KiB`,
        reference: "-",
        demand: `under ${String(mostScript)} KiB in all`,
        missed: !(size < mostScript),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In KiB. */
export function scriptSize(files: ReturnType<typeof consoleFiles>): number {
  const scripts = files.filter(({ path }) => path.endsWith(".js"));
  return scripts.reduce((sum, { bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0) / 1_024;
}
