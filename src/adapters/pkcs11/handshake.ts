/** How two ends of a socket that hold the same key show it to each other, and what key their frames get: one for each connection. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { TokenConfig } from "./token-config.ts";
import { numberedKeys } from "./token-config.ts";

/** gate → agent: 32 random bytes. agent → gate: 32 random bytes and the agent's mark. gate → agent: the gate's mark. */
export const nonceBytes = 32;
export const markBytes = 32;

export type Meeting = {
  readonly secret: Uint8Array;
  readonly gateNonce: Uint8Array;
  readonly agentNonce: Uint8Array;
  /** `about(config)`: ends that number other keys do not understand each other. */
  readonly about: Uint8Array;
};

/** The keys in their numbers, as frames name them. */
export function about(config: TokenConfig): Uint8Array {
  const keys = numberedKeys(config).map(({ id, label, publicKey }) => [id, label, publicKey]);
  return new Uint8Array(createHash("sha256").update(JSON.stringify(keys)).digest());
}

/** The words before the nonces keep the marks of both ends and the frames' key apart, so that nothing can be played back. */
const words = {
  agent: "countersign agent: the agent's mark",
  gate: "countersign agent: the gate's mark",
  frames: "countersign agent: the key of frames",
} as const;

export function derive(what: keyof typeof words, { secret, gateNonce, agentNonce, about: keys }: Meeting): Uint8Array {
  const hmac = createHmac("sha256", secret).update(words[what]).update(gateNonce).update(agentNonce).update(keys);
  return new Uint8Array(hmac.digest());
}

export function isMark(given: Uint8Array, end: "agent" | "gate", meeting: Meeting): boolean {
  return given.length === markBytes && timingSafeEqual(given, derive(end, meeting));
}
