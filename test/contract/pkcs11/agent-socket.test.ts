/** A token agent apart from the gate, on a Unix socket: both ends show the key, each frame is of its connection, and what ends heals. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { listenForGate, type AgentListener } from "../../../src/adapters/pkcs11/agent-listener.ts";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit, randomDigest, recovered } from "./permits.ts";

let token: TestToken;
let faulty: FaultyModule;
let folder: string;
let config: TokenConfig;
let listener: AgentListener | undefined;
let backend: Pkcs11Backend | undefined;
let told: string[];
const servers: Server[] = [];

beforeAll(async () => {
  token = await makeTestToken("hot");
  faulty = buildFaultyModule(join(token.folder, "module"));
});
afterAll(() => {
  token.remove();
});
beforeEach(() => {
  folder = mkdtempSync(join(token.folder, "agent-"));
  told = [];
  config = withAgent(join(folder, "run", "agent.sock"), keyFile("key"));
});
afterEach(async () => {
  await backend?.close();
  await listener?.close();
  backend = undefined;
  listener = undefined;
  for (const server of servers.splice(0)) server.close();
  faulty.disarm();
});

function keyFile(name: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode });
  return path;
}
const withAgent = (socket: string, key: string): TokenConfig =>
  changed(faulty.behind(token.token.config, "told"), (draft) => {
    draft["agent"] = { socket, keyFile: key };
    draft["limits"] = { signTimeoutMs: 1_500, heartbeatMs: 200, missedBeats: 5, startTimeoutMs: 4_000 };
  });
const listen = async (): Promise<void> => {
  const mine = told;
  listener = await listenForGate(config, (sentence) => mine.push(sentence));
};
const open = async (dialled = config): Promise<Pkcs11Backend> => {
  backend = await openPkcs11Backend(dialled, { faults: { at: () => undefined } });
  return backend;
};
async function sign(): Promise<string> {
  const digest = randomDigest();
  const key = token.keys["hot"]!;
  const answer = await backend!.sign(permit("hot", key, digest));
  if (answer.kind === "signed") expect(recovered(answer.signature, digest).native).toBe(key.publicKey);
  return answer.kind;
}
const becomes = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 20 });
const healed = (): Promise<void> =>
  becomes(() => {
    const { ready, restarts } = backend!.health();
    expect({ ready, again: restarts > 0 }).toEqual({ ready: true, again: true });
  });

/** Somebody between the two ends, who hands each chunk on as `pass` leaves it. */
async function between(pass: (chunk: Buffer, from: "gate" | "agent", count: number) => Buffer): Promise<string> {
  const path = join(folder, "between.sock");
  const forward = (from: Socket, to: Socket, name: "gate" | "agent"): void => {
    let count = 0;
    from.on("data", (chunk: Buffer) => {
      count += 1;
      to.write(pass(chunk, name, count));
    });
    from.on("close", () => to.destroy());
    from.on("error", () => undefined);
  };
  const server = createServer((gate) => {
    const agent = createConnection({ path: listener!.socket });
    forward(gate, agent, "gate");
    forward(agent, gate, "agent");
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

describe("both ends", () => {
  test("with the same key meet, and sign; nobody else may even knock", async () => {
    await listen();
    expect(statSync(config.agent!.socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "run")).mode & 0o777).toBe(0o700);
    await open();
    expect(backend!.health()).toMatchObject({ ready: true, restarts: 0 });
    const answers = await Promise.all(Array.from({ length: 24 }, sign));
    expect(new Set(answers)).toEqual(new Set(["signed"]));
  });

  test("with different keys do not, and no process is started", async () => {
    await listen();
    await expect(open(withAgent(config.agent!.socket, keyFile("other")))).rejects.toThrow(
      "has another key file, or other keys in its token file",
    );
    await becomes(() => {
      expect(told).toEqual(["a connection was refused: the connection ended"]);
    });
  });

  test("that number other keys do not", async () => {
    await listen();
    const other = changed(config, (draft) => {
      draft["keys"] = [{ ...config.keys[0], label: "another/1" }];
    });
    await expect(open(other)).rejects.toThrow("other keys in its token file");
  });
});

describe("a stranger at the agent's socket", () => {
  const knock = (bytes: readonly Uint8Array[]): Promise<number> =>
    new Promise((resolve) => {
      let heard = 0;
      const socket = createConnection({ path: listener!.socket });
      socket.on("data", (chunk) => {
        heard += chunk.length;
      });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve(heard);
      });
      for (const chunk of bytes) socket.write(chunk);
    });

  test("who does not hold the key hears a number and a mark, and is sent away", async () => {
    await listen();
    expect(await knock([randomBytes(32), randomBytes(32)])).toBe(64);
    expect(told).toEqual(["a connection was refused: it does not hold the key"]);
  });

  test("who plays back what a gate said is sent away: the agent's number is another", async () => {
    await listen();
    const said: Buffer[] = [];
    const path = await between((chunk, from) => {
      if (from === "gate") said.push(chunk);
      return chunk;
    });
    await open(withAgent(path, config.agent!.keyFile));
    expect(await sign()).toBe("signed");
    await backend!.close();
    told.length = 0;
    expect(await knock(said)).toBe(64);
    expect(told).toEqual(["a connection was refused: it does not hold the key"]);
  });

  test("who gives the agent's own mark back is sent away", async () => {
    await listen();
    const back = new Promise<void>((resolve) => {
      const socket = createConnection({ path: listener!.socket });
      socket.write(randomBytes(32));
      socket.on("data", (chunk: Buffer) => socket.write(chunk.subarray(32)));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        resolve();
      });
    });
    await back;
    expect(told).toEqual(["a connection was refused: it does not hold the key"]);
  });
});

