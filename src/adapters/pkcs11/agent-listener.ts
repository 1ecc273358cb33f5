/** The far end of `dialAgent`: for each gate that shows the key, one fresh agent process, and its frames passed on unread. */
import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, rmSync, statSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { Fault } from "../../values/errors.ts";
import { concat } from "../../values/hex.ts";
import { endOf, pipeOf, spawnAgent, startFrame } from "./agent-process.ts";
import { createByteReader } from "./byte-reader.ts";
import { about, derive, isMark, markBytes, nonceBytes } from "./handshake.ts";
import { checkModuleFile } from "./module-file.ts";
import { readSocketKey } from "./socket-key.ts";
import type { TokenConfig } from "./token-config.ts";

export type AgentListener = { readonly socket: string; readonly close: () => Promise<void> };

/** A gate needs one connection; others are strangers, who get little time. */
const connectionsMax = 8;
const meetingMs = 5_000;

/** Resolves once it listens, on a socket of mode 0600 in a folder of mode 0700. Throws a Fault with one sentence for the operator. */
export async function listenForGate(config: TokenConfig, tell: (sentence: string) => void): Promise<AgentListener> {
  if (config.agent === undefined) throw refused("the token file has no `agent`: it does not say where to listen");
  const { socket: path, keyFile } = config.agent;
  const secret = readSocketKey(keyFile);
  checkModuleFile(config.module);
  await preparePlace(path);
  /** One process speaks with a token: the next one starts when the one before has ended. */
  let before: Promise<unknown> = Promise.resolve();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    meet(socket, config, secret).then(
      (key) => {
        before = before
          .then(() => serve(socket, config, key))
          .catch((error: unknown) => {
            socket.destroy();
            tell(error instanceof Error ? error.message : "the agent could not be started");
          });
        tell("a gate is connected");
      },
      (why: unknown) => {
        socket.destroy();
        tell(`a connection was refused: ${why instanceof Error ? why.message : "it broke"}`);
      },
    );
  });
  server.maxConnections = connectionsMax;
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await listen(server, path);
  return {
    socket: path,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
      await before;
      rmSync(path, { force: true });
    },
  };
}

/** Resolves with the frames' key once the other end has shown that it holds ours. */
async function meet(socket: Socket, config: TokenConfig, secret: Uint8Array): Promise<Uint8Array> {
  const late = setTimeout(() => socket.destroy(), meetingMs);
  const reader = createByteReader(socket);
  try {
    const gateNonce = await reader.take(nonceBytes);
    const agentNonce = new Uint8Array(randomBytes(nonceBytes));
    const meeting = { secret, gateNonce, agentNonce, about: about(config) };
    socket.write(concat(agentNonce, derive("agent", meeting)));
    if (!isMark(await reader.take(markBytes), "gate", meeting)) throw new Error("it does not hold the key");
    return derive("frames", meeting);
  } finally {
    clearTimeout(late);
    reader.release();
  }
}

/** Until either end goes; then the process is ended, whatever it is doing, and its end awaited. */
async function serve(socket: Socket, config: TokenConfig, key: Uint8Array): Promise<void> {
  if (socket.destroyed) return;
  const child = spawnAgent(config, "sign");
  const gone = endOf(child);
  child.stdout?.resume();
  child.stderr?.resume();
  const pipe = pipeOf(child);
  pipe.on("error", () => undefined);
  // The output is caught by nobody, and the gate has no use for the PIN's mark: over it the PIN could be guessed.
  pipe.write(startFrame(config, "sign", key, false));
  pipe.pipe(socket);
  socket.pipe(pipe);
  socket.once("close", () => child.kill("SIGKILL"));
  await gone;
  socket.destroy();
}

/** A socket that nobody listens at is taken away; anything else in its place is not. */
async function preparePlace(path: string): Promise<void> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (uid !== (process.getuid?.() ?? uid) || (mode & 0o077) !== 0)
    throw refused(`the folder \`${folder}\` is not ours alone; its mode must be 0700`);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSocket()) throw refused(`\`${path}\` is in the way`);
  if (await isAnswered(path)) throw refused(`somebody listens at \`${path}\` already`);
  rmSync(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

async function listen(server: Server, path: string): Promise<void> {
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", () => {
        reject(refused(`nobody can listen at \`${path}\``));
      });
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  } finally {
    process.umask(mask);
  }
}

function refused(why: string): Fault {
  return new Fault("pkcs11.agent-socket", why, "never");
}
