/** A passkey that signs through the browser's credential container: the challenge is the digest of the statement (Web Authentication Level 3, §5.1.4). */
import type { Credential } from "../roster/roster.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { fromBytes, toBytes, type Hex } from "../values/hex.ts";
import { prove, type Own } from "./proving.ts";
import type { Signer } from "./signer.ts";

type Passkey = Extract<Credential, { kind: "passkey" }>;

export type AssertionOptions = {
  readonly publicKey: {
    readonly challenge: Uint8Array;
    readonly rpId: string;
    readonly allowCredentials: readonly { readonly type: "public-key"; readonly id: Uint8Array }[];
    readonly userVerification: "required";
    readonly timeout: number;
  };
};

/** As `navigator.credentials.get` answers. */
export type Assertion = {
  readonly response: {
    readonly authenticatorData: ArrayBuffer;
    readonly clientDataJSON: ArrayBuffer;
    readonly signature: ArrayBuffer;
  };
};

export type PasskeyAsk = (options: AssertionOptions) => Promise<Assertion | null>;

/** A person looks for their key, and reads before they touch it. */
const patienceMs = 120_000;

/** Throws as `prove` does, and `InvalidValue` `client.declined` when there was no assertion: browsers do not tell a no from a missing key. */
export function passkeySigner(own: Own<Passkey>, ask: PasskeyAsk): Signer {
  const { credential } = own;
  return {
    credential: credential.id,
    sign: (kind, message) =>
      prove(own, kind, message, async ({ digest }) => {
        const { authenticatorData, clientDataJSON, signature } = await asserted(ask, credential, toBytes(digest));
        return {
          kind: "passkey",
          authenticatorData: hexOf(authenticatorData),
          clientDataJSON: hexOf(clientDataJSON),
          signature: hexOf(signature),
        };
      }),
  };
}

async function asserted(ask: PasskeyAsk, passkey: Passkey, challenge: Uint8Array): Promise<Assertion["response"]> {
  const { rpId, credentialId } = passkey;
  const allowCredentials = [{ type: "public-key", id: toBytes(credentialId) }] as const;
  const publicKey = { challenge, rpId, allowCredentials, userVerification: "required", timeout: patienceMs } as const;
  let answer: Assertion | null;
  try {
    answer = await ask({ publicKey });
  } catch (error) {
    if (error instanceof Error && error.name === "NotAllowedError") throw refused();
    throw new Fault(
      "client.passkey",
      `the browser could not ask the passkey: it belongs to \`${rpId}\``,
      "never",
      error,
    );
  }
  if (answer === null) throw refused();
  return answer.response;
}

function refused(): InvalidValue {
  return new InvalidValue("client.declined", "nothing was said: the passkey was not used, or is not on this machine");
}

function hexOf(buffer: ArrayBuffer): Hex {
  return fromBytes(new Uint8Array(buffer));
}
