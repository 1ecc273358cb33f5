/** Where the API listens: loopback unless something encrypts; ended by patience, and only after it proved its own limits. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as plainRequest, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIP, type AddressInfo, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import type { Express } from "express";
import { maxBodyBytes } from "../request/api.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { endAnswers, settle } from "./place.ts";

export type ListenOptions = {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Hops of proxies in front that encrypt and set X-Forwarded-For. */
  readonly trustProxy?: number | undefined;
  readonly timeouts?: Partial<Timeouts>;
};

export type Timeouts = {
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long an answer under way may take when the server closes. */
  readonly graceMs: number;
};

export type Listening = { readonly url: string; readonly port: number; readonly close: () => Promise<void> };

const patience: Timeouts = { headersMs: 10_000, requestMs: 30_000, graceMs: 3_000 };
const maxConnections = 2_000;
const maxHeaderBytes = 16_384;

/** Throws `InvalidValue` `http.host`, `Fault` `http.port-in-use`, `http.tls-files`, `http.cannot-listen`, `http.body-limit`. */
export async function listen(app: Express, options: ListenOptions): Promise<Listening> {
  const { host = "127.0.0.1", port, tls, trustProxy } = options;
  const timeouts = { ...patience, ...options.timeouts };
  if (!isLoopback(host) && tls === undefined && trustProxy === undefined) {
    throw new InvalidValue(
      "http.host",
      `\`${host}\` is not this machine alone: give TLS files, or say how many proxies in front are trusted`,
      "host",
    );
  }
  app.set("trust proxy", trustProxy ?? false);
  await proveBodyLimit(app, timeouts);
  const server = serverOf(app, tls, timeouts);
  await bind(server, host, port);
  const { port: bound } = addressOf(server);
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const url = `${tls === undefined ? "http" : "https"}://${name}:${bound}`;
  settle(app, url);
  return { url, port: bound, close: () => closeGently(app, server, timeouts.graceMs) };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function serverOf(app: Express, tls: ListenOptions["tls"], { headersMs, requestMs }: Timeouts): Server {
  const settings = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: 10_000,
    connectionsCheckingInterval: Math.min(1_000, headersMs),
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: true,
  };
  const server =
    tls === undefined ? createServer(settings, app) : createTlsServer({ ...settings, ...readTls(tls) }, app);
  server.maxConnections = maxConnections;
  server.maxHeadersCount = 64;
  server.on("clientError", answerBadClient);
  return server;
}

type Pem = { readonly cert: Buffer; readonly key: Buffer };

function readTls({ cert, key }: NonNullable<ListenOptions["tls"]>): Pem {
  try {
    const pem = { cert: readFileSync(cert), key: readFileSync(key) };
    createSecureContext(pem);
    return pem;
  } catch (error) {
    throw new Fault("http.tls-files", `\`${cert}\` and \`${key}\` are no certificate with its key`, "never", error);
  }
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE")
      throw new Fault("http.port-in-use", `port ${port} of ${host} is in use by another program`, "safe", error);
    throw new Fault("http.cannot-listen", `cannot listen at ${host}, port ${port}`, "never", error);
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has an address");
  return address;
}

/** What is no HTTP gets a few bytes of it, and nothing of what it said. */
function answerBadClient(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, code] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? (["431 Request Header Fields Too Large", "http.header-too-large"] as const)
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? (["408 Request Timeout", "http.timeout"] as const)
        : (["400 Bad Request", "http.malformed-path"] as const);
  const problem = JSON.stringify({
    type: `urn:countersign:problem:${code}`,
    title: status.slice(4),
    status: Number(status.slice(0, 3)),
    detail: "this is not a request that can be read",
    code,
    field: "",
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${problem.length}\r\n\r\n${problem}`,
  );
}

/** A limit that a library lost in an update would be no limit; so a body that is too long is sent before anybody else can. */
async function proveBodyLimit(app: Express, timeouts: Timeouts): Promise<void> {
  const server = serverOf(app, undefined, timeouts);
  await bind(server, "127.0.0.1", 0);
  try {
    const status = await postSpaces(addressOf(server).port);
    if (status !== 413)
      throw new Fault("http.body-limit", `a body that is too long was answered ${status}, not 413`, "never");
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function postSpaces(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = plainRequest(
      {
        host: "127.0.0.1",
        port,
        path: "/v1/statements",
        method: "POST",
        headers: { "content-type": "application/json" },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.once("error", reject);
    request.end(`{}${" ".repeat(maxBodyBytes)}`);
  });
}

async function closeGently(app: Express, server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  endAnswers(app);
  server.closeIdleConnections();
  const force = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(force);
}
