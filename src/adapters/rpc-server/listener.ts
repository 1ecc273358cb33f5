/** An HTTP listener for JSON-RPC that only programs of this machine reach: on loopback, by its own name, and from no web page. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Fault } from "../../values/errors.ts";

export type RpcListening = { readonly url: string; readonly close: () => Promise<void> };

/** `path` and `query` say what a call is about; undefined means that nothing is answered. */
export type RpcAnswer = (body: string, url: URL) => Promise<string | undefined>;

const host = "127.0.0.1";
const maxBodyBytes = 262_144;

/** Throws `Fault` `rpc.port-in-use` or `rpc.cannot-listen`. */
export async function listenRpc(port: number, answer: RpcAnswer): Promise<RpcListening> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    respond(request, response, answer).catch(() => response.destroy());
  });
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE")
      throw new Fault(
        "rpc.port-in-use",
        `port ${port} is in use; free it, or choose another with --port`,
        "safe",
        error,
      );
    throw new Fault("rpc.cannot-listen", `cannot listen at ${host}, port ${port}`, "never", error);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has an address");
  return {
    url: `http://${host}:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: RpcAnswer): Promise<void> {
  const refusal = refusalOf(request);
  if (refusal !== undefined) {
    end(response, refusal.status, refusal.why);
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined) {
    end(response, 413, "the call is too long");
    return;
  }
  const text = await answer(body, new URL(request.url ?? "/", `http://${host}`));
  if (text === undefined) response.writeHead(204).end();
  else response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(text);
}

/**
 * A page in the browser of whoever runs this could post here: it says where it is from, may not send JSON unasked, and reaches us by
 * a name of its own when it turns its name into our address.
 */
function refusalOf({
  method,
  headers,
  socket,
}: IncomingMessage): { readonly status: number; readonly why: string } | undefined {
  const names = [`${host}:${socket.localPort ?? 0}`, `localhost:${socket.localPort ?? 0}`];
  if (!names.includes(headers.host ?? "")) return { status: 421, why: `call this endpoint ${names.join(" or ")}` };
  if (headers.origin !== undefined) return { status: 403, why: "web pages are not answered" };
  if (method !== "POST") return { status: 405, why: "calls of JSON-RPC are posted" };
  if ((headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() !== "application/json")
    return { status: 415, why: "the content type of a call is application/json" };
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function end(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(`${why}\n`);
}
