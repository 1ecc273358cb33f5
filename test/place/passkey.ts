/** A passkey for tests: kept in memory, in the roster as any other, asked by a fake container or by a browser's own authenticator. */
import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import type { CDPSession, Page } from "playwright-core";
import { nobleChecks } from "../../src/adapters/crypto-noble/checks.ts";
import type { Credential } from "../../src/roster/roster.ts";
import { passkeySigner, type PasskeyAsk } from "../../src/sdk/passkey-signer.ts";
import type { Signer } from "../../src/sdk/signer.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { fromBytes } from "../../src/values/hex.ts";
import { parse as parseName } from "../../src/values/name.ts";

export type TestPasskey = {
  readonly credential: Extract<Credential, { kind: "passkey" }>;
  /** PKCS#8, DER. */
  readonly privateKey: Buffer;
};

export function makePasskey(id: string, origin: string): TestPasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return {
    credential: {
      kind: "passkey",
      id: parseName(id),
      publicKey: fromBytes(point),
      credentialId: "0x0102",
      rpId: new URL(origin).hostname,
      origin,
    },
    privateKey: privateKey.export({ format: "der", type: "pkcs8" }),
  };
}

/** Signs without a browser, as its person at the passkey's own origin would. */
export function signerOf({ credential, privateKey }: TestPasskey, deploymentId: Bytes32): Signer {
  const key = createPrivateKey({ key: privateKey, format: "der", type: "pkcs8" });
  const ask: PasskeyAsk = ({ publicKey }) => {
    const challenge = Buffer.from(publicKey.challenge).toString("base64url");
    const { origin, rpId } = credential;
    const clientData = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false }));
    const head = Buffer.concat([createHash("sha256").update(rpId).digest(), Buffer.from([5, 0, 0, 0, 0])]);
    const signed = Buffer.concat([head, createHash("sha256").update(clientData).digest()]);
    const buffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
    return Promise.resolve({
      response: {
        authenticatorData: buffer(head),
        clientDataJSON: buffer(clientData),
        signature: buffer(sign("sha256", signed, key)),
      },
    });
  };
  return passkeySigner({ credential, deploymentId, checks: nobleChecks }, ask);
}

/** An authenticator of the page, with a person who is always there and verified. */
export async function bringAuthenticator(page: Page): Promise<{ devtools: CDPSession; authenticatorId: string }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", isUserVerified: true, hasUserVerification: true },
  });
  return { devtools, authenticatorId };
}

/** The same passkey in the page's own authenticator. */
export async function bringPasskey(page: Page, { credential, privateKey }: TestPasskey): Promise<void> {
  const { devtools, authenticatorId } = await bringAuthenticator(page);
  await devtools.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: {
      credentialId: Buffer.from(credential.credentialId.slice(2), "hex").toString("base64"),
      isResidentCredential: false,
      rpId: credential.rpId,
      privateKey: privateKey.toString("base64"),
      signCount: 0,
    },
  });
}
