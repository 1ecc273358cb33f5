/** An HTTP listener for one's own copy of the console: files of this machine, the API of a service behind, and nobody but pages of this very address. */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Fault } from "../../values/errors.ts";

export type OwnFile = { readonly path: string; readonly type: string; readonly bytes: Uint8Array };

export type OwnConsole = {
  readonly port: number;
  /** Under `/console/`; the page itself is the empty path. */
  readonly files: readonly OwnFile[];
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Scheme, host and port of the service. */
  readonly api: string;
};

export type ConsoleListening = { readonly url: string; readonly close: () => Promise<void> };

/** A browser asks the one or the other for `localhost`: whoever held the second could show pages of their own. */
const addresses = ["127.0.0.1", "::1"];
const maxBodyBytes = 2_200_000;
const patienceMs = 60_000;
/** Everything else that a browser or a service adds stays where it is, cookies first. */
const forwarded = ["accept", "content-type", "authorization"] as const;
/** Nothing that a browser would draw or run: what the service says is data, though it comes from the pages' own address. */
const returnedTypes = ["application/json", "application/problem+json", "text/plain", "text/event-stream"];
const apiHeaders = { "content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff" };

/** Throws `Fault` `console.port-in-use` or `console.cannot-listen`. */
export async function listenConsole(own: OwnConsole): Promise<ConsoleListening> {
  const servers: Server[] = [];
  let { port } = own;
  const close = async (): Promise<void> => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
  };
  for (const address of addresses) {
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
      respond(request, response, { ...own, port }).catch(() => response.destroy());
    });
    const bound = await bind(server, address, port).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    if (bound === undefined) continue;
    servers.push(server);
    port = bound;
  }
  return { url: `http://localhost:${port}`, close };
}

/** Undefined where this machine has no such address. */
async function bind(server: Server, address: string, port: number): Promise<number | undefined> {
  try {
    server.listen(port, address);
    await once(server, "listening");
  } catch (error) {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (address === "::1" && (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")) return undefined;
    if (code === "EADDRINUSE")
      throw new Fault(
        "console.port-in-use",
        `port ${port} is in use; free it: passkeys are made for one port, and another program there could show pages of its own`,
        "safe",
        error,
      );
    throw new Fault("console.cannot-listen", `cannot listen at ${address}, port ${port}`, "never", error);
  }
  const at = server.address();
  if (at === null || typeof at === "string") throw new TypeError("a TCP server has an address");
  return at.port;
}

async function respond(request: IncomingMessage, response: ServerResponse, own: OwnConsole): Promise<void> {
  for (const [name, value] of Object.entries(own.headers)) response.setHeader(name, value);
  const foreign = foreignTo(own.port, request.headers);
  if (foreign !== undefined) {
    end(response, foreign.status, foreign.why);
    return;
  }
  const path = request.url ?? "/";
  if (path.startsWith("/v1/")) {
    for (const [name, value] of Object.entries(apiHeaders)) response.setHeader(name, value);
    if (isFetched(request.headers)) await pass(request, response, own.api);
    else end(response, 403, "the API answers what a page fetches, and is no page or part of one");
    return;
  }
  const [bare = ""] = path.split("?");
  if (bare === "/" || bare === "/console") response.writeHead(308, { location: "/console/" }).end();
  else
    sendFile(
      response,
      own.files.find((file) => `/console/${file.path}` === bare),
    );
}

type Refusal = { readonly status: number; readonly why: string };

/** A page of another site reaches us by a name of its own, or says where it is from; what calls without a browser has its own way in. */
function foreignTo(port: number, headers: IncomingHttpHeaders): Refusal | undefined {
  const here = `localhost:${port}`;
  if (headers.host !== here) return { status: 421, why: `open http://${here}/console/` };
  if (headers.origin !== undefined && headers.origin !== `http://${here}`)
    return { status: 403, why: "pages of other sites are not answered" };
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return { status: 403, why: "pages of other sites are not answered" };
  return undefined;
}

/** Not opened, framed, or loaded as a script, a style or a picture. */
function isFetched(headers: IncomingHttpHeaders): boolean {
  return headers["sec-fetch-mode"] !== "navigate" && (headers["sec-fetch-dest"] ?? "empty") === "empty";
}

function sendFile(response: ServerResponse, file: OwnFile | undefined): void {
  if (file === undefined) end(response, 404, "there is nothing at this path");
  else response.writeHead(200, { "content-type": file.type }).end(file.bytes);
}

/** To the service and back, as data: what it says is judged in the page. */
async function pass(request: IncomingMessage, response: ServerResponse, api: string): Promise<void> {
  const { method = "GET" } = request;
  if (method !== "GET" && method !== "POST") {
    end(response, 405, "the API takes GET and POST");
    return;
  }
  const body = method === "POST" ? await bodyOf(request) : undefined;
  if (method === "POST" && body === undefined) {
    end(response, 413, "the body is too long");
    return;
  }
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  const answer = await asked(`${api}${request.url ?? ""}`, {
    method,
    headers: headersIn(request.headers),
    redirect: "manual",
    signal: gone.signal,
    ...(body === undefined ? {} : { body }),
  });
  if (answer === undefined) {
    badGateway(response, "console.unreachable", `${api} cannot be reached from this machine`);
    return;
  }
  const type = returnedTypes.find((one) => one === essenceOf(answer));
  if (type === undefined) {
    gone.abort();
    badGateway(response, "console.not-data", `${api} answered with what is neither JSON, plain text nor events`);
    return;
  }
  await handBack(answer, type, response);
}

function essenceOf({ headers }: Response): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

/** The type is in our words: of a list of several, a browser would take the last. */
async function handBack(answer: Response, type: string, response: ServerResponse): Promise<void> {
  response.setHeader("content-type", type);
  const retryAfter = answer.headers.get("retry-after");
  if (retryAfter !== null) response.setHeader("retry-after", retryAfter);
  response.writeHead(answer.status);
  response.flushHeaders();
  if (answer.body === null) response.end();
  else await pipeline(Readable.from(answer.body), response);
}

function headersIn(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    forwarded.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const])),
  );
}

/** The answer's head within a minute; its body may take as long as it likes, as events do. */
async function asked(url: string, init: RequestInit & { readonly signal: AbortSignal }): Promise<Response | undefined> {
  const slow = new AbortController();
  const timer = setTimeout(() => {
    slow.abort();
  }, patienceMs);
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any([init.signal, slow.signal]) });
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

function badGateway(response: ServerResponse, code: string, detail: string): void {
  const problem = { type: "about:blank", title: "Bad Gateway", status: 502, detail, code, field: "" };
  response.writeHead(502, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
}

function end(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${why}\n`);
}
