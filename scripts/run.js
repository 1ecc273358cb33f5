/** One word of package.json: set-up first, then what the word means. */
import { join } from "node:path";

import { run } from "./child.js";
import { root } from "./place.js";
import { withQuickFolder } from "./quick-folder.js";
import { orSay, Impossible } from "./say.js";
import { setUp } from "./setup.js";

const node = (file, ...args) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, ...file.split("/")), ...args]);

/** Each resolves with an exit code. The heavier ones are loaded when they are meant. */
const words = {
  start: async (args) => {
    await (await import("./console.js")).buildConsole();
    return node("src/main.ts", "dev", ...args);
  },
  test: (args) => withQuickFolder(async () => (await import("./test.js")).test(args)),
  check: async () => (await import("./check.js")).check(),
  bench: (args) => node("test/bench/bench.ts", ...args),
  evidence: (args) => withQuickFolder(() => node("test/evidence/evidence.ts", ...args)),
  chaos: (args) => withQuickFolder(() => node("test/evidence/chaos-main.ts", ...args)),
  build: async () => (await import("./build.js")).build(),
};

const [word = "", ...args] = process.argv.slice(2);

process.exitCode = await orSay(async () => {
  if (!Object.hasOwn(words, word)) throw new Impossible(`\`${word}\` is none of ${Object.keys(words).join(", ")}`);
  process.chdir(root);
  await setUp(word);
  return words[word](args);
});
