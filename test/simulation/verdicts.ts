/** Signatures that cost little, and the real checks of them, each asked once. */
import { createPrivateKey, sign as signEd25519, type KeyObject } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { digest } from "../../src/statement/digest.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Kind } from "../../src/statement/message.ts";
import { readStatement } from "../../src/statement/read.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import { testSecret, type PersonId } from "../place/people.ts";

export type Ed25519Key = { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };

/** Faster than noble, and the same bytes; the key is made once. */
export function quickKey(word: string): Ed25519Key {
  const secret = toBytes(testSecret(word));
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]);
  const key: KeyObject = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    publicKey: ed25519.getPublicKey(secret),
    sign: (message) => new Uint8Array(signEd25519(null, message, key)),
  };
}

const nameOf = (words: readonly Uint8Array[]): string =>
  words.map((bytes) => Buffer.from(bytes).toString("latin1")).join("|");

/** The verdicts of one world: a gate asks again for every decision, and an answer is a function of its arguments. */
export class Verdicts {
  readonly checks: SignatureChecks;
  readonly #ed25519 = new Map<string, boolean>();

  constructor() {
    const real = nativeChecks();
    this.checks = {
      recoverSecp256k1: once(real.recoverSecp256k1, new Map()),
      verifyEd25519: once(real.verifyEd25519, this.#ed25519),
      verifyP256: once(real.verifyP256, new Map()),
    };
  }

  /** A statement by a key; whoever made the signature knows that it holds. */
  say(by: PersonId, deploymentId: Bytes32, kind: Kind, message: Readonly<Record<string, unknown>>): Envelope {
    const key = keyOf(by);
    const unsigned = { kind, message, credential: `${by}-1`, proof: { kind: "key", signature: "0x" } };
    const { envelope } = readStatement(unsigned);
    const words = toBytes(digest(deploymentId, kind, envelope.message));
    const signature = key.sign(words);
    this.#ed25519.set(nameOf([key.publicKey, words, signature]), true);
    return { ...envelope, proof: { kind: "key", signature: fromBytes(signature) } };
  }
}

function once<T>(ask: (...words: Uint8Array[]) => T, answers: Map<string, T>): (...words: Uint8Array[]) => T {
  return (...words) => {
    const name = nameOf(words);
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = ask(...words);
    answers.set(name, answer);
    return answer;
  };
}

const keys = new Map<PersonId, Ed25519Key>();

function keyOf(by: PersonId): Ed25519Key {
  const known = keys.get(by) ?? quickKey(by);
  keys.set(by, known);
  return known;
}
