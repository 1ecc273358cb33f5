/** Emits JavaScript and types to dist/, with the files that are neither copied beside them. */
import { cpSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { buildConsole } from "./console.js";
import { runQuietly } from "./child.js";
import { modules, root } from "./place.js";
import { say } from "./say.js";

/** Builds beside dist/ and moves it there whole; resolves with the exit code. Standard output stays npm pack's own. */
export async function build() {
  const fresh = join(root, `dist-${String(process.pid)}`);
  const words = [join(modules, "typescript", "bin", "tsc"), "-p", join(root, "tsconfig.build.json"), "--outDir", fresh];
  try {
    const { code, output } = await runQuietly(process.execPath, words);
    if (code !== 0) {
      process.stderr.write(output);
      return code;
    }
    for (const path of globSync("!(console)/**/*.{json,html,css,svg,sol}", { cwd: join(root, "src") })) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      cpSync(join(root, "src", path), join(fresh, path));
    }
    await buildConsole(join(fresh, "console"));
    rmSync(join(root, "dist"), { recursive: true, force: true });
    renameSync(fresh, join(root, "dist"));
    say("built dist/");
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
