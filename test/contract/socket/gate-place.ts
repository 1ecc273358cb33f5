/** A gate's socket in a folder of its own, answered by what a test says, and bare connections to it. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveGate, type GateSocket, type ServeSettings } from "../../../src/adapters/socket/server.ts";
import type { GateAnswer, GateRequest, Head } from "../../../src/gate/wire.ts";
import * as instant from "../../../src/values/instant.ts";

export const head: Head = {
  kind: "head",
  size: 3,
  checkpoint: "a checkpoint",
  instant: instant.parse(5),
  epoch: 1,
  witnessed: null,
};

export type Bare = {
  readonly socket: Socket;
  /** A frame around this text, whether it is JSON or not. */
  readonly say: (text: string) => void;
  /** Waits for this many whole frames and returns their parsed content. */
  readonly heard: (
    count: number,
  ) => Promise<readonly { id: number; body: { kind: string; code?: string; field?: string } }[]>;
  readonly closed: Promise<unknown>;
};

export type GatePlace = {
  readonly folder: () => string;
  readonly path: () => string;
  readonly serve: (
    answer?: (request: GateRequest) => Promise<GateAnswer>,
    settings?: Partial<ServeSettings>,
  ) => Promise<GateSocket>;
  readonly dial: () => Promise<Bare>;
  readonly remove: () => Promise<void>;
};

export function frameOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function gatePlace(): GatePlace {
  let folder = "";
  const open: GateSocket[] = [];
  const bare: Socket[] = [];
  const own = (): string => {
    if (folder === "") folder = mkdtempSync(join(tmpdir(), "gate-"));
    return folder;
  };
  const path = (): string => join(own(), "gate.sock");
  return {
    folder: own,
    path,
    serve: async (answer = () => Promise.resolve(head), settings = {}) => {
      const gate = await serveGate({ path: path(), answer, ...settings });
      open.push(gate);
      return gate;
    },
    dial: async () => {
      const socket = connect(path());
      bare.push(socket);
      socket.on("error", () => undefined);
      const closed = new Promise((resolve) => {
        socket.once("close", resolve);
      });
      await once(socket, "connect");
      return { socket, say: (text) => socket.write(frameOf(text)), heard: listener(socket), closed };
    },
    remove: async () => {
      for (const socket of bare.splice(0)) socket.destroy();
      for (const gate of open.splice(0)) await gate.close();
      rmSync(folder, { recursive: true, force: true });
      folder = "";
    },
  };
}

function listener(socket: Socket): Bare["heard"] {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  const parsed = (): unknown[] => {
    const frames: unknown[] = [];
    for (let at = 0; at + 4 <= bytes.length;) {
      const end = at + 4 + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      frames.push(JSON.parse(bytes.subarray(at + 4, end).toString()));
      at = end;
    }
    return frames;
  };
  return async (count) => {
    while (parsed().length < count) await once(socket, "data");
    return parsed() as Awaited<ReturnType<Bare["heard"]>>;
  };
}
