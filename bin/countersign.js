#!/usr/bin/env node
/** The command: in an installed package the built program, in a checkout its source under a Node that runs TypeScript. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = here("../src/main.ts");
const built = here("../dist/main.js");
const fetched = here("../.tools/node/bin/node");

const [major, minor] = process.versions.node.split(".").map(Number);
const isNew = major > 22 || (major === 22 && minor >= 18);

/** What a stranger's older Node runs too: checking a bundle must not ask for an upgrade. */
function runsAnywhere([first, second, ...rest]) {
  if (first === undefined || ["help", "--help", "-h", "--version", "-v"].includes(first)) return true;
  if (first === "bundle" && ["verify", "digest"].includes(second)) return true;
  return [second, ...rest].some((word) => word === "--help" || word === "-h");
}

function refuse(sentence) {
  process.stderr.write(`countersign: ${sentence}\n`);
  process.exit(2);
}

/** Goes on under the Node that set-up fetched, with our signals and its exit code. */
function continueUnder(program) {
  const words = ["--disable-warning=ExperimentalWarning", source, ...process.argv.slice(2)];
  const child = spawn(program, words, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
    });
  }
  child.on("error", (error) => refuse(`${program} did not start: ${error.message}`));
  child.on("close", (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
}

if (existsSync(source)) {
  if (!existsSync(here("../node_modules/zod")))
    refuse("run `npm start` or `npm test` once: it installs what this needs");
  else if (isNew) await import(source);
  else if (existsSync(fetched)) continueUnder(fetched);
  else
    refuse(
      `Node ${process.versions.node} cannot run the source; run \`npm start\` or \`npm test\` once: it fetches a newer one`,
    );
} else if (major < 20) {
  refuse(`this needs Node 20 or later, and here is ${process.versions.node}`);
} else if (isNew || runsAnywhere(process.argv.slice(2))) {
  await import(built);
} else {
  refuse(
    `\`${process.argv[2]}\` needs Node 22.18 or later, and here is ${process.versions.node}; bundle verify, bundle digest and --help run on this one`,
  );
}
