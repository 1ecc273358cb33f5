/** The gate's end of the socket against clients that are careless or hostile. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { serveGate } from "../../../src/adapters/socket/server.ts";
import { maxFrameBytes, maxInFlight, type GateAnswer, type GateRequest } from "../../../src/gate/wire.ts";
import { frameOf, gatePlace, head, type Bare } from "./gate-place.ts";

const place = gatePlace();
afterEach(() => place.remove());

const healthy = JSON.stringify({ id: 1, body: { verb: "head" } });

/** Still answers a new connection. */
async function expectAlive(): Promise<void> {
  const bare = await place.dial();
  bare.say(healthy);
  expect(await bare.heard(1)).toEqual([{ id: 1, body: head }]);
  bare.socket.destroy();
}

/** Answers that wait until the test lets them go. */
function held(): { answer: () => Promise<GateAnswer>; release: () => void; waiting: () => number } {
  const waiting: (() => void)[] = [];
  return {
    answer: () =>
      new Promise((resolve) => {
        waiting.push(() => {
          resolve(head);
        });
      }),
    release: () => {
      for (const one of waiting.splice(0)) one();
    },
    waiting: () => waiting.length,
  };
}

describe("the socket's file", () => {
  it("is for the group alone, in a folder that the gate makes for the group alone", async () => {
    const path = join(place.folder(), "run", "gate.sock");
    const gate = await serveGate({ path, answer: () => Promise.resolve(head) });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o750);
    await gate.close();
    expect(existsSync(path)).toBe(false);
  });

  it("does not stand in a folder that others may enter or change", async () => {
    for (const mode of [0o755, 0o770, 0o777]) {
      const folder = join(place.folder(), String(mode));
      mkdirSync(folder);
      chmodSync(folder, mode);
      const path = join(folder, "gate.sock");
      await expect(serveGate({ path, answer: () => Promise.resolve(head) })).rejects.toThrow("open to other users");
    }
  });

  it("is replaced when nobody answers on it, and only then", async () => {
    const leftOver = createServer();
    leftOver.listen(place.path());
    await once(leftOver, "listening");
    await expect(place.serve()).rejects.toThrow("used by another gate");
    expect(existsSync(place.path())).toBe(true);
    leftOver.close();
    writeFileSync(place.path(), "a file");
    await expect(place.serve()).rejects.toThrow("is another file");
  });

  it("left over from a killed gate is replaced", async () => {
    const script = `require("node:net").createServer().listen(${JSON.stringify(place.path())}, () => process.kill(process.pid, "SIGKILL"))`;
    expect(() => execFileSync(process.execPath, ["-e", script], { stdio: "ignore" })).toThrow();
    expect(existsSync(place.path())).toBe(true);
    await place.serve();
    await expectAlive();
  });

  it("has a path that the system can hold", async () => {
    const path = join(place.folder(), "x".repeat(100));
    await expect(serveGate({ path, answer: () => Promise.resolve(head) })).rejects.toThrow("longer than 103 bytes");
  });
});

