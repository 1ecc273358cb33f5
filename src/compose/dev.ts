/** The demo: a whole deployment on one machine, founded once, played through its public API, and left running to be tried. */
import { mkdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { freePort, startAnvil, type Anvil } from "../adapters/anvil/process.ts";
import { findSoftHsm } from "../adapters/pkcs11/soft-token.ts";
import { connectGate } from "../adapters/socket/client.ts";
import { parse as parseChainId } from "../values/chain-id.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { cast, chainId } from "./dev/cast.ts";
import { endLeftovers, forgetProcesses, rememberProcesses, startChild, type Child } from "./dev/children.ts";
import { devFolder, type DevFolder } from "./dev/folder.ts";
import { clearHalfFounded, found, isFounded, readDemo, type Demo } from "./dev/found.ts";
import { writeSettings, type Ports } from "./dev/settings.ts";
import { playStory, type Ending } from "./dev/story.ts";
import { whatToTry } from "./dev/what-to-try.ts";

export type DevOptions = {
  readonly data: string;
  /** Of the API; the chain takes the next one. 0 takes two free ones. */
  readonly port: number;
  /** Play once and exit. */
  readonly once: boolean;
  readonly out: (line: string) => void;
  /** Resolves when the person asks the demo to end. */
  readonly interrupted: Promise<void>;
};

/** Exit code: 0 played (and ended on request), 1 the story failed, 2 the machine is not ready, in one sentence. */
export async function runDev(options: DevOptions): Promise<number> {
  const folder = devFolder(resolve(options.data));
  try {
    checkMachine(folder);
    endLeftovers(folder);
  } catch (error) {
    return complain(options, error, 2);
  }
  const started: Running = { children: [], chain: undefined };
  try {
    const up = await start(folder, options, started);
    const ending = await playStory({ folder, demo: up.demo, api: up.api, chain: up.chain, say: steps(options.out) });
    if (!options.once) await stayUp(folder, up, options, started);
    return finish(options, ending);
  } catch (error) {
    return complain(options, error, isMachine(error) ? 2 : 1);
  } finally {
    for (const child of started.children.toReversed()) await child.stop();
    await started.chain?.stop();
    forgetProcesses(folder);
  }
}

type Running = { children: Child[]; chain: Anvil | undefined };
type Up = { readonly demo: Demo; readonly api: string; readonly chain: string };

async function start(folder: DevFolder, { port, out }: DevOptions, running: Running): Promise<Up> {
  const ports = await choosePorts(port);
  const first = !isFounded(folder);
  if (first) clearHalfFounded(folder);
  out(first ? "Founding a demo deployment in a data folder of its own:" : "Resuming the demo deployment:");
  running.chain = await startAnvil({
    chainId: parseChainId(chainId),
    port: ports.chain,
    mining: "steady",
    stateFile: folder.chainState,
  });
  rememberProcesses(folder, [process.pid, running.chain.pid]);
  const demo = first
    ? await found(folder, running.chain.url, (sentence) => {
        out(`  - ${sentence}`);
      })
    : readDemo(folder);
  writeSettings(folder, demo, ports);
  const api = `http://127.0.0.1:${String(ports.api)}`;
  const child = (name: string, args: readonly string[]): void => {
    running.children.push(startChild(folder, name, args));
    rememberProcesses(folder, [
      process.pid,
      running.chain?.pid ?? process.pid,
      ...running.children.map(({ pid }) => pid),
    ]);
  };
  child("gate", ["gate", "--config", folder.gateConfig]);
  await answered("gate", folder, () => gateAnswers(folder));
  child("serve", ["serve", "--config", folder.serveConfig]);
  await answered("serve", folder, () => isReady(api));
  for (const { id } of cast.filter(({ group }) => group === "observers"))
    child(id, ["observe", "--config", folder.observeConfig(id)]);
  out(`Running: a local chain, the gate (no network, one token), two observers, and the service at ${api}`);
  return { demo, api, chain: running.chain.url };
}

/** Numbers the steps of the story. */
function steps(out: (line: string) => void): (sentence: string) => void {
  let step = 0;
  return (sentence) => {
    step += 1;
    out(`${String(step).padStart(3)}. ${sentence}`);
  };
}

async function stayUp(folder: DevFolder, up: Up, { out, interrupted }: DevOptions, running: Running): Promise<void> {
  for (const line of whatToTry(folder, up)) out(line);
  const broke = Promise.race(
    running.children.map(async (child) => {
      await child.gone;
      throw new Fault("dev.process-ended", `the ${child.name} ended by itself; see ${folder.log(child.name)}`, "never");
    }),
  );
  await Promise.race([interrupted, broke]);
}

function finish({ out }: DevOptions, ending: Ending): number {
  out(JSON.stringify(ending));
  return 0;
}

async function choosePorts(port: number): Promise<Ports> {
  if (port === 0) return { api: await freePort(), chain: await freePort() };
  for (const one of [port, port + 1]) await requireFree(one);
  return { api: port, chain: port + 1 };
}

function requireFree(port: number): Promise<void> {
  return new Promise((resolveFree, reject) => {
    const server = createServer();
    server.once("error", () => {
      reject(
        new Fault("dev.port-in-use", `port ${String(port)} is in use; free it, or choose another with --port`, "never"),
      );
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        resolveFree();
      });
    });
  });
}

const leastBytes = 300 * 1024 * 1024;

function checkMachine(folder: DevFolder): void {
  if (findSoftHsm() === undefined)
    throw new Fault(
      "dev.no-softhsm",
      "SoftHSM is not installed (Debian: `apt install softhsm2`, macOS: `brew install softhsm`)",
      "never",
    );
  try {
    mkdirSync(folder.root, { recursive: true, mode: 0o700 });
  } catch {
    throw new Fault("dev.no-folder", `the data folder ${folder.root} cannot be made`, "never");
  }
  const { bavail, bsize } = statfsSync(folder.root);
  if (bavail * bsize < leastBytes)
    throw new Fault("dev.disk-full", `there is no disk space for ${folder.root}: the demo needs 300 MiB`, "never");
  // The path of a Unix socket has 107 bytes at most (sun_path).
  if (Buffer.byteLength(folder.socket) > 107)
    throw new Fault(
      "dev.long-path",
      `the path ${folder.root} is too long for a socket; choose a shorter one with --data`,
      "never",
    );
}

async function answered(name: string, folder: DevFolder, asked: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (await asked()) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Fault("dev.not-ready", `the ${name} did not answer within 30 s; see ${folder.log(name)}`, "never");
}

async function gateAnswers(folder: DevFolder): Promise<boolean> {
  const gate = connectGate(folder.socket, { timeoutMs: 1_000 });
  try {
    return (await gate.health()).backends.every(({ ready }) => ready);
  } catch {
    return false;
  } finally {
    gate.close();
  }
}

async function isReady(api: string): Promise<boolean> {
  try {
    return (await fetch(`${api}/readyz`)).ok;
  } catch {
    return false;
  }
}

const machineCodes = new Set([
  "anvil.not-installed",
  "anvil.port-in-use",
  "anvil.state-broken",
  "dev.port-in-use",
  "dev.not-ready",
  "pkcs11.softhsm-missing",
]);

function isMachine(error: unknown): boolean {
  return error instanceof Fault && machineCodes.has(error.code);
}

function complain({ out }: DevOptions, error: unknown, code: number): number {
  if (!(error instanceof Fault || error instanceof InvalidValue)) throw error;
  out(error.message);
  return code;
}
