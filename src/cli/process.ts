/** The long-running processes: each is wired in compose, runs until it is told to end, and says what it is doing by itself. */
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { UsageError, written, type Outcome } from "./outcome.ts";

/** A process that was started: `done` settles when it ends by itself, by a fault or a bug. */
type Running = { readonly done?: Promise<unknown>; readonly stop: () => unknown };

export async function gate(given: Given, io: Io): Promise<Outcome> {
  const { startGate } = await import("../compose/gate.ts");
  const running = await startGate(given.text("config"));
  io.out(`the gate answers at ${running.socket}`);
  return untilTold({ stop: running.close });
}

export async function agent(given: Given, io: Io): Promise<Outcome> {
  const { startTokenAgent } = await import("../compose/agent.ts");
  const running = await startTokenAgent(given.text("config"), io.out);
  io.out(`the token agent waits for the gate at ${running.socket}`);
  return untilTold({ stop: running.close });
}

export async function serve(given: Given, io: Io): Promise<Outcome> {
  const { startServe } = await import("../compose/serve.ts");
  const running = await startServe(given.text("config"));
  io.out(`the service answers at ${running.url}`);
  return untilTold(running);
}

export async function observe(given: Given, io: Io): Promise<Outcome> {
  const { startObserver } = await import("../compose/observe.ts");
  const running = startObserver(given.text("config"), { say: io.out });
  io.out("the observer looks at its chains");
  return untilTold(running);
}

export async function witness(given: Given, io: Io): Promise<Outcome> {
  const { startWitness } = await import("../compose/witness.ts");
  const running = await startWitness(given.text("config"), { say: io.out });
  io.out(`the witness ${running.name} answers at ${running.url}`);
  return untilTold({ stop: running.stop });
}

/** Where the demo lives and answers unless told otherwise. */
const usualData = ".data/dev";
const usualPort = "8480";

export async function dev(given: Given, io: Io): Promise<Outcome> {
  const port = readPort(given.maybe("port") ?? usualPort);
  const data = readFolder(given.maybe("data") ?? usualData);
  const { runDev } = await import("../compose/dev.ts");
  const code = await runDev({ data, port, once: given.flag("once"), out: io.out, interrupted: interruption() });
  return written(code === 0 ? 0 : code === 1 ? 1 : 2);
}

/** The chain answers at the next one, so the last port there is cannot be the service's. */
const lastPort = 65_534;

export function readPort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > lastPort)
    throw new UsageError(`--port: \`${text}\` is no port from 0 to ${lastPort}; the chain takes the one after it`);
  return port;
}

export function readFolder(text: string): string {
  if (text.trim() === "") throw new UsageError("--data is empty: name the folder where the demo keeps its state");
  return text;
}

/** SIGTERM and Ctrl-C end a process in order; a second one ends it at once, as if we did not listen. */
export async function untilTold({ done, stop }: Running): Promise<Outcome> {
  await Promise.race([interruption(), ...(done === undefined ? [] : [done])]);
  await stop();
  await done;
  return written(0);
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => {
      resolve();
    });
    process.once("SIGINT", () => {
      resolve();
    });
  });
}
