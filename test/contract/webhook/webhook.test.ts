/** A webhook against real https servers: what it proves to an honest receiver, and what a hostile one gets. */
import { readFileSync } from "node:fs";
import { createServer as createPlain, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectWebhook, signatureOf, type WebhookSettings } from "../../../src/adapters/webhook/webhook.ts";
import type { Notice } from "../../../src/request/notice.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { certificate, privateKey } from "../../http/tls-files.ts";

const at = 1_800_000_000;
const secret = "a secret that both of them have known for long";
const notice: Notice = {
  key: "approval-wanted 0x01 custodians=2",
  topic: "approval-wanted",
  at: instant(at - 5),
  text: "the mint of GLD 0x01 waits for 2 more of custodians",
  people: [],
  requestId: null,
};

type Server = ReturnType<typeof createServer> | ReturnType<typeof createPlain>;
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Called = { readonly headers: IncomingHttpHeaders; readonly body: string };

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Reads the whole call, then answers as it is told. */
async function receiver(answer: RequestListener): Promise<{ port: number; calls: Called[] }> {
  const calls: Called[] = [];
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      calls.push({ headers: request.headers, body });
      answer(request, response);
    });
  });
  return { port: await listening(server), calls };
}

const ok: RequestListener = (_, response) => {
  response.writeHead(204).end();
};

function hook(
  port: number,
  change: Partial<WebhookSettings> = {},
  resolve?: (host: string) => Promise<readonly string[]>,
) {
  const settings = {
    name: "ops",
    topics: new Set(["test"] as const),
    url: new URL(`https://localhost:${String(port)}/hooks/countersign?x=1`),
    secret,
    ca: certificate,
    addresses: ["127.0.0.1"],
    ...change,
  };
  const parts = { clock: { now: () => instant(at) }, timeoutMs: 1_500 };
  return connectWebhook(settings, { ...parts, resolve: resolve ?? (() => Promise.resolve(["127.0.0.1"])) });
}

test("an honest receiver gets the notice, its key, and a signature of the moment, which the page's example verifies", async () => {
  const { port, calls } = await receiver(ok);
  expect(await hook(port).deliver(notice)).toEqual({ kind: "delivered" });
  const [call] = calls;
  expect(JSON.parse(call!.body)).toEqual(JSON.parse(JSON.stringify(notice)));
  expect(call!.headers).toMatchObject({
    host: `localhost:${String(port)}`,
    "content-type": "application/json",
    "countersign-key": notice.key,
    "countersign-topic": "approval-wanted",
    "countersign-signature": signatureOf(secret, at, call!.body),
  });
  const page = readFileSync("docs/notifications.md", "utf8");
  const [, example = ""] = /```js\n(import [^]*?)```/.exec(page) ?? [];
  const module = (await import(`data:text/javascript,${encodeURIComponent(example)}`)) as {
    isOurs: (header: string, body: string, secret: string, now: number) => boolean;
  };
  const header = call!.headers["countersign-signature"] as string;
  expect(module.isOurs(header, call!.body, secret, at + 299)).toBe(true);
  expect(module.isOurs(header, call!.body, secret, at + 301)).toBe(false);
  expect(module.isOurs(header, `${call!.body} `, secret, at)).toBe(false);
  expect(module.isOurs(header, call!.body, `${secret}.`, at)).toBe(false);
  expect(module.isOurs(header.replace(String(at), String(at + 1)), call!.body, secret, at)).toBe(false);
  expect(module.isOurs("", call!.body, secret, at)).toBe(false);
});

test("a redirect is a failure, and is not followed", async () => {
  const { port: elsewhere, calls: followed } = await receiver(ok);
  for (const status of [301, 302, 307, 308]) {
    const { port } = await receiver((_, response) => {
      response.writeHead(status, { location: `https://localhost:${String(elsewhere)}/` }).end();
    });
    expect(await hook(port).deliver(notice)).toEqual({ kind: "failed", why: `it answers ${String(status)}` });
  }
  expect(followed).toEqual([]);
});

