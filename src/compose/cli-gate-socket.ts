/** The gate's socket for one command of a person who goes past the service. */
import { connectGate } from "../adapters/socket/client.ts";
import type { Gate } from "../flow/serve/gate.port.ts";

/** Connects, asks, and lets go. Throws `Fault` `gate.unreachable` when no gate answers at this path. */
export async function withGate<T>(path: string, ask: (gate: Gate) => Promise<T>): Promise<T> {
  const gate = connectGate(path, { timeoutMs: 10_000 });
  try {
    return await ask(gate);
  } finally {
    gate.close();
  }
}
