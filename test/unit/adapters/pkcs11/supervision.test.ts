/** The queue and the supervisor over an agent made for the test: what a token can do wrong. */
import { getPublicKey, hashes, sign as signWithNoble } from "@noble/secp256k1";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Agent } from "../../../../src/adapters/pkcs11/agent-process.ts";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../../src/adapters/pkcs11/backend.ts";
import { checkTokenConfig } from "../../../../src/adapters/pkcs11/token-config.ts";
import { TokenFailure, type Failure } from "../../../../src/adapters/pkcs11/token-failure.ts";
import { SigningPermit } from "../../../../src/gate/permit.ts";
import * as Address from "../../../../src/values/address.ts";
import * as Bytes32 from "../../../../src/values/bytes32.ts";
import * as Hex from "../../../../src/values/hex.ts";
import * as Name from "../../../../src/values/name.ts";

hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const secret = new Uint8Array(32).fill(3);
const publicKey = Hex.fromBytes(getPublicKey(secret, false));
const config = checkTokenConfig({
  apiVersion: "countersign/v1",
  kind: "Token",
  name: "test",
  profile: "softhsm",
  module: { path: "/nowhere.so" },
  token: { label: "test", serial: "1" },
  login: { pin: { file: "/nowhere" }, latch: "/nowhere" },
  sessions: 2,
  limits: { signTimeoutMs: 1_000, heartbeatMs: 100, missedBeats: 3, queue: 2 },
  keys: [{ name: "hot", id: "aa", label: "hot", publicKey }],
});

type Scripted = Omit<Agent, "kill"> & { readonly questions: Uint8Array[]; killed: boolean; kill: () => void };
type Script = {
  sign?: (digest: Uint8Array) => Promise<Uint8Array>;
  health?: () => Promise<Uint8Array>;
  ready?: () => Promise<never>;
};

const failure = (kind: Failure["class"]): TokenFailure =>
  new TokenFailure({ class: kind, code: 1, name: "test", doing: "testing", why: kind });
const never = (): Promise<never> => new Promise(() => undefined);

/** Keeps the contract of an agent: answers by script, `gone` once killed, and what was open then is lost. */
function scripted(script: Script): Scripted {
  let end: (why: string) => void = () => undefined;
  const gone = new Promise<string>((resolve) => {
    end = resolve;
  });
  const lost = gone.then(() => {
    throw failure("reconnect");
  });
  lost.catch(() => undefined);
  const agent: Scripted = {
    pid: 1,
    gone,
    killed: false,
    questions: [],
    ready: script.ready?.() ?? Promise.resolve({ token: "test", serial: "1", module: "test", keys: 1 }),
    kill: () => {
      agent.killed = true;
      end("killed");
    },
    output: () => "",
    ask: (verb, payload) => {
      if (verb === "health") return Promise.race([script.health?.() ?? Promise.resolve(new Uint8Array()), lost]);
      agent.questions.push(payload);
      return Promise.race([(script.sign ?? good)(payload.subarray(2)), lost]);
    },
  };
  return agent;
}

const good = (digest: Uint8Array): Promise<Uint8Array> =>
  Promise.resolve(signWithNoble(digest, secret, { prehash: false }));
const permit = (fill = "11", right: object = {}): SigningPermit =>
  SigningPermit.issue({
    key: Name.parse("hot"),
    address: Address.zero,
    publicKey,
    digest: Bytes32.parse(`0x${fill.repeat(32)}`),
    ...right,
  });

let backend: Pkcs11Backend;
let agents: Scripted[];
let alternatives = false;
const open = async (...scripts: Script[]): Promise<void> => {
  agents = [];
  backend = await openPkcs11Backend(config, {
    alternatives,
    faults: { at: () => undefined },
    start: () => {
      const agent = scripted(scripts[Math.min(agents.length, scripts.length - 1)] ?? {});
      agents.push(agent);
      return agent;
    },
  });
};

beforeEach(() => {
  alternatives = false;
  vi.useFakeTimers();
});
afterEach(async () => {
  await backend.close();
  vi.useRealTimers();
});

