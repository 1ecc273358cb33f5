/** A signature by a key that signs nothing else, over bytes that mean nothing else: what shows that a token can sign, as no list of slots does. */
import { createHash } from "node:crypto";
import { toBytes } from "../../values/hex.ts";
import { encodeSign } from "./agent-message.ts";
import type { Agent } from "./agent-process.ts";
import type { Recovery } from "./recovery.ts";
import { settle } from "./signature.ts";
import type { TokenConfig } from "./token-config.ts";
import { TokenFailure } from "./token-failure.ts";

/** SHA-256 of a text of its own; transactions and statements are hashed with Keccak-256. */
const digest = new Uint8Array(
  createHash("sha256").update("Countersign token health\nthis signature moves nothing\n").digest(),
);

/** Resolves once the health key's signature was recovered; rejects with a TokenFailure, and ends an agent that takes too long. */
export async function proveHealth(agent: Agent, config: TokenConfig, { recover }: Recovery): Promise<void> {
  const { health, keys, limits } = config;
  if (health === undefined) return;
  const deadline = { passed: false };
  const timer = setTimeout(() => {
    deadline.passed = true;
    agent.kill();
  }, limits.signTimeoutMs);
  try {
    const raw = await agent.ask("sign", encodeSign(keys.length, digest));
    settle(raw, digest, toBytes(health.key.publicKey), recover);
  } catch (error) {
    if (error instanceof TokenFailure && error.failure.class === "busy") return;
    throw unwell(deadline.passed ? "it did not answer in time" : error);
  } finally {
    clearTimeout(timer);
  }
}

function unwell(error: unknown): TokenFailure {
  const doing = "signing with the health key";
  if (error instanceof TokenFailure) return new TokenFailure({ ...error.failure, doing });
  const why = error instanceof Error ? error.message : String(error);
  return new TokenFailure({ class: "reconnect", code: 0, name: "unwell", doing, why });
}
