/** What people do with a token at the command line: make a key, look at one, list what is there. Never called by the gate. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { challengeText, type Ceremony, type KeyRecord } from "../../roster/key-record.ts";
import { fromPublicKey, type Address } from "../../values/address.ts";
import { parse as parseBytes32 } from "../../values/bytes32.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import { concat, fromBytes, parse as parseHex, toBytes, type Hex } from "../../values/hex.ts";
import { parse as parseLine } from "../../values/line.ts";
import { parse as parseName } from "../../values/name.ts";
import { decodeInventory, decodeKeygen, decodeProve, encodeJson, type TokenObject } from "./agent-message.ts";
import { startAgent, type Agent } from "./agent-process.ts";
import type { AgentMode } from "./agent-orders.ts";
import type { Attributes, KeyOrigin } from "./key-template.ts";
import { checkModuleFile } from "./module-file.ts";
import { loadRecovery } from "./recovery.ts";
import { settle } from "./signature.ts";
import type { TokenConfig, TokenKey } from "./token-config.ts";
import { TokenFailure } from "./token-failure.ts";

/** What the token and its key said in a ceremony; with who was there, when and for what, it is the record. */
export type Seen = Pick<KeyRecord, "token" | "module" | "selfReported" | "givenUp" | "challenge">;

export type CreatedKey = {
  /** CKA_ID, lower-case hex of 16 random bytes. */
  readonly id: string;
  readonly label: string;
  /** 65 bytes, 0x04… */
  readonly publicKey: Hex;
  readonly address: Address;
  /** Read back from the token: its own claim, not an attestation. */
  readonly attributes: Attributes;
  readonly seen: Seen;
};

/** What its agent calls a key whose name is still for the roster to give. */
const unnamed = parseName("new-key");

export type KeyAsk = {
  readonly config: TokenConfig;
  readonly label: string;
  /** `wrappable` for a key of which there will be a backup. */
  readonly origin?: Exclude<KeyOrigin, "restored">;
};

/**
 * Makes a signing key on the token in a process of its own, with the strict template. It resolves once the attributes were read back as
 * demanded and the key has signed a text that names its account. Throws a Fault.
 */
export async function createKey({ config, label, origin = "made" }: KeyAsk): Promise<CreatedKey> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/.test(label))
    throw new InvalidValue("pkcs11.label", `\`${label}\` is not a plain label of at most 64 characters`);
  const id = randomBytes(16).toString("hex");
  return withAgent(config, "keygen", async (agent) => {
    const made = decodeKeygen(await agent.ask("keygen", encodeJson({ id, label, origin })));
    const publicKey = parseHex(made.publicKey, 65);
    const seen = await prove(agent, { config, key: { name: unnamed, id, label, publicKey }, ceremony: "keygen" });
    const address = fromPublicKey(publicKey);
    return { id, label, publicKey, address, attributes: made.attributes, seen: { ...seen, givenUp: made.without } };
  });
}

/** A key of the token's file, looked at again: it is there once, and signs a text that names its account. */
export async function lookAtKey(config: TokenConfig, key: TokenKey): Promise<Seen> {
  return withAgent(config, "keygen", (agent) => prove(agent, { config, key, ceremony: "found" }));
}

/** Every private key of the token with what it says of itself, and what differs from what we make or expect. */
export async function listKeys(config: TokenConfig): Promise<readonly TokenObject[]> {
  return withAgent(config, "keygen", async (agent) => decodeInventory(await agent.ask("inventory", new Uint8Array())));
}

type Proving = { readonly config: TokenConfig; readonly key: TokenKey; readonly ceremony: Ceremony };

/** A number that was never used, signed by the key on the token and recovered here. */
export async function prove(agent: Agent, { config, key, ceremony }: Proving): Promise<Seen> {
  const nonce = parseBytes32(fromBytes(randomBytes(32)));
  const said = decodeProve(await agent.ask("prove", encodeJson({ key, ceremony, nonce })));
  const account = fromPublicKey(key.publicKey);
  const { label: tokenLabel, serial } = config.token;
  const text = challengeText({ ceremony, label: key.label, account, serial, nonce });
  const digest = createHash("sha256").update(text).digest();
  const { r, s, yParity } = settle(
    Buffer.from(said.proof, "hex"),
    new Uint8Array(digest),
    toBytes(key.publicKey),
    loadRecovery().recover,
  ).signature;
  return {
    token: {
      label: shown(tokenLabel),
      serial,
      manufacturer: shown(said.token.manufacturer),
      model: shown(said.token.model),
      firmware: shown(said.token.firmware),
    },
    module: { sha256: moduleHash(config), description: shown(said.module) },
    selfReported: { ...said.attributes },
    givenUp: [],
    challenge: { nonce, signature: fromBytes(concat(toBytes(r), toBytes(s), Uint8Array.of(27 + yParity))) },
  };
}

/** What a module prints of itself may be anything; a record takes what people can read. */
function shown(text: string): ReturnType<typeof parseLine> {
  return parseLine(
    text
      .normalize("NFC")
      .replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "")
      .trim()
      .slice(0, 100)
      .trim(),
  );
}

function moduleHash({ module }: TokenConfig): ReturnType<typeof parseBytes32> {
  const file = readFileSync(checkModuleFile(module));
  return parseBytes32(fromBytes(createHash("sha256").update(file).digest()));
}

/** Whatever the token refuses leaves as a Fault in its words: somebody sits there and reads it. */
export async function withAgent<T>(
  config: TokenConfig,
  mode: AgentMode,
  act: (agent: Agent) => Promise<T>,
): Promise<T> {
  const agent = startAgent(config, mode);
  try {
    await agent.ready;
    return await act(agent);
  } catch (error) {
    if (!(error instanceof TokenFailure)) throw error;
    const retry = error.failure.class === "config" || error.failure.class === "fatal-auth" ? "never" : "safe";
    throw new Fault("pkcs11.ceremony", error.message, retry, error);
  } finally {
    agent.kill();
    await agent.gone;
  }
}
