/** A real token behind a module that goes wrong once, at each step of an opening and of a signing: nothing wrong leaves, and it heals. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { BackendAnswer } from "../../../src/flow/gate/backend.port.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { toBytes } from "../../../src/values/hex.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit, randomDigest, recovered } from "./permits.ts";

let token: TestToken;
let faulty: FaultyModule;
let backend: Pkcs11Backend | undefined;

beforeAll(async () => {
  token = await makeTestToken("hot");
  faulty = buildFaultyModule(join(token.folder, "module"));
});
afterAll(() => {
  token.remove();
});
afterEach(async () => {
  await backend?.close();
  backend = undefined;
  faulty.disarm();
  rmSync(token.token.config.login.latch, { force: true });
});

type Limits = Partial<TokenConfig["limits"]>;

async function open(how: string, limits: Limits = {}, env: Record<string, string> = {}): Promise<Pkcs11Backend> {
  const config = changed(faulty.behind(token.token.config, how, env), (draft) => {
    draft["limits"] = limits;
  });
  backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
  return backend;
}

/** Signs a digest of its own, and looks at the answer with libraries that the backend does not use. */
async function sign(): Promise<BackendAnswer["kind"]> {
  const digest = randomDigest();
  const key = token.keys["hot"]!;
  const answer = await backend!.sign(permit("hot", key, digest));
  if (answer.kind === "signed") {
    expect(recovered(answer.signature, digest).noble()).toBe(key.publicKey);
    expect(toBytes(answer.signature.s)[0]).toBeLessThan(0x80);
  }
  return answer.kind;
}

const healed = (restarts: number): Promise<void> =>
  vi.waitFor(
    () => {
      expect(backend!.health()).toMatchObject({ ready: true, restarts });
    },
    { timeout: 20_000, interval: 20 },
  );
const happened = (): void => {
  expect(existsSync(faulty.when)).toBe(false);
};

/** Short for what hangs, long for what only takes its time on a busy machine. */
const limitsFor = (how: string, when: Limits): Limits => (how === "hang" ? when : { signTimeoutMs: 30_000 });

describe("while a token is opened", () => {
  const calls =
    "C_Initialize C_GetSlotList C_GetTokenInfo C_OpenSession C_Login C_FindObjectsInit C_GetAttributeValue".split(" ");
  const everywhere = calls.map((call) => ["crash", call] as const);

  test.each([
    ...everywhere,
    ["error-48", "C_GetSlotList"],
    ["error-5", "C_Login"],
    ["error-48", "C_GetAttributeValue"],
    ["abort", "C_Initialize"],
    ["hang", "C_Login"],
  ] as const)("%s in %s is followed by another start, which signs", async (how, call) => {
    faulty.arm();
    await open(`${how}@${call}`, limitsFor(how, { startTimeoutMs: 2_000 }));
    happened();
    expect(backend!.health()).toMatchObject({ ready: false, restarts: 0 });
    expect(await sign()).toBe("busy");
    await healed(1);
    expect(await sign()).toBe("signed");
  });

  test.each([160, 164])("error %i in C_Login is not tried again, now or by a later start", async (code) => {
    faulty.arm();
    const refused = expect.objectContaining({ code: "pkcs11.start", retry: "never" }) as Error;
    await expect(open(`error-${code}@C_Login`)).rejects.toThrow(refused);
    happened();
    await expect(open("none")).rejects.toThrow("the token refused this PIN before and it is not tried again");
  });
});