test.each(["gate", "agent"] as const)(
  "a byte that is changed in a frame from the %s ends the connection, which heals",
  async (whose) => {
    await listen();
    let bend = false;
    const path = await between((chunk, from) => {
      if (!bend || from !== whose) return chunk;
      bend = false;
      const bent = Buffer.from(chunk);
      bent[bent.length - 40]! ^= 1;
      return bent;
    });
    await open(withAgent(path, config.agent!.keyFile));
    expect(await sign()).toBe("signed");
    bend = true;
    // The heartbeat's frame may be the one; then nothing was lost to it.
    expect(["unavailable", "signed"]).toContain(await sign());
    await healed();
    expect(bend).toBe(false);
    expect(await sign()).toBe("signed");
  },
);

test("nothing of the PIN reaches a gate that dialled, not even what it could be guessed by", async () => {
  await listen();
  const said: Buffer[] = [];
  const path = await between((chunk, from) => {
    if (from === "agent") said.push(chunk);
    return chunk;
  });
  await open(withAgent(path, config.agent!.keyFile));
  expect(await sign()).toBe("signed");
  const text = Buffer.concat(said).toString("latin1");
  expect(text).toContain('"token":"test"');
  expect(text).not.toContain('"mark"');
});

describe("what goes wrong behind the socket", () => {
  test.each(["crash@C_Sign", "hang@C_Sign", "hang@C_SignInit", "error-50@C_Sign"])(
    "%s is followed by a fresh process",
    async (fault) => {
      await listen();
      await open();
      expect(await sign()).toBe("signed");
      faulty.tell(fault);
      expect(await sign()).toBe("unavailable");
      expect(faulty.isArmed()).toBe(false);
      await healed();
      expect(await sign()).toBe("signed");
    },
  );

  test("a process of the module that outlives its agent holds up neither the answer nor the next agent", async () => {
    await listen();
    await open();
    faulty.tell("linger@C_SignInit");
    expect(await sign()).toBe("signed");
    faulty.tell("crash@C_Sign");
    expect(await sign()).toBe("unavailable");
    await healed();
    expect(await sign()).toBe("signed");
    faulty.endLingering();
  });

  test("an agent that is gone is said to be, and signs again once it is back", async () => {
    await listen();
    await open();
    await listener!.close();
    await becomes(() => {
      expect(backend!.health().why).toContain(
        `the token agent at \`${config.agent!.socket}\` cannot be reached: ENOENT`,
      );
    });
    expect(await sign()).toBe("busy");
    await listen();
    await healed();
    expect(await sign()).toBe("signed");
  });
});

describe("an agent does not listen", () => {
  const refusal = (why: string): unknown =>
    expect.objectContaining({ message: expect.stringContaining(why) as unknown });

  test("in a folder that others can enter, or where something else lies", async () => {
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    chmodSync(join(folder, "run"), 0o750);
    await expect(listen()).rejects.toEqual(refusal("is not ours alone; its mode must be 0700"));
    chmodSync(join(folder, "run"), 0o700);
    writeFileSync(config.agent!.socket, "");
    await expect(listen()).rejects.toEqual(refusal("is in the way"));
    rmSync(config.agent!.socket);
    await listen();
    await expect(listenForGate(config, () => undefined)).rejects.toEqual(refusal("somebody listens at"));
  });

  test("with a key that others can read, or that is none, or without a place to listen at", async () => {
    chmodSync(config.agent!.keyFile, 0o640);
    await expect(listen()).rejects.toEqual(refusal("is open to other users; its mode must be 0400 or 0600"));
    await expect(open()).rejects.toThrow("is open to other users");
    chmodSync(config.agent!.keyFile, 0o600);
    writeFileSync(config.agent!.keyFile, "short");
    await expect(listen()).rejects.toEqual(refusal("does not hold 64 lower-case hex digits"));
    rmSync(config.agent!.keyFile);
    await expect(listen()).rejects.toEqual(refusal("cannot be opened"));
    await expect(listenForGate(token.token.config, () => undefined)).rejects.toEqual(
      refusal("the token file has no `agent`"),
    );
  });
});