describe("a token that lies", () => {
  test("a signature over another digest is a fault, and the agent is replaced", async () => {
    await open({ sign: () => good(new Uint8Array(32)) }, {});
    await expect(backend.sign(permit())).rejects.toMatchObject({ code: "pkcs11.wrong-signature", retry: "never" });
    expect(agents[0]?.killed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    await expect(backend.sign(permit())).resolves.toMatchObject({ kind: "signed" });
    expect(backend.health()).toMatchObject({ ready: true, restarts: 1, signed: 1 });
  });

  test("a module that changes the buffer it was handed and signs that is found out", async () => {
    await open({
      sign: (digest) => {
        digest[0]! ^= 1;
        return good(digest);
      },
    });
    await expect(backend.sign(permit())).rejects.toMatchObject({ code: "pkcs11.wrong-signature" });
  });
});

describe("a permit", () => {
  test("for a key the token has not, or pinned otherwise, asks nothing", async () => {
    await open({});
    await expect(backend.sign(permit("11", { key: Name.parse("cold") }))).rejects.toMatchObject({
      code: "pkcs11.unknown-key",
    });
    await expect(backend.sign(permit("11", { publicKey: `0x04${"00".repeat(64)}` }))).rejects.toMatchObject({
      code: "pkcs11.other-key",
    });
    expect(agents[0]?.questions).toEqual([]);
  });

  test("is good once", async () => {
    await open({});
    const once = permit();
    await backend.sign(once);
    await expect(backend.sign(once)).rejects.toThrow("used twice");
  });
});

describe("the line before the token", () => {
  test("holds two with the token and two waiting; the fifth is told to come again", async () => {
    await open({ sign: never });
    const answers = ["01", "02", "03", "04", "05"].map((fill) => backend.sign(permit(fill)));
    await expect(answers[4]).resolves.toEqual({ kind: "busy", why: "2 signatures are waiting" });
    expect(backend.health()).toMatchObject({ queued: 2, inFlight: 2 });
    expect(agents[0]?.questions).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all(answers)).toMatchObject([
      { kind: "unavailable" },
      { kind: "unavailable" },
      { kind: "busy" },
      { kind: "busy" },
      { kind: "busy" },
    ]);
    expect(agents[0]?.killed).toBe(true);
  });

  test("is carried on by the next agent", async () => {
    await open({ sign: () => never() }, {});
    const answers = ["01", "02", "03"].map((fill) => backend.sign(permit(fill)));
    await vi.advanceTimersByTimeAsync(0);
    agents[0]?.kill();
    await vi.advanceTimersByTimeAsync(500);
    expect(await Promise.all(answers)).toMatchObject([
      { kind: "unavailable" },
      { kind: "unavailable" },
      { kind: "signed" },
    ]);
  });
});

describe("an error of the token", () => {
  test.each([
    ["busy", { kind: "busy" }, false],
    ["reconnect", { kind: "unavailable" }, true],
    ["session", { kind: "unavailable" }, true],
    ["relogin", { kind: "unavailable" }, true],
  ] as const)("of class %s answers accordingly", async (kind, answer, killed) => {
    await open({ sign: () => Promise.reject(failure(kind)) });
    await expect(backend.sign(permit())).resolves.toMatchObject(answer);
    expect(agents[0]?.killed).toBe(killed);
  });

  test("of class request is a fault, and the token is left alone", async () => {
    await open({ sign: () => Promise.reject(failure("request")) });
    await expect(backend.sign(permit())).rejects.toMatchObject({ code: "pkcs11.refused", retry: "never" });
    expect(agents[0]?.killed).toBe(false);
  });
});

