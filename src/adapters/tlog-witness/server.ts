/** A witness on HTTP as C2SP tlog-witness has it: one path to add a checkpoint, bounded in bytes, time and callers. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIP } from "node:net";
import type { Answer, Witness } from "../../flow/witness/witness.port.ts";
import { addPath, formatSize, maxAddBytes, newestPath, sizeMedia } from "../../log/add-checkpoint.ts";
import { Fault } from "../../values/errors.ts";

export type ListenOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Hears one line for each answer that is no cosignature, and for each fault. */
  readonly tell: (sentence: string) => void;
};

export type Listening = { readonly url: string; readonly close: () => Promise<void> };

const settings = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
  requireHostHeader: true,
};

/** Throws `Fault` `witness.tls-files`, `witness.cannot-listen`. */
export async function serveWitness(witness: Witness, { host, port, tls, tell }: ListenOptions): Promise<Listening> {
  const server = serverOf(tls, (request, response) => {
    void answer(witness, request, tell).then((said) => {
      send(response, said);
    });
  });
  server.maxConnections = 100;
  server.maxHeadersCount = 32;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new Fault("witness.cannot-listen", `cannot listen at ${host}, port ${port}`, "never", error);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a TCP server has an address");
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${name}:${address.port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      setTimeout(() => {
        server.closeAllConnections();
      }, 2_000).unref();
      await closed;
    },
  };
}

function serverOf(tls: ListenOptions["tls"], listener: RequestListener): Server {
  if (tls === undefined) return createServer(settings, listener);
  try {
    return createTlsServer({ ...settings, cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, listener);
  } catch (error) {
    const files = `\`${tls.cert}\` and \`${tls.key}\``;
    throw new Fault("witness.tls-files", `${files} are no certificate with its key`, "never", error);
  }
}

type Said = { readonly status: number; readonly type: string; readonly text: string };

const plain = (status: number, text: string): Said => ({ status, type: "text/plain; charset=utf-8", text });

async function answer(witness: Witness, request: IncomingMessage, tell: (sentence: string) => void): Promise<Said> {
  try {
    if (request.url === newestPath && request.method === "GET") {
      const newest = witness.newest();
      return newest === undefined ? plain(404, "nothing was cosigned yet\n") : plain(200, newest);
    }
    if (request.url !== addPath) return plain(404, "there is nothing here\n");
    if (request.method !== "POST") return plain(405, "a checkpoint is added with POST\n");
    const body = await readBody(request);
    if (body === undefined) return plain(413, "this is longer than any checkpoint with its proof\n");
    const said = await witness.add(body);
    if (said.kind !== "cosigned") tell(`${said.kind}: ${said.why}`);
    return saidOf(said);
  } catch (error) {
    tell(error instanceof Fault ? `${error.code}: ${error.message}` : "an answer failed");
    return plain(503, "the witness cannot remember, so it signs nothing\n");
  }
}

/** The statuses of C2SP tlog-witness. */
function saidOf(answered: Answer): Said {
  switch (answered.kind) {
    case "cosigned":
      return plain(200, answered.lines);
    case "malformed":
      return plain(400, "this is no checkpoint with the proof that it needs\n");
    case "not-signed":
      return plain(403, "the log key did not sign this checkpoint\n");
    case "unknown-log":
      return plain(404, "this witness does not know the log\n");
    case "conflict":
      return { status: 409, type: sizeMedia, text: formatSize(answered.size) };
    case "inconsistent":
      return plain(422, "the checkpoint is not shown to grow out of the last one\n");
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxAddBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(response: ServerResponse, { status, type, text }: Said): void {
  // The rest of a body that is too long is not read.
  const rest = status === 413 ? { connection: "close" } : {};
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text), ...rest });
  response.end(text);
}
