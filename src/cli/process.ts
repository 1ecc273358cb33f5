/** The long-running processes: each is wired in compose, runs until it is told to end, and says what it is doing by itself. */
import type { Given } from "./given.ts";
import { UsageError, written, type Outcome } from "./outcome.ts";

/** A process that was started and can be ended in order. */
export type Running = { readonly close: () => Promise<void> };

export async function gate(given: Given): Promise<Outcome> {
  const { startGate } = await import("../compose/gate.ts");
  return untilTold(await startGate(given.text("config")));
}

export async function serve(given: Given): Promise<Outcome> {
  const { startServe } = await import("../compose/serve.ts");
  return untilTold(await startServe(given.text("config")));
}

export async function observe(given: Given): Promise<Outcome> {
  const { startObserver } = await import("../compose/observe.ts");
  return untilTold(await startObserver(given.text("config")));
}

export async function dev(given: Given): Promise<Outcome> {
  const data = given.maybe("data");
  const port = given.maybe("port");
  const options = {
    once: given.flag("once"),
    ...(data === undefined ? {} : { data }),
    ...(port === undefined ? {} : { port: readPort(port) }),
  };
  const { runDev } = await import("../compose/dev.ts");
  const code = await runDev(options);
  return written(code === 0 ? 0 : code === 1 ? 1 : 2);
}

export function readPort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (port < 0 || port > 65_535) throw new UsageError(`--port: \`${text}\` is no port`);
  return port;
}

/** SIGTERM and Ctrl-C end a process in order; a second one ends it at once, as if we did not listen. */
async function untilTold(running: Running): Promise<Outcome> {
  await new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  await running.close();
  return written(0);
}