describe("the heartbeat", () => {
  test("three beats without an answer end the agent", async () => {
    await open({ health: never }, {});
    await vi.advanceTimersByTimeAsync(399);
    expect(agents[0]?.killed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(agents[0]?.killed).toBe(true);
    expect(backend.health()).toMatchObject({ ready: false, why: "the token agent missed 3 heartbeats" });
  });

  test("a token that fails to answer it is opened anew", async () => {
    await open({ health: () => Promise.reject(failure("reconnect")) }, {});
    await vi.advanceTimersByTimeAsync(100);
    expect(agents[0]?.killed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(backend.health()).toMatchObject({ ready: true, restarts: 1 });
  });
});

describe("a start that fails", () => {
  test.each(["config", "fatal-auth"] as const)("with class %s is a fault and is not tried again", async (kind) => {
    await expect(open({ ready: () => Promise.reject(failure(kind)) })).rejects.toMatchObject({
      code: "pkcs11.start",
      retry: "never",
    });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(agents).toHaveLength(1);
  });

  test("with class reconnect is tried again with growing pauses, and meanwhile says so", async () => {
    await open({ ready: () => Promise.reject(failure("reconnect")) });
    expect(backend.health()).toMatchObject({ ready: false, why: "testing: reconnect" });
    await expect(backend.sign(permit())).resolves.toEqual({ kind: "busy", why: "testing: reconnect" });
    await vi.advanceTimersByTimeAsync(10_000);
    const early = agents.length;
    expect(early).toBeGreaterThan(4);
    expect(early).toBeLessThan(8);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(agents.length - early).toBeLessThan(8);
  });

  test("after a good one stops the backend when a person must act", async () => {
    await open({}, { ready: () => Promise.reject(failure("fatal-auth")) });
    agents[0]?.kill();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(agents).toHaveLength(2);
    expect(backend.health()).toMatchObject({ ready: false, why: "testing: fatal-auth" });
  });
});

test("after closing nothing is asked and nothing starts", async () => {
  await open({});
  await backend.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(agents).toHaveLength(1);
  expect(agents[0]?.killed).toBe(true);
  await expect(backend.sign(permit())).resolves.toEqual({ kind: "busy", why: "closed" });
});

describe("what waits while the token goes away", () => {
  /** Two are with an agent that is lost, two wait behind them; what the four were answered, a moment later. */
  async function answersOfFour(): Promise<readonly string[]> {
    await open({ sign: never }, {});
    const said: string[] = [];
    for (const fill of ["11", "22", "33", "44"])
      void backend.sign(permit(fill)).then(({ kind }) => said.push(`${fill} ${kind}`));
    await vi.advanceTimersByTimeAsync(10);
    agents[0]?.kill();
    await vi.advanceTimersByTimeAsync(10);
    return said;
  }

  test("waits for it to come back, where no other token has the key", async () => {
    expect(await answersOfFour()).toEqual(["11 unavailable", "22 unavailable"]);
    await vi.advanceTimersByTimeAsync(500);
    expect(backend.health().signed).toBe(2);
  });

  test("is let go at once, where another token has it", async () => {
    alternatives = true;
    expect((await answersOfFour()).toSorted()).toEqual(["11 unavailable", "22 unavailable", "33 busy", "44 busy"]);
    await vi.advanceTimersByTimeAsync(500);
    expect(backend.health().signed).toBe(0);
  });

  test("is let go at once, where a person must act before it comes back", async () => {
    const refused: Script = { ready: () => Promise.reject(failure("fatal-auth")) };
    await open({ sign: never }, refused);
    const answers = ["11", "22", "33"].map((fill) => backend.sign(permit(fill)));
    agents[0]?.kill();
    await vi.advanceTimersByTimeAsync(500);
    await expect(answers[2]).resolves.toEqual({ kind: "busy", why: "testing: fatal-auth" });
  });
});

test.each([
  ["what is late", never],
  ["what failed in a way that ends the agent", () => Promise.reject(failure("reconnect"))],
])("%s is answered when its agent has ended, and not before: another token may have it then", async (_, answer) => {
  await open({ sign: answer });
  const { kill: end } = agents[0]!;
  agents[0]!.kill = () => undefined;
  let said: string | undefined;
  void backend.sign(permit()).then(({ kind }) => {
    said = kind;
  });
  await vi.advanceTimersByTimeAsync(1_500);
  const before = said;
  agents[0]!.kill = end;
  end();
  await vi.advanceTimersByTimeAsync(1);
  expect({ before, said }).toEqual({ before: undefined, said: "unavailable" });
});
