/** The gate's end of its socket: bounded frames in, one answer for each, whatever a client does. */
import { createServer, type Socket } from "node:net";
import type { GateAnswer, GateRequest } from "../../gate/wire.ts";
import { converse, type Conversation } from "./conversation.ts";
import { listen, prepareFolder } from "./socket-file.ts";

export type GateSocket = {
  readonly path: string;
  /** Takes no more calls; resolves when every call under way was answered, or had its time to be, and all connections are closed. */
  readonly close: () => Promise<void>;
};

export type ServeSettings = {
  readonly path: string;
  readonly answer: (request: GateRequest) => Promise<GateAnswer>;
  /** How long a frame may take to arrive, an answer to be read, and at the end a call to be answered. */
  readonly patienceMs?: number;
};

/** serve and its replicas, the agents' tools, and people: a client needs one connection. */
const maxConnections = 64;

/** Throws a Fault (`gate.socket`) when the path cannot be listened on. */
export async function serveGate({ path, answer, patienceMs = 30_000 }: ServeSettings): Promise<GateSocket> {
  prepareFolder(path);
  const conversations = new Set<Conversation>();
  const gate = { answer, patienceMs, inFlight: 0, closing: false };
  const server = createServer((socket: Socket) => {
    const conversation = converse(socket, gate);
    conversations.add(conversation);
    socket.once("close", () => {
      conversations.delete(conversation);
    });
  });
  server.maxConnections = maxConnections;
  await listen(server, path);
  // An accept that fails (no file handles left) concerns one connection.
  server.on("error", () => undefined);
  return {
    path,
    close: async () => {
      gate.closing = true;
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await Promise.all([...conversations].map((conversation) => conversation.finish()));
      await closed;
    },
  };
}
