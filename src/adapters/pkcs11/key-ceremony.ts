/** What a person does with a token at the command line: make a key, list what is there. Never called by the gate. */
import { createHash, randomBytes } from "node:crypto";
import { fromPublicKey, type Address } from "../../values/address.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parse as parseHex, toBytes, type Hex } from "../../values/hex.ts";
import { decodeInventory, decodeKeygen, encodeJson, type TokenObject } from "./agent-message.ts";
import { startAgent, type Agent } from "./agent-process.ts";
import type { AgentMode } from "./agent-orders.ts";
import { keyProofText } from "./key-proof.ts";
import type { Attributes } from "./key-template.ts";
import { loadRecovery } from "./recovery.ts";
import { settle } from "./signature.ts";
import type { TokenConfig } from "./token-config.ts";

export type CreatedKey = {
  /** CKA_ID, lower-case hex of 16 random bytes. */
  readonly id: string;
  readonly label: string;
  /** 65 bytes, 0x04… */
  readonly publicKey: Hex;
  readonly address: Address;
  /** Read back from the token: its own claim, not an attestation. */
  readonly attributes: Attributes;
};

/**
 * Makes a signing key on the token in a process of its own, with the strict template. It resolves once the attributes were read back as
 * demanded and the key has signed a text that contains its own public key. Throws a TokenFailure, or a Fault for a signature that is wrong.
 */
export async function createKey(ask: { readonly config: TokenConfig; readonly label: string }): Promise<CreatedKey> {
  const { config, label } = ask;
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/.test(label))
    throw new InvalidValue("pkcs11.label", `\`${label}\` is not a plain label of at most 64 characters`);
  const id = randomBytes(16).toString("hex");
  return withAgent(config, "keygen", async (agent) => {
    const made = decodeKeygen(await agent.ask("keygen", encodeJson({ id, label })));
    const publicKey = parseHex(made.publicKey, 65);
    const digest = createHash("sha256").update(keyProofText(label, publicKey)).digest();
    settle(Buffer.from(made.proof, "hex"), new Uint8Array(digest), toBytes(publicKey), loadRecovery().recover);
    return { id, label, publicKey, address: fromPublicKey(publicKey), attributes: made.attributes };
  });
}

/** Every private key of the token with what it says of itself, and what differs from what we make or expect. */
export async function listKeys(config: TokenConfig): Promise<readonly TokenObject[]> {
  return withAgent(config, "keygen", async (agent) => decodeInventory(await agent.ask("inventory", new Uint8Array())));
}

async function withAgent<T>(config: TokenConfig, mode: AgentMode, act: (agent: Agent) => Promise<T>): Promise<T> {
  const agent = startAgent(config, mode);
  try {
    await agent.ready;
    return await act(agent);
  } finally {
    agent.kill();
    await agent.gone;
  }
}
