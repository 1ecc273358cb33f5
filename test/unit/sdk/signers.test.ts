/** Wallets, passkeys and keys as signers: what leaves is a proof that holds, and what does not hold never leaves. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { publicPart } from "../../../src/adapters/credential/credential.ts";
import type { Credential } from "../../../src/roster/roster.ts";
import { digest } from "../../../src/statement/digest.ts";
import type { Kind } from "../../../src/statement/message.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { verifyStatement } from "../../../src/statement/verify.ts";
import { keySigner } from "../../../src/sdk/key-signer.ts";
import { passkeySigner, type PasskeyAsk } from "../../../src/sdk/passkey-signer.ts";
import { typedDataText, walletSigner, type WalletProvider } from "../../../src/sdk/wallet-signer.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import * as name from "../../../src/values/name.ts";
import { checks, deployment, submission } from "../../http/fake-desk.ts";
import { credentialOf, testSecret } from "../../place/people.ts";
import { messagesOf } from "../../vectors/statements/messages.ts";

type Of<K extends Credential["kind"]> = Extract<Credential, { kind: K }>;

const own = { deploymentId: deployment, checks };
const messages = messagesOf(deployment) as Readonly<Record<Kind, Readonly<Record<string, unknown>>>>;
const carla = publicPart(credentialOf("carla")) as Of<"wallet">;
const account = privateKeyToAccount(testSecret("carla"));

/** A wallet by another library, which makes its own digest of what it is shown. */
function walletOf({ signTypedData } = account): WalletProvider & { readonly asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    request: async ({ method, params = [] }) => {
      asked.push({ method, address: params[0] });
      return signTypedData(JSON.parse(params[1] as string) as Parameters<typeof signTypedData>[0]);
    },
  };
}

describe("a wallet", () => {
  it.each(Object.keys(messages) as Kind[])("signs what the gate verifies: %s", async (kind) => {
    const wallet = walletOf();
    const envelope = await walletSigner({ ...own, credential: carla }, wallet).sign(kind, messages[kind]);
    const statement = readStatement(envelope);
    expect(verifyStatement({ ...own, statement, credential: carla })).toEqual({ kind: "valid" });
    expect(wallet.asked).toEqual([{ method: "eth_signTypedData_v4", address: account.address }]);
  });

  it("may write the parity as 0 or 1", async () => {
    const odd = walletOf({
      ...account,
      signTypedData: async (typed) => {
        const signature = await account.signTypedData(typed as Parameters<typeof account.signTypedData>[0]);
        return `${signature.slice(0, 130)}0${Number(`0x${signature.slice(130)}`) - 27}` as `0x${string}`;
      },
    });
    const envelope = await walletSigner({ ...own, credential: carla }, odd).sign("Submission", submission);
    expect(verifyStatement({ ...own, statement: readStatement(envelope), credential: carla }).kind).toBe("valid");
  });

  it("on another account says nothing", async () => {
    const other = walletOf(privateKeyToAccount(testSecret("cora")));
    await expect(
      walletSigner({ ...own, credential: carla }, other).sign("Submission", submission),
    ).rejects.toMatchObject({
      code: "statement.wallet-signature",
    });
  });

  it("is not asked for words that are no statement", async () => {
    const wallet = walletOf();
    const wrong = { ...submission, amount: "01" };
    await expect(walletSigner({ ...own, credential: carla }, wallet).sign("Submission", wrong)).rejects.toMatchObject({
      code: "statement.malformed",
      field: "message.amount",
    });
    expect(wallet.asked).toEqual([]);
  });

  it("that its owner declined is a no, and one that failed is a fault", async () => {
    const saying = (code: number): WalletProvider => ({
      request: () => Promise.reject(Object.assign(new Error("no"), { code })),
    });
    const signed = (code: number): Promise<unknown> =>
      walletSigner({ ...own, credential: carla }, saying(code)).sign("Submission", submission);
    await expect(signed(4001)).rejects.toMatchObject({ name: "InvalidValue", code: "client.declined" });
    await expect(signed(-32603)).rejects.toMatchObject({ name: "Fault", code: "client.wallet" });
  });

  it("is shown the domain and every field by name", () => {
    const shown = JSON.parse(typedDataText(deployment, { kind: "Submission", message: submission })) as {
      domain: unknown;
      primaryType: string;
      types: Record<string, { name: string }[]>;
    };
    expect(shown.domain).toEqual({ name: "Countersign", version: "1", salt: deployment });
    expect(shown.primaryType).toBe("Submission");
    expect(shown.types["Submission"]?.map((field) => field.name).sort()).toEqual(Object.keys(submission).sort());
  });
});

