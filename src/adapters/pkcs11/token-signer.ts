/** Signs digests on an open token: one operation per session, buffers that outlive the call, no session survives an error. */
import type { OpenToken } from "./token-login.ts";
import { attribute, mechanism } from "./cryptoki.ts";
import { createSessionPool, type Session } from "./session-pool.ts";
import type { TokenKey } from "./token-config.ts";
import { failed, misconfigured, TokenFailure } from "./token-failure.ts";
import { findKey, read } from "./token-keys.ts";

export type TokenSigner = {
  /** The raw `r | s` of 64 bytes, as the token made it: neither checked nor low-S. Rejects with a TokenFailure. */
  readonly sign: (key: number, digest: Uint8Array) => Promise<Uint8Array>;
  readonly counts: () => {
    readonly open: number;
    readonly idle: number;
    readonly discarded: number;
    readonly signed: number;
  };
};

/** Finds every configured key first; throws when one is missing, double or not the pinned one. */
export function createTokenSigner(token: OpenToken, keys: readonly TokenKey[], sessions: number): TokenSigner {
  const pool = createSessionPool(token, sessions);
  const handles = keys.map((key) => findSigningKey(token, key));
  let signed = 0;

  async function once(key: number, digest: Uint8Array): Promise<Uint8Array> {
    const handle = handles[key];
    if (handle === undefined) throw refused(`there is no key number ${key}`);
    const session = await pool.take();
    try {
      const signature = await signWith(handle.token, session, handle.handle, digest);
      signed += 1;
      pool.giveBack(session);
      return signature;
    } catch (error) {
      pool.discard(session);
      throw failed("signing", error);
    }
  }

  async function sign(key: number, digest: Uint8Array): Promise<Uint8Array> {
    if (digest.length !== 32) throw refused(`a digest has 32 bytes, not ${digest.length}`);
    try {
      return await once(key, digest);
    } catch (error) {
      const { failure } = failed("signing", error);
      if (failure.class !== "session" && failure.class !== "relogin") throw error;
      const configured = keys[key];
      if (failure.class === "relogin" && configured !== undefined) handles[key] = findSigningKey(token, configured);
      return await once(key, digest);
    }
  }

  return { sign, counts: () => ({ ...pool.counts(), signed }) };
}

/** The token as this key needs it: with another login for each signature, or without. */
type SigningKey = { readonly handle: Buffer; readonly token: OpenToken };

function findSigningKey(token: OpenToken, key: TokenKey): SigningKey {
  const handle = findKey(token, key);
  if (read(token, handle, attribute.CKA_ALWAYS_AUTHENTICATE)?.[0] !== 1)
    return { handle, token: { ...token, loginAgain: undefined } };
  if (token.loginAgain !== undefined) return { handle, token };
  throw misconfigured(
    `looking for the key \`${key.name}\``,
    "it asks for the PIN at each signature, which the agent then has to keep; say so with `login.alwaysAuthenticate: true`",
  );
}

/** The session's own buffers go in; a copy comes out. */
export async function signWith(
  token: OpenToken,
  session: Session,
  key: Buffer,
  digest: Uint8Array,
): Promise<Uint8Array> {
  session.digest.set(digest);
  session.signature.fill(0);
  token.module.C_SignInit(session.handle, { mechanism: mechanism.ecdsa }, key);
  token.loginAgain?.(session.handle);
  const answer = await token.module.C_SignAsync(session.handle, session.digest, session.signature);
  if (answer.length !== 64) throw refused(`the token answered ${answer.length} bytes, not 64`);
  return Uint8Array.from(answer);
}

function refused(why: string): TokenFailure {
  return new TokenFailure({ class: "request", code: 0, name: "refused", doing: "signing", why });
}
