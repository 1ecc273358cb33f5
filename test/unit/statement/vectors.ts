/** The committed vectors, and credentials that can sign for tests of this folder. */
import { readdirSync, readFileSync } from "node:fs";
import type { Credential } from "../../../src/roster/roster.ts";
import type { Envelope, Proof } from "../../../src/statement/envelope.ts";
import type { Kind } from "../../../src/statement/message.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";

export type Vector = {
  readonly kind: Kind;
  readonly type: string;
  readonly deploymentId: Bytes32;
  readonly message: Envelope["message"];
  readonly digest: Bytes32;
  readonly signed: readonly {
    readonly credential: Credential;
    readonly proof: Proof;
    readonly statementHash: Bytes32;
  }[];
};

const folder = new URL("../../vectors/statements/", import.meta.url);

export const vectors: readonly Vector[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector);

export function vectorOf(kind: Kind): Vector {
  const found = vectors.find((vector) => vector.kind === kind);
  if (found === undefined) throw new Error(`no vector of ${kind}`);
  return found;
}

/** The signed part of a vector by the kind of its credential, and the envelope it makes. */
export function signedBy(
  vector: Vector,
  kind: "wallet" | "key",
): { readonly credential: Credential; readonly envelope: Envelope } {
  const signed = vector.signed.find((one) => one.credential.kind === kind);
  if (signed === undefined) throw new Error(`no ${kind} signature of ${vector.kind}`);
  const { credential, proof } = signed;
  return { credential, envelope: { kind: vector.kind, message: vector.message, credential: credential.id, proof } };
}

export type Assertion = {
  readonly kind: Kind;
  readonly message: Envelope["message"];
  readonly digest: Bytes32;
  readonly proof: Extract<Proof, { kind: "passkey" }>;
};

type Registered = { readonly credentialId: `0x${string}`; readonly publicKey: `0x${string}` };

/** Real assertions of a browser's authenticator; see test/vectors/passkey/make.ts. */
export const passkeys = JSON.parse(
  readFileSync(new URL("../../vectors/passkey/assertions.json", import.meta.url), "utf8"),
) as {
  readonly deploymentId: Bytes32;
  readonly origin: string;
  readonly rpId: string;
  readonly credential: Registered;
  readonly other: Registered;
  readonly good: readonly Assertion[];
  readonly otherCredential: Assertion;
  readonly unverified: Assertion;
};