describe("while a digest is signed", () => {
  const endings = ["crash", "abort", "hang", "error-50"];
  const calls = ["C_SignInit", "C_Sign", "C_Sign:after"];
  const cases = endings.flatMap((how) => calls.map((call) => [how, call] as const));

  test.each(cases)("%s in %s leaves `unavailable` and a new agent", async (how, call) => {
    // A hang in C_SignInit blocks the agent's only thread: the heartbeat finds it. One in C_Sign is found by its deadline.
    const blocks = call === "C_SignInit" ? { heartbeatMs: 200, missedBeats: 5 } : { signTimeoutMs: 1_500 };
    await open(`${how}@${call}`, limitsFor(how, blocks));
    expect(await sign()).toBe("signed");
    const { pid } = backend!.health();
    faulty.arm();
    expect(await sign()).toBe("unavailable");
    happened();
    await healed(1);
    expect(backend!.health().pid).not.toBe(pid);
    expect(await sign()).toBe("signed");
  });

  test.each([5, 0x8000_0001])("error %i is a lost connection", async (code) => {
    await open(`error-${code}@C_Sign`);
    faulty.arm();
    expect(await sign()).toBe("unavailable");
    happened();
    await healed(1);
    expect(await sign()).toBe("signed");
  });

  test.each(["stuck@C_SignInit", "error-130@C_SignInit", "error-145@C_Sign", "error-179@C_SignInit"])(
    "after %s the agent tries once more in a new session",
    async (how) => {
      await open(how);
      faulty.arm();
      expect(await sign()).toBe("signed");
      happened();
      expect(backend!.health().restarts).toBe(0);
      expect(await sign()).toBe("signed");
    },
  );

  test.each([49, 177])("error %i is `busy`: nothing was signed, and the agent stays", async (code) => {
    await open(`error-${code}@C_SignInit`);
    faulty.arm();
    expect(await sign()).toBe("busy");
    happened();
    expect(await sign()).toBe("signed");
    expect(backend!.health().restarts).toBe(0);
  });

  test.each([33])("error %i is the call's own fault, said once, and the agent stays", async (code) => {
    await open(`error-${code}@C_SignInit`);
    faulty.arm();
    await expect(sign()).rejects.toMatchObject({ code: "pkcs11.refused", retry: "never" });
    happened();
    expect(await sign()).toBe("signed");
    expect(backend!.health().restarts).toBe(0);
  });

  test("a token that is away is found by the heartbeat, without a signature", async () => {
    await open("error-225@C_GetTokenInfo", { heartbeatMs: 200 });
    const { pid } = backend!.health();
    faulty.arm();
    await healed(1);
    happened();
    expect(backend!.health().pid).not.toBe(pid);
    expect(await sign()).toBe("signed");
  });
});

describe("an answer that is not the signature", () => {
  test.each(["bend", "other", "zero"])("%s is found out, stops, and its agent is replaced", async (how) => {
    await open(`${how}@C_Sign`);
    faulty.arm();
    await expect(sign()).rejects.toMatchObject({ code: "pkcs11.wrong-signature", retry: "never" });
    happened();
    await healed(1);
    expect(backend!.health().signed).toBe(0);
    expect(await sign()).toBe("signed");
  });

  test("the one before it, given again, is found out", async () => {
    await open("again@C_Sign");
    expect(await sign()).toBe("signed");
    faulty.arm();
    await expect(sign()).rejects.toMatchObject({ code: "pkcs11.wrong-signature" });
    happened();
  });

  test.each([
    ["short", "63 bytes"],
    ["strip", "63 bytes"],
    ["der", "72 bytes"],
  ])("%s is refused for its length", async (how, said) => {
    await open(`${how}@C_Sign`);
    faulty.arm();
    await expect(sign()).rejects.toMatchObject({
      code: "pkcs11.refused",
      message: expect.stringContaining(said) as unknown,
    });
    happened();
    expect(await sign()).toBe("signed");
  });

  test("with a high s leaves with the low one", async () => {
    await open("high@C_Sign");
    faulty.arm();
    expect(await sign()).toBe("signed");
    happened();
    expect(backend!.health().highS).toBe(1);
  });
});

describe("a slow token", () => {
  test("signs in as many sessions at once as it has", async () => {
    const config = changed(faulty.behind(token.token.config, "none", { FAULTY_DELAY: "100000" }), (draft) => {
      draft["sessions"] = 16;
    });
    backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
    const row = (length: number): Promise<string[]> => Promise.all(Array.from({ length }, sign));
    await row(16);
    const began = performance.now();
    expect(new Set(await row(96))).toEqual(new Set(["signed"]));
    // 96 × 100 ms in sixteen sessions are 0.6 s; with the four threads that Node has by itself they would be 2.4 s.
    expect(performance.now() - began).toBeLessThan(2_400);
  });

  test("does not hold up those who may not wait: beyond the line the answer is `busy` at once", async () => {
    await open("none", { queue: 4, signTimeoutMs: 30_000 }, { FAULTY_DELAY: "200000" });
    expect(await sign()).toBe("signed");
    const answers = await Promise.all(Array.from({ length: 12 }, sign));
    expect(answers.filter((kind) => kind === "busy")).toHaveLength(4);
    expect(answers.filter((kind) => kind === "signed")).toHaveLength(8);
  });
});

test("a process of the module that outlives its agent, and holds its pipes, keeps nobody waiting", async () => {
  await open("linger@C_SignInit", { signTimeoutMs: 30_000 });
  faulty.arm();
  expect(await sign()).toBe("signed");
  happened();
  process.kill(backend!.health().pid!, "SIGKILL");
  await healed(1);
  expect(await sign()).toBe("signed");
  faulty.endLingering();
});

test("a module that prints the PIN is shown without it", async () => {
  faulty.arm();
  await open("say@C_Login");
  happened();
  await sign();
  const pin = readFileSync(join(token.folder, "token", "pin"), "utf8").trim();
  const { output } = backend!.health();
  expect(output).not.toContain(pin);
  expect(output).toBe(`debug: login with '${"*".repeat(pin.length)}'\n`.repeat(2));
});
