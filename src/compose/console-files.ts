/** The built console of this very copy, read whole; nothing is looked up on disk when somebody asks. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { ConsoleFile } from "../http/console-files.ts";
import { sha256 } from "../values/digest.ts";
import { Fault } from "../values/errors.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** In a checkout and in the package alike, since `src` and `dist` lie beside one another. */
const built = fileURLToPath(new URL("../../dist/console", import.meta.url));

/** Empty where it was never built. Throws `Fault` `console.unknown-file` for one that no page asks for, `console.altered` for one that is another when it is compressed. */
export function consoleFiles(folder = built): readonly ConsoleFile[] {
  return globSync("**/*.*", { cwd: folder })
    .filter((path) => !path.endsWith(gz))
    .sort()
    .map((path) => {
      const type = types[extname(path)];
      if (type === undefined) throw new Fault("console.unknown-file", `\`${path}\` is no file of the console`, "never");
      const bytes = readFileSync(join(folder, path));
      const served = path.replaceAll("\\", "/");
      const compressed = compressedBeside(join(folder, path), bytes);
      return { path: served === "console.html" ? "" : served, type, bytes, compressed, sha256: sha256(bytes) };
    });
}

const gz = ".gz";

function compressedBeside(file: string, bytes: Uint8Array): Uint8Array | undefined {
  if (!existsSync(file + gz)) return undefined;
  const compressed = readFileSync(file + gz);
  if (!gunzipSync(compressed).equals(bytes))
    throw new Fault("console.altered", `\`${file}${gz}\` holds something else than the file beside it`, "never");
  return compressed;
}
