/** The browser's credential container, asked for one assertion. */
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
