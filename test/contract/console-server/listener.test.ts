/** One's own console on loopback: its files and one service's API, and nothing for pages of other sites. */
import { createServer, request as plainRequest, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listenConsole, type ConsoleListening } from "../../../src/adapters/console-server/listener.ts";
import { utf8 } from "../../../src/values/digest.ts";

type Heard = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

let heard: Heard[];
let behind: Server;
let own: ConsoleListening;
let port: number;
let answer: (url: string) => {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};

beforeEach(async () => {
  heard = [];
  answer = () => ({ status: 200, headers: { "content-type": "application/json" }, body: "{}" });
  behind = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      heard.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      const { status, headers: given, body } = answer(url);
      response.writeHead(status, given);
      if (url === "/v1/events") response.write(body);
      else response.end(body);
    });
  });
  await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
  own = await listenConsole({
    port: 0,
    files: [
      { path: "", type: "text/html; charset=utf-8", bytes: utf8("<!doctype html>") },
      { path: "here.json", type: "application/json", bytes: utf8('{"kind":"own"}') },
    ],
    headers: { "content-security-policy": "default-src 'none'" },
    api: `http://127.0.0.1:${String((behind.address() as AddressInfo).port)}`,
  });
  port = Number(new URL(own.url).port);
});

afterEach(async () => {
  await own.close();
  behind.closeAllConnections();
  await new Promise((resolve) => behind.close(resolve));
});

type Said = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

/** As a program sends it, with whatever host and headers it likes. */
function send(path: string, headers: Record<string, string> = {}, method = "GET", body = ""): Promise<Said> {
  return new Promise((resolve, reject) => {
    const call = plainRequest(
      { host: "127.0.0.1", port, path, method, headers: { host: `localhost:${String(port)}`, ...headers } },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          });
        });
        response.on("error", reject);
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

it("serves its files with its headers, and nothing else", async () => {
  const page = await send("/console/");
  expect([page.status, page.headers["content-type"], page.body]).toEqual([
    200,
    "text/html; charset=utf-8",
    "<!doctype html>",
  ]);
  expect(page.headers["content-security-policy"]).toBe("default-src 'none'");
  expect((await send("/console/here.json")).body).toBe('{"kind":"own"}');
  expect((await send("/")).headers.location).toBe("/console/");
  for (const path of ["/console/../package.json", "/console/x", "/metrics", "/healthz", "/v2/x"])
    expect((await send(path)).status, path).toBe(404);
  expect(heard).toEqual([]);
});

