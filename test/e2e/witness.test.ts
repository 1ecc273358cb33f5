/** The witness as a process of its own: founded by its command, killed between look, memory and answer, and attacked in between. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { witnessFaultPoints } from "../../src/flow/witness/fault-points.ts";
import { originOf, parse as parseCheckpoint } from "../../src/log/checkpoint.ts";
import { goldDeployment } from "../place/gold.ts";
import { noteSigner, postAsk, wordLog, type WordLog } from "../place/witness.ts";
import { eventually } from "../place/deployment.ts";

const program = fileURLToPath(new URL("../place/process-main.ts", import.meta.url));
const command = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const name = "witness.example/w1";

let home = "";
let folder = "";
let log: WordLog;
let fork: WordLog;

/** What a command prints, and how it ended. */
async function run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, said };
}

type Process = {
  readonly url: string;
  readonly child: ChildProcess;
  readonly gone: Promise<string | null>;
  readonly said: () => string;
};

const running: Process[] = [];

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Process> {
  const child = spawn(process.execPath, [program, "witness", join(folder, "witness.yaml")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gone = new Promise<string | null>((resolve) =>
    child.once("exit", (_, signal) => {
      resolve(signal);
    }),
  );
  let over = false;
  void gone.then(() => (over = true));
  await eventually("the witness says where it listens", () => over || /http:\S+/.test(said));
  const one = { url: /http:\S+/.exec(said)?.[0] ?? "", child, gone, said: () => said };
  running.push(one);
  return one;
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "cs-witness-"));
  const made = await run("witness", "key", join(home, "witness.key"), "--name", name, "--json");
  expect(made.code).toBe(0);
  const { publicKey } = JSON.parse(made.said) as { publicKey: string };
  const { file, deploymentId } = goldDeployment({ overrides: { witnesses: { min: 1, keys: [{ name, publicKey }] } } });
  writeFileSync(join(home, "genesis.json"), JSON.stringify(file));
  const signer = noteSigner(originOf(deploymentId), "log");
  const words = "one two three four five six seven eight".split(" ");
  log = wordLog(words, signer);
  fork = wordLog([...words.slice(0, 4), "another"], signer);
});
afterAll(() => {
  rmSync(home, { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(home, "one-"));
  const config = { genesis: "../genesis.json", key: "../witness.key", heads: "heads.sqlite", listen: { port: 0 } };
  writeFileSync(join(folder, "witness.yaml"), stringify(config));
});
afterEach(async () => {
  for (const { child, gone } of running.splice(0)) {
    child.kill("SIGKILL");
    await gone;
  }
});

const status = async ({ url }: Process, body: string): Promise<number> => (await postAsk(url, body)).status;

describe("the witness's process", () => {
  test("remembers over its end what it cosigned, and refuses the fork it is shown then", async () => {
    const first = await start();
    expect(await status(first, log.ask(0, 5))).toBe(200);
    expect(await status(first, fork.ask(0, 5))).toBe(409);
    first.child.kill("SIGTERM");
    expect(await first.gone).toBeNull();
    const second = await start();
    expect(await status(second, fork.ask(0, 5))).toBe(409);
    expect(await status(second, fork.ask(4, 5))).toBe(409);
    expect(await status(second, fork.ask(5, 5))).toBe(409);
    expect(second.said()).toContain("FORK: the log key signed two roots of 5 leaves");
    expect(await status(second, log.ask(5))).toBe(200);
  });

  test.each(witnessFaultPoints)("killed at %s has cosigned nothing that it does not remember", async (point) => {
    const mark = join(folder, "mark");
    const before = await start();
    expect(await status(before, log.ask(0, 4))).toBe(200);
    before.child.kill("SIGKILL");
    await before.gone;
    const dying = await start({ KILL_AT: `${point}@1`, KILL_MARK: mark });
    await expect(postAsk(dying.url, log.ask(4, 5))).rejects.toThrow();
    expect(await dying.gone).toBe("SIGKILL");
    expect(existsSync(mark)).toBe(true);
    const after = await start();
    const kept = parseCheckpoint(await (await fetch(`${after.url}/checkpoint`)).text()).checkpoint;
    // It is the log's until it stored, and nobody saw an answer; whatever it kept, the other history comes too late or goes alone.
    expect(kept.size).toBe(point === "witness:stored" ? 5 : 4);
    expect(await status(after, fork.ask(4, 5))).toBe(point === "witness:stored" ? 409 : 200);
    expect(await status(after, log.ask(kept.size, 5))).toBe(point === "witness:stored" ? 200 : 409);
  });

  test("is one process on its memory, and one of the genesis's witnesses", async () => {
    await start();
    const config = join(folder, "witness.yaml");
    const second = await run("witness", "--config", config);
    expect(second.code).toBe(2);
    expect(second.said).toContain("another process has");
    const key = join(folder, "stranger.key");
    await run("witness", "key", key, "--name", "x");
    writeFileSync(config, stringify({ genesis: "../genesis.json", key, heads: "h2", listen: { port: 0 } }));
    const stranger = await run("witness", "--config", config);
    expect(stranger.code).toBe(2);
    expect(stranger.said).toContain("the genesis names no witness with the key");
  });

  test("listens beyond this machine with TLS alone", async () => {
    const config = join(folder, "witness.yaml");
    const listen = { host: "0.0.0.0", port: 0 };
    writeFileSync(config, stringify({ genesis: "../genesis.json", key: "../witness.key", heads: "h", listen }));
    const refused = await run("witness", "--config", config);
    expect(refused.code).toBe(2);
    expect(refused.said).toContain("is not this machine alone; give TLS files");
  });
});
