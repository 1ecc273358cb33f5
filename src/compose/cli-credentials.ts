/** The caller's own credential for the command line: made, shown, and used to sign; its secret never leaves this file. */
import { loadCredential, saveCredential } from "../adapters/credential/credential-file.ts";
import { createCredential, publicPart, signStatement } from "../adapters/credential/credential.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import type { Credential } from "../roster/roster.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Kind } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Name } from "../values/name.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";

export type OwnCredential = {
  /** What the roster holds of it. */
  readonly known: Extract<Credential, { kind: "wallet" | "key" }>;
  readonly sign: (deployment: Bytes32, kind: Kind, message: Readonly<Record<string, unknown>>) => Envelope;
};

/** Makes a credential and writes it to a new file that only its owner can read; answers the public part. */
export function createOwn(kind: "wallet" | "key", id: Name, path: string): OwnCredential["known"] {
  const credential = createCredential(kind, id);
  saveCredential(path, credential);
  return publicPart(credential);
}

export function openOwn(path: string): OwnCredential {
  const credential = loadCredential(path);
  return {
    known: publicPart(credential),
    sign: (deployment, kind, message) => signStatement(credential, deployment, kind, message),
  };
}

/** The best signature checks that are installed. */
export function checksHere(): SignatureChecks {
  return nativeChecks();
}