describe("a frame", () => {
  it("is answered with its id, however its bytes arrive", async () => {
    await place.serve();
    const bare = await place.dial();
    for (const byte of frameOf(healthy)) {
      bare.socket.write(Uint8Array.of(byte));
      await sleep(1);
    }
    bare.socket.write(Buffer.concat([2, 3, 4].map((id) => frameOf(JSON.stringify({ id, body: { verb: "head" } })))));
    expect((await bare.heard(4)).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it("that is no request is answered with a problem naming the field", async () => {
    const asked: GateRequest[] = [];
    await place.serve((request) => {
      asked.push(request);
      return Promise.resolve(head);
    });
    const bare = await place.dial();
    const bodies = [
      { verb: "unlock" },
      { verb: "entries", from: -1, limit: 10 },
      { verb: "entries", from: 0, limit: 501 },
      { verb: "head", extra: true },
      { verb: "admit" },
      "head",
      null,
      [],
    ];
    bodies.forEach((body, id) => {
      bare.say(JSON.stringify({ id, body }));
    });
    const answers = await bare.heard(bodies.length);
    for (const { body } of answers) expect(body).toMatchObject({ kind: "problem", code: "gate.request" });
    expect(asked).toEqual([]);
    bare.say(healthy);
    expect((await bare.heard(bodies.length + 1)).at(-1)).toEqual({ id: 1, body: head });
  });

  it("that could be read in two ways closes the connection and reaches nobody", async () => {
    let asked = 0;
    await place.serve(() => {
      asked += 1;
      return Promise.resolve(head);
    });
    const texts = [
      "{",
      "",
      "[]",
      "7",
      `{"id":1,"id":2,"body":{"verb":"head"}}`,
      `{"id":1,"body":{"verb":"head"},"__proto__":{}}`,
      `{"id":1,"body":{"verb":"head"},"more":1}`,
      `{"id":-1,"body":{"verb":"head"}}`,
      `{"id":1.5,"body":{"verb":"head"}}`,
      `{"id":1,"body":${"[".repeat(200)}${"]".repeat(200)}}`,
    ];
    for (const text of texts) {
      const bare = await place.dial();
      bare.say(text);
      await bare.closed;
    }
    const bare = await place.dial();
    bare.socket.write(Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from([0xff, 0xfe])]));
    await bare.closed;
    expect(asked).toBe(0);
    await expectAlive();
  });

  it("longer than both ends agreed on closes the connection before it is held", async () => {
    await place.serve();
    for (const length of [maxFrameBytes + 1, 0xff_ff_ff_ff]) {
      const bare = await place.dial();
      const prefix = Buffer.alloc(4);
      prefix.writeUInt32BE(length);
      bare.socket.write(prefix);
      await bare.closed;
    }
    await expectAlive();
  });

  it("of the longest length is answered", async () => {
    await place.serve();
    const bare = await place.dial();
    const body = (filler: string): string => JSON.stringify({ id: 1, body: { verb: filler } });
    bare.say(body("x".repeat(maxFrameBytes - body("").length)));
    expect((await bare.heard(1))[0]?.body.code).toBe("gate.request");
  });

  it("that never ends closes the connection", async () => {
    await place.serve(undefined, { patienceMs: 200 });
    const partial = [Buffer.from([0, 0]), Buffer.from([0, 0, 1, 0, 123])];
    for (const bytes of partial) {
      const bare = await place.dial();
      bare.socket.write(bytes);
      const drip = setInterval(() => bare.socket.write(Buffer.from([0])), 50);
      await bare.closed;
      clearInterval(drip);
    }
    const idle = await place.dial();
    await sleep(400);
    idle.say(healthy);
    expect(await idle.heard(1)).toHaveLength(1);
  });

  it("of garbage never brings the gate down", async () => {
    await place.serve();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 4, maxLength: 400 }), fc.boolean(), async (bytes, framed) => {
        const bare = await place.dial();
        bare.socket.write(framed ? frameOf(Buffer.from(bytes).toString("latin1")) : bytes);
        bare.socket.end();
        await bare.closed;
      }),
      { numRuns: 150 },
    );
    await expectAlive();
  });
});

