/** How long the commands take that people wait for: the story cold and warm, `check`, `test`. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { within, seconds, type Figure } from "./figure.ts";

/** Aims for two cores to themselves: what a newcomer, and whoever commits, is willing to wait. */
const storyAimMs = 20_000;
const checkAimMs = 90_000;
const testAimMs = 600_000;
/** Whatever hangs is ended; then the figure is missed anyway. */
const longestMs = 1_800_000;

type Ran = { readonly code: number | null; readonly ms: number; readonly lastLine: string; readonly output: string };

/** Runs Node on a file of this checkout, out of sight. */
function runNode(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: longestMs,
    });
    let out = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (all += text));
    child.once("close", (code) => {
      resolve({ code, ms: performance.now() - began, lastLine: out.trim().split("\n").at(-1) ?? "", output: all });
    });
  });
}

const endingSchema = z.object({ requestId: z.string(), txHash: z.string(), bundle: z.string(), genesis: z.string() });

async function story(data: string): Promise<number> {
  const { code, ms, lastLine, output } = await runNode([
    ...["src/main.ts", "dev", "--once", "--data", data, "--port", "0"],
  ]);
  if (code !== 0) throw new Error(`the story ended with ${String(code)}: ${output.slice(-500)}`);
  endingSchema.parse(JSON.parse(lastLine));
  return ms;
}

/** Set-up is done; cold founds a deployment (keys, genesis, token), warm finds it there. */
export async function measureStories(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "cs-"));
  try {
    const cold = await story(join(folder, "data"));
    const warm = await story(join(folder, "data"));
    return [
      { name: "story, cold", value: seconds(cold), reference: `warm: ${seconds(warm)}`, missed: false },
      within("story, warm", warm, storyAimMs),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const aims = { check: checkAimMs, test: testAimMs } as const;
type Word = keyof typeof aims;

const runsSchema = z.record(z.string(), z.object({ ms: z.number(), at: z.string(), passed: z.boolean() }));
const record = ".data/bench.json";

function recorded(): z.output<typeof runsSchema> {
  try {
    return runsSchema.parse(JSON.parse(readFileSync(record, "utf8")));
  } catch {
    return {};
  }
}

/** Times one command; a command that fails has no duration to be proud of. */
async function timed(word: Word): Promise<Figure> {
  const { code, ms, output } = await runNode(["scripts/run.js", word]);
  const passed = code === 0;
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(
    record,
    JSON.stringify({ ...recorded(), [word]: { ms, at: new Date().toISOString(), passed } }, null, 2),
  );
  const figure = within(`npm run ${word}`, ms, aims[word]);
  if (passed) return figure;
  const said = output.trim().split("\n").at(-1) ?? "";
  return { ...figure, reference: `it failed: ${said.slice(0, 80)}`, missed: true };
}

/** The last time it was timed here, or that it never was. */
function remembered(word: Word): Figure {
  const last = recorded()[word];
  if (last === undefined) {
    return { name: `npm run ${word}`, value: "not run; use --all", reference: "-", missed: false };
  }
  const figure = within(`npm run ${word}`, last.ms, aims[word]);
  return { ...figure, reference: `run of ${last.at}${last.passed ? "" : ", failed"}`, missed: figure.missed };
}

/** `check` is run; `test`, ten minutes, only when everything is asked for. */
export async function measureCommands(all: boolean): Promise<readonly Figure[]> {
  return [await timed("check"), all ? await timed("test") : remembered("test")];
}
