/** The emulated app behind a TCP port that speaks as Speculos does, for agents that run in processes of their own. */
import { createServer, type Server, type Socket } from "node:net";
import type { EthereumApp } from "./ethereum-app.ts";

export type SpeculosPort = {
  readonly host: string;
  readonly port: number;
  /** How many callers there are. */
  readonly callers: () => number;
  /** Cuts every line: the cable is pulled as far as the agents can tell. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
};

/** `u32 length | apdu`, answered by `u32 length of the data | data | status word`. */
export async function openSpeculosPort(app: EthereumApp): Promise<SpeculosPort> {
  const callers = new Set<Socket>();
  const server = createServer((socket) => {
    callers.add(socket);
    socket.on("close", () => callers.delete(socket));
    socket.on("error", () => undefined);
    let held = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
        const apdu = held.subarray(4, 4 + held.readUInt32BE(0));
        held = held.subarray(4 + apdu.length);
        app.exchange(apdu).then(
          (answer) => {
            reply(socket, answer);
          },
          () => socket.destroy(),
        );
      }
    });
  });
  await listening(server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  const hangUp = (): void => {
    for (const socket of callers) socket.destroy();
  };
  return {
    host: "127.0.0.1",
    port: address.port,
    callers: () => callers.size,
    hangUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        hangUp();
      }),
  };
}

/** In two pieces, so that nobody relies on one answer being one chunk. */
function reply(socket: Socket, answer: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(answer.length - 2);
  socket.write(length);
  setImmediate(() => socket.write(answer));
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve();
    });
  });
}
