/** The browser's credential container, asked for one assertion, or to make a passkey of this page's own address. */
import type { MadePasskey } from "../sdk/enrolment.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Assertion, AssertionOptions, PasskeyAsk } from "../sdk/passkey-signer.ts";

/** Rejects as the browser does. */
export const askPasskey: PasskeyAsk = async ({ publicKey }: AssertionOptions): Promise<Assertion | null> => {
  const { challenge, allowCredentials, ...rest } = publicKey;
  const found = await navigator.credentials.get({
    publicKey: {
      ...rest,
      challenge: Uint8Array.from(challenge),
      allowCredentials: allowCredentials.map(({ type, id }) => ({ type, id: Uint8Array.from(id) })),
    },
  });
  if (!(found instanceof PublicKeyCredential)) return null;
  const { response } = found;
  if (!(response instanceof AuthenticatorAssertionResponse)) return null;
  const { authenticatorData, clientDataJSON, signature } = response;
  return { response: { authenticatorData, clientDataJSON, signature } };
};

/** ECDSA over P-256 with SHA-256. */
const algorithm = -7;

/** Throws `InvalidValue` `client.declined` where none was made. */
export async function makePasskey(name: string): Promise<MadePasskey> {
  const random = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(32));
  const made = await navigator.credentials
    .create({
      publicKey: {
        rp: { id: location.hostname, name: "Countersign" },
        user: { id: random(), name, displayName: name },
        challenge: random(),
        pubKeyCredParams: [{ type: "public-key", alg: algorithm }],
        authenticatorSelection: { userVerification: "required" },
      },
    })
    .catch(() => null);
  const response = made instanceof PublicKeyCredential ? made.response : undefined;
  const publicKey = response instanceof AuthenticatorAttestationResponse ? response.getPublicKey() : null;
  if (!(made instanceof PublicKeyCredential) || publicKey === null)
    throw new InvalidValue(
      "client.declined",
      "no passkey was made: your device did not make one that asks who you are",
    );
  return {
    credentialId: new Uint8Array(made.rawId),
    publicKey: new Uint8Array(publicKey),
    origin: location.origin,
  };
}