/** An authenticator as a browser holds it, with what a page may have it do wrong. */
function authenticator(
  privateKey: KeyObject,
  { origin, rpId, flags = 0x05 }: { origin: string; rpId: string; flags?: number },
): PasskeyAsk {
  return async ({ publicKey }) => {
    const challenge = Buffer.from(publicKey.challenge).toString("base64url");
    const clientData = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false }));
    const head = Buffer.concat([createHash("sha256").update(rpId).digest(), Buffer.from([flags, 0, 0, 0, 0])]);
    const signed = Buffer.concat([head, createHash("sha256").update(clientData).digest()]);
    const buffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;
    return {
      response: {
        authenticatorData: buffer(head),
        clientDataJSON: buffer(clientData),
        signature: buffer(sign("sha256", signed, privateKey)),
      },
    };
  };
}

describe("a passkey", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const site = { origin: "http://localhost:8481", rpId: "localhost" };
  const passkey: Of<"passkey"> = {
    kind: "passkey",
    id: name.parse("carla-phone"),
    publicKey: fromBytes(point),
    credentialId: "0x0102",
    ...site,
  };

  it("signs what the gate verifies, asked for its own credential and a verified person", async () => {
    const asked: unknown[] = [];
    const ask: PasskeyAsk = (options) => {
      asked.push(options.publicKey);
      return authenticator(privateKey, site)(options);
    };
    const envelope = await passkeySigner({ ...own, credential: passkey }, ask).sign("Approval", messages.Approval);
    expect(verifyStatement({ ...own, statement: readStatement(envelope), credential: passkey })).toEqual({
      kind: "valid",
    });
    expect(asked).toEqual([
      {
        challenge: Uint8Array.from(Buffer.from(digest(deployment, "Approval", messages.Approval).slice(2), "hex")),
        rpId: "localhost",
        allowCredentials: [{ type: "public-key", id: Uint8Array.of(1, 2) }],
        userVerification: "required",
        timeout: 120_000,
      },
    ]);
  });

  it.each([
    ["statement.passkey-origin", { ...site, origin: "https://custody.example" }],
    ["statement.passkey-authenticator", { ...site, rpId: "custody.example" }],
    ["statement.passkey-unverified-user", { ...site, flags: 0x01 }],
  ])("that answers for somebody else's page says nothing: %s", async (code, wrong) => {
    const ask = authenticator(privateKey, wrong);
    await expect(
      passkeySigner({ ...own, credential: passkey }, ask).sign("Approval", messages.Approval),
    ).rejects.toMatchObject({ code });
  });

  it("that was not used is a no, and one of another site a fault", async () => {
    const signer = (ask: PasskeyAsk): Promise<unknown> =>
      passkeySigner({ ...own, credential: passkey }, ask).sign("Approval", messages.Approval);
    const failing =
      (kind: string): PasskeyAsk =>
      () =>
        Promise.reject(Object.assign(new Error(), { name: kind }));
    await expect(signer(() => Promise.resolve(null))).rejects.toMatchObject({ code: "client.declined" });
    await expect(signer(failing("NotAllowedError"))).rejects.toMatchObject({ code: "client.declined" });
    await expect(signer(failing("SecurityError"))).rejects.toMatchObject({ name: "Fault", code: "client.passkey" });
  });
});

describe("a key", () => {
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${testSecret("some service").slice(2)}`, "hex");
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const publicKey = fromBytes(createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32));
  const key: Of<"key"> = { kind: "key", id: name.parse("service-1"), publicKey };

  it("signs the digest wherever it is kept", async () => {
    const signer = keySigner({ ...own, credential: key }, async (bytes) => sign(null, bytes, privateKey));
    const envelope = await signer.sign("Submission", submission);
    expect(verifyStatement({ ...own, statement: readStatement(envelope), credential: key })).toEqual({ kind: "valid" });
  });

  it("that signs something else says nothing", async () => {
    const signer = keySigner({ ...own, credential: key }, async (bytes) => sign(null, bytes.subarray(1), privateKey));
    await expect(signer.sign("Submission", submission)).rejects.toMatchObject({ code: "statement.key-signature" });
  });
});