describe("a flood", () => {
  it("is told that the gate is busy beyond what may be under way, over all connections", async () => {
    const gate = held();
    await place.serve(gate.answer);
    const dialled = await Promise.all([place.dial(), place.dial()]);
    const each = maxInFlight / 2 + 10;
    for (const bare of dialled)
      for (let id = 0; id < each; id += 1) bare.say(JSON.stringify({ id, body: { verb: "head" } }));
    const codes = async (bare: Bare, count: number) => (await bare.heard(count)).map(({ body }) => body.code);
    while (gate.waiting() < maxInFlight) await sleep(5);
    await sleep(100);
    expect(gate.waiting()).toBe(maxInFlight);
    gate.release();
    const all = (await Promise.all(dialled.map((bare) => codes(bare, each)))).flat();
    expect(all.filter((code) => code === "gate.busy")).toHaveLength(20);
    expect(all.filter((code) => code === undefined)).toHaveLength(maxInFlight);
  });

  it("of calls whose answers nobody reads is not read any further, and ends", async () => {
    let answered = 0;
    const long = { ...head, checkpoint: "x".repeat(500_000) };
    await place.serve(
      () => {
        answered += 1;
        return Promise.resolve(long);
      },
      { patienceMs: 300 },
    );
    const bare = await place.dial();
    bare.socket.pause();
    for (let round = 0; round < 40; round += 1) {
      for (let id = 0; id < 50; id += 1) bare.say(JSON.stringify({ id, body: { verb: "head" } }));
      await sleep(2);
    }
    await sleep(600);
    expect(answered).toBeLessThan(200);
    bare.socket.resume();
    await bare.closed;
  });

  it("of connections leaves those that are there", async () => {
    await place.serve();
    const first = await place.dial();
    const more = await Promise.all(Array.from({ length: 80 }, () => place.dial()));
    await sleep(100);
    expect(more.filter(({ socket }) => socket.closed).length).toBeGreaterThan(10);
    first.say(healthy);
    expect(await first.heard(1)).toHaveLength(1);
  });
});

describe("an answer", () => {
  it("comes for each call in any order, and for one that fails too", async () => {
    await place.serve(async (request) => {
      if (request.verb === "head") await sleep(50);
      if (request.verb === "health") throw new Error("a bug with a secret in its words");
      return head;
    });
    const bare = await place.dial();
    ["head", "health", "entries"].forEach((verb, id) => {
      bare.say(JSON.stringify({ id, body: verb === "entries" ? { verb, from: 0, limit: 1 } : { verb } }));
    });
    const answers = await bare.heard(3);
    expect(answers.map(({ id }) => id).toSorted()).toEqual([0, 1, 2]);
    expect(answers.at(-1)?.id).toBe(0);
    expect(answers.find(({ id }) => id === 1)?.body).toMatchObject({ kind: "problem", code: "gate.broken" });
    expect(JSON.stringify(answers)).not.toContain("secret");
  });

  it("with more leaves than fit carries the first of them", async () => {
    const leaves = Array.from({ length: 10 }, (_, index) => ({ index, leaf: "y".repeat(1_000_000) }));
    await place.serve(() => Promise.resolve({ kind: "entries", size: 10, leaves }));
    const bare = await place.dial();
    bare.say(JSON.stringify({ id: 1, body: { verb: "entries", from: 0, limit: 10 } }));
    const [answer] = await bare.heard(1);
    const got = (answer?.body as unknown as { leaves: { index: number }[]; size: number }).leaves;
    expect(got.map(({ index }) => index)).toEqual([0, 1]);
  });

  it("that does not fit at all is a problem", async () => {
    await place.serve(() => Promise.resolve({ ...head, checkpoint: "x".repeat(maxFrameBytes) }));
    const bare = await place.dial();
    bare.say(healthy);
    expect((await bare.heard(1))[0]?.body.code).toBe("gate.answer-too-long");
  });
});

describe("the end", () => {
  it("lets calls under way be answered and takes no new ones", async () => {
    const calls = held();
    const gate = await place.serve(calls.answer);
    const bare = await place.dial();
    bare.say(healthy);
    while (calls.waiting() === 0) await sleep(5);
    const closing = gate.close();
    bare.say(JSON.stringify({ id: 2, body: { verb: "head" } }));
    expect((await bare.heard(1))[0]).toMatchObject({ id: 2, body: { code: "gate.closing" } });
    await expect(place.dial()).rejects.toThrow();
    calls.release();
    expect((await bare.heard(2))[1]).toEqual({ id: 1, body: head });
    await closing;
    await bare.closed;
    expect(existsSync(place.path())).toBe(false);
  });
});
