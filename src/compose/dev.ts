/** The demo: a whole deployment on one machine, founded once, played through its public API, and left running to be tried. */
import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, resolve } from "node:path";
import { freePort, startAnvil, type Anvil } from "../adapters/anvil/process.ts";
import { findSoftHsm } from "../adapters/pkcs11/soft-token.ts";
import { connectGate } from "../adapters/socket/client.ts";
import { parse as parseChainId } from "../values/chain-id.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { cast, chainId } from "./dev/cast.ts";
import { endLeftovers, forgetProcesses, rememberProcesses, startChild, type Child } from "./dev/children.ts";
import { devFolder, type DevFolder } from "./dev/folder.ts";
import { clearHalfFounded, found, isFounded, readDemo, type Demo } from "./dev/found.ts";
import { hasWitness, writeSettings, type Ports } from "./dev/settings.ts";
import { playStory, type Ending } from "./dev/story.ts";
import { createWatch, type Watch } from "./dev/watch.ts";
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

/** Exit code: 0 played (and ended on request), 1 the story failed, 2 the machine is not ready or a person interrupted it before it was up, in one sentence. */
export async function runDev(options: DevOptions): Promise<number> {
  const folder = devFolder(resolve(options.data));
  const started: Running = { children: [], chain: undefined };
  const watch = createWatch(options.interrupted);
  let starting: Promise<unknown> = Promise.resolve();
  try {
    checkMachine(folder);
    endLeftovers(folder);
    const coming = start(folder, options, { running: started, watch });
    starting = coming;
    const up = await watch.during(coming);
    const ending = await watch.during(tell(folder, up, options));
    if (!options.once) await stayUp(folder, up, { options, watch });
    if (ending !== undefined) options.out(JSON.stringify(ending));
    return 0;
  } catch (error) {
    if (watch.interrupted()) {
      options.out("interrupted; the next start goes on from what is there");
      return 2;
    }
    return complain(options, error);
  } finally {
    // A start that was cut off ends at its next process; only then is it known what runs.
    await starting.catch(() => undefined);
    for (const child of started.children.toReversed()) await child.stop();
    await started.chain?.stop();
    forgetProcesses(folder);
  }
}

/** The story; one that cannot be played now (a freeze, a full limit) ends a `--once`, and otherwise is said, so that people can mend it. */
async function tell(folder: DevFolder, up: Up, { once, out }: DevOptions): Promise<Ending | undefined> {
  try {
    return await playStory({ folder, demo: up.demo, api: up.api, chain: up.chain, say: steps(out) });
  } catch (error) {
    if (once || !(error instanceof Fault)) throw error;
    out(`The story cannot be played now: ${error.message}. The demo stays up all the same.`);
    return undefined;
  }
}

type Running = { children: Child[]; chain: Anvil | undefined };
type Up = { readonly demo: Demo; readonly api: string; readonly chain: string };

type Starting = { readonly running: Running; readonly watch: Watch };

async function start(folder: DevFolder, { port, out }: DevOptions, { running, watch }: Starting): Promise<Up> {
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
  watch.over("local chain", running.chain.gone, "");
  const demo = first
    ? await found(folder, running.chain.url, (sentence) => {
        out(`  - ${sentence}`);
      })
    : readDemo(folder);
  writeSettings(folder, demo, ports);
  const api = `http://127.0.0.1:${String(ports.api)}`;
  const child = (name: string, args: readonly string[]): void => {
    watch.goOn();
    const one = startChild(folder, name, args);
    running.children.push(one);
    watch.over(name, one.gone, `; see ${folder.log(name)}`);
    rememberProcesses(folder, [
      process.pid,
      running.chain?.pid ?? process.pid,
      ...running.children.map(({ pid }) => pid),
    ]);
  };
  child("gate", ["gate", "--config", folder.gateConfig]);
  await answered("gate", folder, { watch, asked: () => gateAnswers(folder) });
  if (hasWitness(folder)) {
    child("witness", ["witness", "--config", folder.witnessConfig]);
    await answered("witness", folder, { watch, asked: () => listens(ports.witness) });
  }
  child("serve", ["serve", "--config", folder.serveConfig]);
  await answered("serve", folder, { watch, asked: () => isReady(api) });
  for (const { id } of cast.filter(({ group }) => group === "observers"))
    child(id, ["observe", "--config", folder.observeConfig(id)]);
  out(
    `Running: a local chain, the gate (no network, one token), two observers, a witness of the log, and the service at ${api}`,
  );
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

type Staying = { readonly options: DevOptions; readonly watch: Watch };

async function stayUp(folder: DevFolder, up: Up, { options, watch }: Staying): Promise<void> {
  for (const line of whatToTry(folder, up)) options.out(line);
  await Promise.race([options.interrupted, watch.broke]);
}

async function choosePorts(port: number): Promise<Ports> {
  if (port === 0) return { api: await freePort(), chain: await freePort(), witness: await freePort() };
  for (const one of [port, port + 1]) await requireFree(one);
  return { api: port, chain: port + 1, witness: await freePort() };
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
  // The path of a Unix socket has 107 bytes at most (sun_path), with its end.
  if (Buffer.byteLength(folder.socket) > 103)
    throw unready(
      "dev.long-path",
      `the path ${folder.root} is too long for a socket; choose a shorter one with --data`,
    );
  if (findSoftHsm() === undefined)
    throw unready(
      "dev.no-softhsm",
      "SoftHSM is not installed (Debian: `apt install softhsm2`, macOS: `brew install softhsm`)",
    );
  makeFolder(folder.root);
  const { bavail, bsize } = statfsSync(folder.root);
  if (bavail * bsize < leastBytes)
    throw unready("dev.disk-full", `there is no disk space for ${folder.root}: the demo needs 300 MiB`);
}

/** One folder after the other: a recursive make does not end where the system lies about what is missing. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    throw unready("dev.no-folder", `the data folder ${path} cannot be made; choose another with --data`);
  }
}

function unready(code: string, sentence: string): Fault {
  return new Fault(code, sentence, "never");
}

type Asking = { readonly watch: Watch; readonly asked: () => Promise<boolean> };

async function answered(name: string, folder: DevFolder, { watch, asked }: Asking): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    watch.goOn();
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

async function listens(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${String(port)}/`);
    return true;
  } catch {
    return false;
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
  "pkcs11.softhsm-missing",
  ...["port-in-use", "not-ready", "no-folder", "not-ours", "long-path", "no-softhsm", "disk-full", "running"].map(
    (code) => `dev.${code}`,
  ),
]);

function complain({ out }: DevOptions, error: unknown): number {
  if (!(error instanceof Fault || error instanceof InvalidValue)) throw error;
  out(error.message);
  return error instanceof Fault && machineCodes.has(error.code) ? 2 : 1;
}
