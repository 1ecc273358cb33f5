/** A local chain as a child process: started on a port of its own, kept in a state file, stopped by its pid. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { ChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { call } from "./endpoint.ts";

/**
 * `steady`: a block for every transaction at once, and one a second besides, so that time and finality move while nobody acts.
 * `instant`: a block for every transaction only.
 */
export type Mining = "steady" | "instant";

export type AnvilOptions = {
  readonly chainId: ChainId;
  /** On 127.0.0.1; `freePort` finds one. */
  readonly port: number;
  readonly mining: Mining;
  /** Read at the start when it exists, rewritten every second and at the end. */
  readonly stateFile?: string;
  /** Where the program is; without it, the one npm installed beside this package. */
  readonly program?: string;
  readonly startTimeoutMs?: number;
};

export type Anvil = {
  readonly url: string;
  readonly pid: number;
  readonly healthy: () => Promise<boolean>;
  /** Resolves when the process is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Resolves when the state file is written and the process is gone; killed after five seconds. */
  readonly stop: () => Promise<void>;
};

/**
 * Resolves when the chain answers. Throws `Fault` `anvil.not-installed`, `anvil.port-in-use`, `anvil.state-broken` or
 * `anvil.not-started`; then no process is left behind.
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const program = options.program ?? installedProgram();
  if (options.stateFile !== undefined) prepareState(options.stateFile);
  await requireFree(options.port);
  const child = spawn(program, argumentsOf(options), { stdio: ["ignore", "ignore", "pipe"] });
  const said = lastWords(child);
  const ended = ending(child);
  const url = `http://127.0.0.1:${options.port}`;
  const failure = await Promise.race([ended.then(() => "ended"), firstAnswer(url, options)]);
  if (failure === undefined && child.pid !== undefined) {
    return {
      url,
      pid: child.pid,
      gone: ended,
      healthy: () => answers(url, options.chainId),
      stop: () => stop(child, ended),
    };
  }
  await stop(child, ended);
  if (child.pid === undefined) throw notInstalled(program);
  throw new Fault("anvil.not-started", `the local chain did not start (${failure ?? "no process"})${said()}`, "safe");
}

/** A port of 127.0.0.1 that nobody used a moment ago. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

function argumentsOf({ chainId, port, mining, stateFile }: AnvilOptions): string[] {
  const mines = mining === "steady" ? ["--block-time", "1", "--mixed-mining"] : [];
  const state = stateFile === undefined ? [] : ["--state", stateFile, "--state-interval", "1"];
  // No accounts with known keys: whoever signs on this chain holds a key of their own.
  const fixed = ["--silent", "--host", "127.0.0.1", "--accounts", "0", "--slots-in-an-epoch", "1"];
  return [...fixed, "--port", String(port), "--chain-id", String(chainId), ...mines, ...state];
}

/** The platform's own binary: the wrapper script in `.bin` would be a second process that a kill leaves behind. */
function installedProgram(): string {
  const platform = { x64: "amd64", arm64: "arm64" }[process.arch as string];
  const name = `@foundry-rs/anvil-${process.platform}-${platform ?? process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("@foundry-rs/anvil/package.json");
    const folder = dirname(createRequire(wrapper).resolve(`${name}/package.json`));
    return join(folder, "bin", process.platform === "win32" ? "anvil.exe" : "anvil");
  } catch (cause) {
    throw notInstalled(name, cause);
  }
}

function notInstalled(what: string, cause?: unknown): Fault {
  const words = `the local chain is not installed: \`${what}\` is missing; \`npm install --include=optional @foundry-rs/anvil\` brings it`;
  return new Fault("anvil.not-installed", words, "never", cause);
}

/** A state cut off in the middle of a write would be taken for a new chain, or for nothing at all. */
function prepareState(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return;
  }
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new Fault(
      "anvil.state-broken",
      `the local chain's state in \`${file}\` is damaged; begin again in a new data folder`,
      "never",
      cause,
    );
  }
}

async function requireFree(port: number): Promise<void> {
  try {
    await listenOnce(port);
  } catch (cause) {
    throw new Fault(
      "anvil.port-in-use",
      `port ${port} is in use; free it or name another for the local chain`,
      "safe",
      cause,
    );
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const bound = server.address();
      server.close(() => {
        resolve(typeof bound === "object" && bound !== null ? bound.port : port);
      });
    });
  });
}

function ending(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => {
      resolve();
    });
    child.once("error", () => {
      resolve();
    });
  });
}

/** What the process wrote to its error stream, for the message of a failed start; bounded. */
function lastWords(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (part: Buffer) => {
    text = (text + part.toString("utf8")).slice(-500);
  });
  return () => (text.trim() === "" ? "" : `: ${text.trim().replace(/\s+/g, " ")}`);
}

async function answers(url: string, chainId: ChainId): Promise<boolean> {
  try {
    const answer = await call(url, "eth_chainId", [], 2_000);
    return answer.kind === "answered" && answer.result === `0x${chainId.toString(16)}`;
  } catch {
    return false;
  }
}

async function firstAnswer(url: string, options: AnvilOptions): Promise<string | undefined> {
  const until = Date.now() + (options.startTimeoutMs ?? 20_000);
  while (Date.now() < until) {
    if (await answers(url, options.chainId)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return "no answer in time";
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(force);
}
