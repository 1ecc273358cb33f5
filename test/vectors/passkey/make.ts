/** Makes the passkey vectors: real assertions by Chromium's virtual authenticator, driven over its debugging protocol. Run it as node test/vectors/passkey/make.ts [chromium]. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { digest } from "../../../src/statement/digest.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { messagesOf } from "../statements/messages.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

type Reply = { readonly id?: number; readonly result?: unknown; readonly error?: unknown };
type Command = (method: string, params?: object) => Promise<unknown>;

/** A page of a headless browser, as a function that sends it commands. */
async function openPage(browserPath: string, profile: string, url: string): Promise<{ command: Command; close: () => void }> {
  const browser = spawn(browserPath, [...flags, `--user-data-dir=${profile}`, url], { stdio: ["ignore", "ignore", "pipe"] });
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = "";
    browser.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /DevTools listening on (ws:\/\/\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    browser.on("exit", () => { reject(new Error(said)); });
  });
  const { host } = new URL(endpoint);
  const targets = (await (await fetch(`http://${host}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[];
  const page = targets.find((target) => target.type === "page");
  if (page === undefined) throw new Error("the browser opened no page");
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await new Promise((resolve) => { socket.addEventListener("open", resolve); });
  const waiting = new Map<number, (reply: Reply) => void>();
  socket.addEventListener("message", (event) => {
    const reply = JSON.parse(String(event.data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  let last = 0;
  const command: Command = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, (reply) => {
        if (reply.error === undefined) resolve(reply.result);
        else reject(new Error(`${method}: ${JSON.stringify(reply.error)}`));
      });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { command, close: () => { socket.close(); browser.kill(); } };
}

/** Runs an expression in the page; what it resolves to comes back as JSON. */
async function evaluate<T>(command: Command, expression: string): Promise<T> {
  const answer = (await command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true })) as {
    result: { value: T };
    exceptionDetails?: unknown;
  };
  if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
  return answer.result.value;
}

const inPage = `
  globalThis.hex = (buffer) => "0x" + [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  globalThis.bytes = (text) => Uint8Array.from(text.slice(2).match(/../g), (pair) => parseInt(pair, 16));
  globalThis.register = async () => {
    const made = await navigator.credentials.create({ publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)), rp: { id: "localhost", name: "Countersign" },
      user: { id: new Uint8Array([1]), name: "carla", displayName: "Carla" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { userVerification: "preferred" } } });
    const spki = new Uint8Array(made.response.getPublicKey());
    return { credentialId: hex(made.rawId), publicKey: hex(spki.slice(-65)) };
  };
  globalThis.assert = async (credentialId, challenge, userVerification) => {
    const got = await navigator.credentials.get({ publicKey: { challenge: bytes(challenge), rpId: "localhost", userVerification,
      allowCredentials: [{ type: "public-key", id: bytes(credentialId) }] } });
    return { authenticatorData: hex(got.response.authenticatorData), clientDataJSON: hex(got.response.clientDataJSON), signature: hex(got.response.signature) };
  };
`;

type Registered = { readonly credentialId: string; readonly publicKey: string };

const deploymentId = sha256(utf8("the deployment of the statement vectors"));
const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>vectors</title>"));
await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const origin = `http://localhost:${String((server.address() as AddressInfo).port)}`;
const profile = mkdtempSync(join(tmpdir(), "passkey-vectors-"));
const { command, close } = await openPage(process.argv[2] ?? "chromium", profile, origin);

try {
  await command("WebAuthn.enable");
  const { authenticatorId } = (await command("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  })) as { authenticatorId: string };
  while ((await evaluate<string>(command, "location.origin")) !== origin) await new Promise((resolve) => setTimeout(resolve, 50));
  await evaluate(command, `${inPage}; true`);
  const credential = await evaluate<Registered>(command, "register()");
  const other = await evaluate<Registered>(command, "register()");
  const messages = messagesOf(deploymentId);
  const assertion = async (kind: keyof typeof messages, by = credential, verification = "required"): Promise<object> => {
    const challenge = digest(deploymentId, kind, messages[kind]);
    const proof = await evaluate<object>(command, `assert(${JSON.stringify(by.credentialId)}, ${JSON.stringify(challenge)}, ${JSON.stringify(verification)})`);
    return { kind, message: messages[kind], digest: challenge, proof: { kind: "passkey", ...proof } };
  };
  const good = [await assertion("Approval"), await assertion("Freeze"), await assertion("Submission"), await assertion("Approval")];
  const otherCredential = await assertion("Approval", other);
  await command("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  const unverified = await assertion("Approval", credential, "discouraged");
  const { product } = (await command("Browser.getVersion")) as { product: string };
  const vectors = { madeWith: product, deploymentId, origin, rpId: "localhost", credential, other, good, otherCredential, unverified };
  writeFileSync(new URL("assertions.json", import.meta.url), `${JSON.stringify(vectors, undefined, 2)}\n`);
} finally {
  close();
  server.close();
  setTimeout(() => { rmSync(profile, { recursive: true, force: true, maxRetries: 5 }); }, 500);
}