it("passes the API on, with no header but those that are needed", async () => {
  answer = () => ({
    status: 201,
    headers: {
      "content-type": "application/json",
      "set-cookie": "a=b",
      "content-security-policy": "default-src *",
      "access-control-allow-origin": "*",
    },
    body: '{"a":1}',
  });
  const origin = `http://localhost:${String(port)}`;
  const given = {
    origin,
    cookie: "c=d",
    authorization: "Bearer x",
    "content-type": "application/json",
    "x-forwarded-for": "9.9.9.9",
  };
  const said = await send("/v1/statements?x=1", given, "POST", '{"b":2}');
  expect([said.status, said.body]).toEqual([201, '{"a":1}']);
  expect(said.headers["set-cookie"]).toBe(undefined);
  expect(said.headers["access-control-allow-origin"]).toBe(undefined);
  expect(said.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
  expect(said.headers["x-content-type-options"]).toBe("nosniff");
  const [call] = heard;
  expect([call?.method, call?.url, call?.body]).toEqual(["POST", "/v1/statements?x=1", '{"b":2}']);
  expect(call?.headers.authorization).toBe("Bearer x");
  for (const name of ["cookie", "origin", "x-forwarded-for"]) expect(call?.headers[name], name).toBe(undefined);
});

describe("a service that would have its own pages run here", () => {
  it.each([
    "text/html; charset=utf-8",
    "text/javascript",
    "image/svg+xml",
    "text/html, application/json",
    "application/jsonx",
    "",
  ])("is not passed on as `%s`", async (type) => {
    const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
    answer = () => ({ status: 200, headers, body: "<script src=/v1/x.js></script>" });
    const said = await send("/v1/console/");
    expect([said.status, said.headers["content-type"]]).toEqual([502, "application/problem+json"]);
    expect(said.body).not.toContain("script");
    expect(JSON.parse(said.body)).toMatchObject({ code: "console.not-data", status: 502 });
    expect(said.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
  });

  it.each(["application/json", "application/problem+json", "text/plain", "text/event-stream"])(
    "is passed on as %s, in a sandbox, and as nothing that it adds",
    async (type) => {
      answer = () => ({ status: 200, headers: { "content-type": `${type}; charset=utf-8, text/html` }, body: "x" });
      const said = await send("/v1/x.js");
      expect([said.status, said.headers["content-type"], said.body]).toEqual([200, type, "x"]);
      expect(said.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
      expect(said.headers["x-content-type-options"]).toBe("nosniff");
    },
  );

  it.each<Record<string, string>>([
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    { "sec-fetch-mode": "navigate" },
    { "sec-fetch-dest": "iframe" },
    { "sec-fetch-dest": "script" },
    { "sec-fetch-dest": "style" },
    { "sec-fetch-dest": "worker" },
  ])("is not asked for a page or a part of one: %o", async (headers) => {
    const said = await send("/v1/console/", { "sec-fetch-site": "same-origin", ...headers });
    expect([said.status, heard]).toEqual([403, []]);
    expect(said.headers["content-security-policy"]).toBe("default-src 'none'; sandbox");
  });

  it("is asked for what a page fetches", async () => {
    const headers = { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };
    expect((await send("/v1/requests", headers)).status).toBe(200);
  });
});

it("passes events on while they come", async () => {
  answer = () => ({ status: 200, headers: { "content-type": "text/event-stream" }, body: "data: 1\n\n" });
  const response = await fetch(`${own.url}/v1/events`);
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body!.getReader();
  const { value } = await reader.read();
  expect(Buffer.from(value ?? []).toString()).toBe("data: 1\n\n");
  await reader.cancel();
});

describe("is nothing to", () => {
  it.each<[string, Record<string, string>, number]>([
    ["a name that was turned into our address", { host: "evil.test" }, 421],
    ["our address under a number", { host: "127.0.0.1" }, 421],
    ["another port of this machine", { host: "localhost:1" }, 421],
    ["a page of another site", { origin: "https://evil.test" }, 403],
    ["a page of another port", { origin: "http://localhost:1" }, 403],
    ["a page that hides where it is from", { origin: "null" }, 403],
    ["what a browser fetches for another site", { "sec-fetch-site": "cross-site" }, 403],
    ["what a browser fetches for another port of this machine", { "sec-fetch-site": "same-site" }, 403],
  ])("%s", async (_, headers, status) => {
    for (const path of ["/v1/requests", "/console/", "/console/here.json"])
      expect((await send(path, headers)).status).toBe(status);
    expect(heard).toEqual([]);
  });

  it("methods that the API does not have, and bodies without an end", async () => {
    expect((await send("/v1/requests", {}, "DELETE")).status).toBe(405);
    expect((await send("/v1/statements", {}, "POST", "x".repeat(2_300_000))).status).toBe(413);
    expect(heard).toEqual([]);
  });
});

it("follows no redirection, and says in words when the service is not there", async () => {
  const elsewhere = { location: "http://elsewhere.test/", "content-type": "text/plain" };
  answer = () => ({ status: 302, headers: elsewhere, body: "" });
  const said = await send("/v1/requests");
  expect([said.status, said.headers.location]).toEqual([302, undefined]);
  behind.closeAllConnections();
  await new Promise((resolve) => behind.close(resolve));
  const gone = await send("/v1/requests");
  expect([gone.status, gone.headers["content-type"]]).toEqual([502, "application/problem+json"]);
  expect(JSON.parse(gone.body)).toMatchObject({ code: "console.unreachable", status: 502 });
  behind = createServer();
  await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
});

it("does not start on a port that somebody else holds, under either of its addresses", async () => {
  await expect(listenConsole({ port, files: [], headers: {}, api: "http://127.0.0.1:1" })).rejects.toMatchObject({
    code: "console.port-in-use",
  });
});
