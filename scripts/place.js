/** Where things are in a checkout, and what the machine has on its PATH. */
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const tools = join(root, ".tools");
export const modules = join(root, "node_modules");

/** The full path of a program on PATH, or undefined. */
export function onPath(program) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** npm's own program, as the JavaScript file that any Node can run, or undefined. */
export function npmProgram() {
  const told = process.env.npm_execpath;
  if (told !== undefined && told.endsWith("npm-cli.js") && existsSync(told)) return told;
  const found = onPath("npm");
  if (found === undefined) return undefined;
  const real = realpathSync(found);
  const near = [
    real,
    join(dirname(real), "npm-cli.js"),
    join(dirname(dirname(real)), "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  return near.find((path) => path.endsWith("npm-cli.js") && existsSync(path));
}

/** Settings of npm that say how to reach packages; those of the command that called us are not ours to inherit. */
const reach = /^npm_config_.*(registry|userconfig|globalconfig|cache|proxy|cafile|strict_ssl|offline|auth)/i;

/** The environment for an npm of our own, with `settings` on top. */
export function npmEnvironment(settings = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || reach.test(name));
  return {
    ...Object.fromEntries(kept),
    npm_config_loglevel: "error",
    npm_config_update_notifier: "false",
    ...settings,
  };
}
