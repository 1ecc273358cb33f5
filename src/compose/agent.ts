/** The process of a token agent that is no child of the gate: it listens on a Unix socket and is the only one that reaches the HSM's network. */
import { listenForGate, type AgentListener } from "../adapters/pkcs11/agent-listener.ts";
import { readToken } from "./gate-files.ts";

/** Resolves when it listens. Throws `InvalidValue` or `Fault` with one sentence for the operator. */
export function startTokenAgent(tokenFile: string, say: (sentence: string) => void): Promise<AgentListener> {
  return listenForGate(readToken(tokenFile), say);
}
