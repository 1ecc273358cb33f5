/** The SDK in a real browser: bundled without a module of Node, it submits, approves with a wallet, and verifies receipts and the bundle by itself. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { privateKeyToAccount } from "viem/accounts";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { publicPart } from "../../src/adapters/credential/credential.ts";
import type * as sdk from "../../src/compose/sdk.ts";
import type { Credential } from "../../src/roster/roster.ts";
import { readStatement } from "../../src/statement/read.ts";
import { verifyStatement } from "../../src/statement/verify.ts";
import { fromBytes } from "../../src/values/hex.ts";
import * as name from "../../src/values/name.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openChromium } from "../place/chromium.ts";
import { bringEvidence } from "../place/gate.ts";
import { treasury } from "../place/gold.ts";
import { credentialOf, testSecret } from "../place/people.ts";
import { noNode } from "./no-node.ts";
import { root } from "./package.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-sdk-"));
let browser: Browser;
let place: ServicePlace;
let script: string;

beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [noNode],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2023",
      lib: {
        entry: join(root, "src", "compose", "sdk.ts"),
        name: "countersign",
        formats: ["es", "iife"],
        fileName: (format) => `sdk.${format}.js`,
      },
    },
  });
  script = readFileSync(join(folder, "sdk.es.js"), "utf8");
  [browser, place] = await Promise.all([openChromium(), openService()]);
  await bringEvidence(place.serve.gatePlace);
});

afterAll(async () => {
  await browser.close();
  await place.close();
  rmSync(folder, { recursive: true, force: true });
});

type Loaded = { readonly countersign: typeof sdk };

/** An empty page of this origin with the SDK beside it. */
async function openPage(origin: string): Promise<Page> {
  const page = await browser.newPage();
  await page.route(`${origin}/page`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(`${origin}/page`);
  await page.addScriptTag({ path: join(folder, "sdk.iife.js") });
  return page;
}

test("is one file that imports nothing and fits a page", () => {
  expect(script).not.toMatch(/\bimport\s*(["'({*]|[\w$]+\s+from\b)/);
  expect(script).not.toMatch(/["']node:/);
  expect(gzipSync(script).length).toBeLessThan(220 * 1024);
});

/** What the page is told; everything else it finds out and checks. */
function given(): { api: string; genesis: string; pinned: string; now: number; treasury: string; account: string } {
  const { deployment, now } = place.serve.gatePlace;
  const { deploymentId, key } = deployment;
  const genesis = readFileSync(place.genesis, "utf8");
  return { api: place.api, genesis, pinned: deploymentId, now, treasury, account: key.account };
}

test("an issuer's key and a custodian's wallet carry a mint from a page to a bundle that the page verifies", async () => {
  const page = await openPage(place.api);
  const wallet = privateKeyToAccount(testSecret("carla"));
  await page.exposeFunction("askWallet", (_: string, params: string[]) =>
    wallet.signTypedData(JSON.parse(params[1]!) as Parameters<typeof wallet.signTypedData>[0]),
  );
  const people = {
    ida: publicPart(credentialOf("ida")) as Extract<Credential, { kind: "key" }>,
    carla: publicPart(credentialOf("carla")) as Extract<Credential, { kind: "wallet" }>,
    secret: testSecret("ida"),
  };
  const said = await page.evaluate(
    async ({ api, genesis, pinned, now, treasury, account, ida, carla, secret }) => {
      const { deployment, submissionMessage, approvalMessage, checkDocuments } = (globalThis as unknown as Loaded)
        .countersign;
      const here = deployment(genesis, pinned);
      const hex = `302e020100300506032b657004220420${secret.slice(2)}`;
      const pkcs8 = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
      const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
      const issuer = here.client({
        baseUrl: api,
        signer: here.key(
          ida,
          async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, Uint8Array.from(bytes))),
        ),
      });
      const requestId = `0x${"5d".repeat(32)}`;
      const wish = {
        ...{ operation: "mint", asset: "GLD", chainId: 31_337, account, to: treasury, amount: "100" },
        ...{ reference: "DEPOSIT-1", feeCeiling: "0.02", notBefore: now, expiresAt: now + 86_400 },
      };
      const submitted = await issuer.say("Submission", submissionMessage(wish, { requestId, decimals: 18 }));
      const { askWallet } = globalThis as unknown as {
        askWallet: (method: string, params: unknown) => Promise<unknown>;
      };
      const custodian = here.client({
        baseUrl: api,
        signer: here.wallet(carla, { request: ({ method, params }) => askWallet(method, params) }),
      });
      const view = await custodian.watch(requestId as never, () => true);
      const documents = checkDocuments(await custodian.policies(), await custodian.roster(), here.standing);
      const approved = await custodian.say(
        "Approval",
        approvalMessage(view, {
          ...{ policies: [...documents.policies.values()], roster: documents.roster, decision: "approve" },
          ...{ reason: "seen in the vault", expiresAt: now + 3_600, approvalId: `0x${"a1".repeat(32)}` },
        }),
      );
      return { submitted, approved, words: view.words };
    },
    { ...given(), ...people },
  );
  expect(said.words).toContain("mint 100 GLD to 0x");
  expect(said.submitted).toMatchObject({ kind: "delivered", repeated: false });
  expect(said.approved).toMatchObject({ kind: "delivered", repeated: false });

  const id = `0x${"5d".repeat(32)}`;
  expect((await place.as("chris", ["request", "approve", id, "--yes"])).code).toBe(0);
  await place.serve.settle();
  const file = place.at("bundle.json");
  await place.answer("ida", ["bundle", "fetch", id, "--out", file]);
  const text = readFileSync(file, "utf8");
  const altered = text.replace("seen in the vault", "seen in the cellar");
  expect(altered).not.toBe(text);
  const verdicts = await page.evaluate(
    ({ genesis, pinned, texts }) => {
      const { deployment } = (globalThis as unknown as Loaded).countersign;
      return texts.map((one) => deployment(genesis, pinned).verifyBundle(one).kind);
    },
    { ...given(), texts: [text, altered] },
  );
  expect(verdicts).toEqual(["verified", "wrong"]);
});

test("a passkey of the browser signs a statement that the gate's own checks accept", async () => {
  const origin = place.api.replace("127.0.0.1", "localhost");
  const page = await openPage(origin);
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const passkey = {
    kind: "passkey",
    id: name.parse("carla-phone"),
    publicKey: fromBytes(Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")])),
    credentialId: "0x0102",
    rpId: "localhost",
    origin,
  } as const satisfies Credential;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    isUserVerified: true,
    hasUserVerification: true,
  } as const;
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  await devtools.send("WebAuthn.addCredential", {
    authenticatorId,
    credential: {
      credentialId: Buffer.from([1, 2]).toString("base64"),
      isResidentCredential: false,
      rpId: "localhost",
      privateKey: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
      signCount: 0,
    },
  });
  const envelope = await page.evaluate(
    async ({ genesis, pinned, credential }) => {
      const { deployment, freezeMessage } = (globalThis as unknown as Loaded).countersign;
      const { credentials } = (globalThis as unknown as { navigator: { credentials: { get: never } } }).navigator;
      const signer = deployment(genesis, pinned).passkey(credential, (asked) =>
        (credentials as { get: (asked: unknown) => never }).get(asked),
      );
      const frozen = freezeMessage({ scope: "asset", target: "GLD" }, "a key is lost", `0x${"f".repeat(64)}`);
      return signer.sign("Freeze", frozen);
    },
    { ...given(), credential: passkey },
  );
  const { deploymentId } = place.serve.gatePlace.deployment;
  const statement = readStatement(envelope);
  expect(verifyStatement({ deploymentId, statement, credential: passkey, checks: nativeChecks() })).toEqual({
    kind: "valid",
  });
});
