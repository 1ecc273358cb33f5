/** Where the API listens, what it refuses to listen on, what it does with slow and broken callers, how it ends. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as tlsRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { afterAll, expect, test } from "vitest";
import { listen } from "../../src/http/listen.ts";
import { generous } from "../../src/http/rate-limit.ts";
import { certificate, privateKey } from "./tls-files.ts";
import { fakeDesk, now, post, requestId, start, submitted, tokenOf, view } from "./fake-desk.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-listen-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Everything a socket says until it ends. */
async function conversation(socket: Socket): Promise<string> {
  let said = "";
  socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
  socket.on("error", () => undefined);
  if (!socket.closed) await once(socket, "close");
  return said;
}

test("it listens on loopback, at a free port, and says where", async () => {
  const server = await start();
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
});

test.each(["0.0.0.0", "::", "192.0.2.1", "countersign.example", "127.evil.test"])(
  "it does not listen on %s without TLS or a trusted proxy",
  async (host) => {
    await expect(start(fakeDesk(), {}, { host })).rejects.toMatchObject({ code: "http.host", field: "host" });
  },
);

test("it listens beyond loopback behind a trusted proxy, and counts by the address that the proxy tells", async () => {
  const server = await start(fakeDesk(), { rates: { logins: 2 } }, { host: "0.0.0.0", trustProxy: 1 });
  const from = async (address: string): Promise<number> =>
    (
      await post(
        `http://127.0.0.1:${server.port}`,
        "/v1/sessions",
        { credential: "ida-1" },
        { "x-forwarded-for": address },
      )
    ).status;
  expect([await from("192.0.2.1"), await from("192.0.2.1"), await from("192.0.2.1")]).toEqual([201, 201, 429]);
  expect(await from("192.0.2.2")).toBe(201);
  expect(await from("6.6.6.6, 192.0.2.1")).toBe(429);
  await server.close();
});

test("without a proxy X-Forwarded-For is nobody's address", async () => {
  const server = await start(fakeDesk(), { rates: { logins: 2 } });
  const from = async (address: string): Promise<Response> =>
    post(server.url, "/v1/sessions", { credential: "ida-1" }, { "x-forwarded-for": address });
  await from("192.0.2.1");
  await from("192.0.2.2");
  const third = await from("192.0.2.3");
  expect(third.status).toBe(429);
  expect(await third.json()).toMatchObject({ code: "http.too-many-requests", status: 429 });
  expect(third.headers.get("retry-after")).not.toBeNull();
  await server.close();
});

test("calls are counted by credential, so that one member does not use up another's", async () => {
  expect(generous.calls).toBeGreaterThan(1_000);
  const server = await start(fakeDesk(), { rates: { calls: 10 } });
  const [ida, carla] = [await tokenOf(server.url, "ida"), await tokenOf(server.url, "carla")];
  const read = async (token: string): Promise<number> =>
    (await fetch(`${server.url}/v1/roster`, { headers: { authorization: `Bearer ${token}` } })).status;
  const statuses: number[] = [];
  for (let i = 0; i < 11; i += 1) statuses.push(await read(ida));
  expect(statuses.filter((status) => status === 200).length).toBe(10);
  expect(statuses.at(-1)).toBe(429);
  expect(await read(carla)).toBe(200);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
});