const never: RequestListener = () => undefined;
const trickling: RequestListener = (request) => {
  request.socket.write("HTTP/1.1 2");
};

test.each([
  ["a receiver that answers never", never],
  ["one that begins its answer and goes no further", trickling],
])("%s holds nobody longer than the patience", async (_, answer) => {
  const { port } = await receiver(answer);
  const begun = performance.now();
  expect(await hook(port).deliver(notice)).toEqual({ kind: "failed", why: "it took too long" });
  expect(performance.now() - begun).toBeLessThan(6_000);
});

test("a name that never resolves holds nobody longer either", async () => {
  expect(await hook(1, {}, () => new Promise(() => undefined)).deliver(notice)).toEqual({
    kind: "failed",
    why: "it took too long",
  });
});

test("an answer without an end is taken by its status, and the rest is not read", async () => {
  const { port } = await receiver((_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write("x".repeat(65_536)), 5);
    response.on("close", () => {
      clearInterval(more);
    });
  });
  expect(await hook(port).deliver(notice)).toEqual({ kind: "delivered" });
});

test("an address that is not public is refused after the name was resolved, unless it is named, and one of two is enough", async () => {
  const { port, calls } = await receiver(ok);
  const why = "its name leads to an address that is not public, and that the configuration does not name";
  const leading =
    (...to: readonly string[]) =>
    () =>
      Promise.resolve(to);
  const refused = { kind: "failed", why };
  expect(await hook(port, { addresses: [] }).deliver(notice)).toEqual(refused);
  expect(await hook(port, {}, leading("127.0.0.1", "10.0.0.1")).deliver(notice)).toEqual(refused);
  expect(await hook(port, {}, leading("8.8.8.8", "169.254.169.254")).deliver(notice)).toEqual(refused);
  expect(
    await hook(port, { url: new URL(`https://2130706433:${String(port)}/`), addresses: [] }, (host) =>
      Promise.resolve([host]),
    ).deliver(notice),
  ).toEqual(refused);
  expect(calls).toEqual([]);
});

test("the connection goes to the address that was looked at, whatever the name leads to a moment later", async () => {
  const { port, calls } = await receiver(ok);
  let looks = 0;
  const turning = (): Promise<readonly string[]> => {
    looks += 1;
    return Promise.resolve([looks === 1 ? "127.0.0.1" : "10.0.0.1"]);
  };
  expect(await hook(port, {}, turning).deliver(notice)).toEqual({ kind: "delivered" });
  expect([looks, calls.length]).toEqual([1, 1]);
});

test("of several addresses the next one is tried when nobody is at the first, all of them looked at before", async () => {
  const { port, calls } = await receiver(ok);
  const both = hook(port, { addresses: ["127.0.0.1", "127.0.0.2"] }, () => Promise.resolve(["127.0.0.2", "127.0.0.1"]));
  expect(await both.deliver(notice)).toEqual({ kind: "delivered" });
  expect(calls).toHaveLength(1);
});

test("a certificate of nobody, or of another name, is no receiver", async () => {
  const { port, calls } = await receiver(ok);
  expect(await hook(port, { ca: undefined }).deliver(notice)).toMatchObject({ kind: "failed" });
  const other = hook(port, { url: new URL(`https://hooks.example:${String(port)}/`) });
  expect(await other.deliver(notice)).toMatchObject({ kind: "failed" });
  expect(calls).toEqual([]);
});

test("whoever speaks no TLS, or is not there, is told in a code and not in their own words", async () => {
  const plain = await listening(createPlain((_, response) => response.end("<script>")));
  const spoken = await hook(plain).deliver(notice);
  expect(spoken).toMatchObject({ kind: "failed" });
  expect(JSON.stringify(spoken)).not.toContain("script");
  expect(await hook(1).deliver(notice)).toEqual({ kind: "failed", why: "no connection (ECONNREFUSED)" });
});