test("with TLS files it speaks TLS, and says by header that it always will", async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  writeFileSync(key, privateKey);
  writeFileSync(cert, certificate);
  const server = await start(fakeDesk(), {}, { host: "127.0.0.1", tls: { cert, key } });
  expect(server.url).toMatch(/^https:/);
  const status = await new Promise<number>((resolve, reject) => {
    tlsRequest(`${server.url}/healthz`, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(200);
  await server.close();
});

test("TLS files that are not there are one clear fault", async () => {
  const tls = { cert: join(folder, "none.pem"), key: join(folder, "none.key") };
  await expect(start(fakeDesk(), {}, { tls })).rejects.toMatchObject({ code: "http.tls-files" });
  writeFileSync(join(folder, "bad.pem"), "no certificate");
  const bad = { cert: join(folder, "bad.pem"), key: join(folder, "bad.pem") };
  await expect(start(fakeDesk(), {}, { tls: bad })).rejects.toMatchObject({ code: "http.tls-files" });
});

test("a port in use is one clear sentence", async () => {
  const first = await start();
  await expect(start(fakeDesk(), {}, { port: first.port })).rejects.toMatchObject({
    code: "http.port-in-use",
    message: `port ${first.port} of 127.0.0.1 is in use by another program`,
  });
  await first.close();
});

test("an application that takes too long a body is not listened for", async () => {
  const lax = express();
  lax.use((_request, response) => {
    response.status(201).end();
  });
  await expect(listen(lax, { port: 0 })).rejects.toMatchObject({ code: "http.body-limit" });
});

test("a caller who sends headers drop by drop is let go", async () => {
  const server = await start(fakeDesk(), {}, { timeouts: { headersMs: 300, requestMs: 600 } });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\nhost: a\r\n");
  const drip = setInterval(() => socket.writable && socket.write("x-a: b\r\n"), 50);
  const begun = performance.now();
  expect(await conversation(socket)).toContain("408");
  clearInterval(drip);
  expect(performance.now() - begun).toBeLessThan(5_000);
  await server.close();
});

test("a caller who sends a body drop by drop is let go, and the desk never hears of it", async () => {
  const server = await start(fakeDesk(), {}, { timeouts: { headersMs: 300, requestMs: 600 } });
  const socket = connect(server.port, "127.0.0.1");
  socket.write(
    "POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
  );
  const drip = setInterval(() => socket.writable && socket.write(" "), 50);
  expect(await conversation(socket)).toContain("408");
  clearInterval(drip);
  expect(server.desk.posted).toEqual([]);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
});

test("a hundred slow callers do not keep others waiting", async () => {
  const server = await start();
  const slow = Array.from({ length: 100 }, () => connect(server.port, "127.0.0.1"));
  for (const socket of slow) {
    socket.on("error", () => undefined);
    socket.write(
      "POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{",
    );
  }
  const begun = performance.now();
  expect((await post(server.url, "/v1/statements", { statement: submitted() })).status).toBe(201);
  expect(performance.now() - begun).toBeLessThan(2_000);
  for (const socket of slow) socket.destroy();
  await server.close();
});

test.each([
  ["no HTTP", "hello\r\n\r\n", "400"],
  ["headers that are too long", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, "431"],
  ["two lengths", "POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "400"],
  [
    "a length and pieces",
    "POST /v1/statements HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "400",
  ],
])("%s is answered as a problem that repeats nothing", async (_, text, status) => {
  const server = await start();
  const socket = connect(server.port, "127.0.0.1");
  socket.write(text);
  const said = await conversation(socket);
  expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(said).toContain("application/problem+json");
  expect(said).not.toContain("yyyy");
  expect(JSON.parse(said.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status: Number(status) });
  await server.close();
});

test("closing lets an answer under way finish, and takes no new ones", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = await start(
    fakeDesk({
      requests: async () => {
        await held;
        return [view];
      },
    }),
  );
  const headers = { authorization: `Bearer ${await tokenOf(server.url, "carla")}` };
  const answer = fetch(`${server.url}/v1/requests`, { headers });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const closed = server.close();
  await expect(fetch(`${server.url}/healthz`, { headers: { connection: "close" } })).rejects.toThrow();
  release();
  expect((await (await answer).json()) as object).toMatchObject({ requests: [{ requestId }] });
  await closed;
});

test("closing ends what would not end by itself", async () => {
  const server = await start(
    fakeDesk({ roster: () => new Promise(() => undefined) }),
    {},
    { timeouts: { graceMs: 200 } },
  );
  const headers = { authorization: `Bearer ${await tokenOf(server.url, "carla")}` };
  const stuck = fetch(`${server.url}/v1/roster`, { headers }).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const begun = performance.now();
  await server.close();
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(await stuck).toBeInstanceOf(Error);
});

test("the headers of every answer are these", async () => {
  const server = await start(fakeDesk(), { clock: { now: () => now } });
  const seen = async (path: string): Promise<Record<string, string>> => {
    const { headers } = await fetch(`${server.url}${path}`);
    const varying = ["date", "content-length", "ratelimit", "connection", "keep-alive"];
    return Object.fromEntries([...headers].filter(([name]) => !varying.includes(name)));
  };
  expect(await seen("/healthz")).toMatchInlineSnapshot(`
    {
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none';style-src 'sha256-W0VaGSF4MwNlnJfOq1hG4m+Gh5krg9TDNLrxQ2p/el0=';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      "content-type": "application/json; charset=utf-8",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    }
  `);
  expect(await seen("/docs")).toMatchInlineSnapshot(`
    {
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none';style-src 'sha256-W0VaGSF4MwNlnJfOq1hG4m+Gh5krg9TDNLrxQ2p/el0=';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      "content-type": "text/html; charset=utf-8",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    }
  `);
  expect(await seen("/v1/roster")).toMatchInlineSnapshot(`
    {
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none';style-src 'sha256-W0VaGSF4MwNlnJfOq1hG4m+Gh5krg9TDNLrxQ2p/el0=';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      "content-type": "application/problem+json; charset=utf-8",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      "ratelimit-policy": ""30000-in-1min"; q=30000; w=60; pk=:MTJjYTE3YjQ5YWYy:",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "www-authenticate": "Bearer",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    }
  `);
  expect(await seen("/nothing")).toMatchInlineSnapshot(`
    {
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none';style-src 'sha256-W0VaGSF4MwNlnJfOq1hG4m+Gh5krg9TDNLrxQ2p/el0=';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      "content-type": "application/problem+json; charset=utf-8",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-download-options": "noopen",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
      "x-xss-protection": "0",
    }
  `);
  await server.close();
});

test("the page of the description has no script, nothing from elsewhere, and the style its policy allows", async () => {
  const server = await start();
  const response = await fetch(`${server.url}/docs`);
  const page = await response.text();
  expect(page).toContain("POST /v1/statements");
  expect(page).not.toMatch(/<script|<img|<link|javascript:|\son\w+=|https?:\/\//i);
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? "";
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(style))).toString("base64");
  expect(response.headers.get("content-security-policy")).toContain(`'sha256-${hash}'`);
  await server.close();
});
