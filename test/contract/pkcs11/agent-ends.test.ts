/** What happens when a real agent dies, hangs or loses its token in the middle of a signature. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit } from "./permits.ts";

let token: TestToken;
let backend: Pkcs11Backend;
let onPoint: (point: string) => void = () => undefined;

beforeAll(async () => {
  token = await makeTestToken("hot");
});
afterAll(() => {
  token.remove();
});
afterEach(async () => {
  onPoint = () => undefined;
  await backend.close();
});

async function open(limits: Partial<TokenConfig["limits"]> = {}): Promise<void> {
  const config = changed(token.token.config, (draft) => {
    draft["limits"] = limits;
  });
  backend = await openPkcs11Backend(config, {
    faults: {
      at: (point) => {
        onPoint(point);
      },
    },
  });
}
const sign = () => backend.sign(permit("hot", token.keys["hot"]!));
const healed = () =>
  vi.waitFor(
    () => {
      expect(backend.health()).toMatchObject({ ready: true, restarts: 1 });
    },
    { timeout: 20_000, interval: 20 },
  );
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};
/** Sends a signal to the agent at a fault point, once, and tells whom. */
function strike(at: string, signal: NodeJS.Signals): { pid: () => number | undefined } {
  let struck: number | undefined;
  onPoint = (point) => {
    if (point !== at || struck !== undefined) return;
    struck = backend.health().pid!;
    process.kill(struck, signal);
  };
  return { pid: () => struck };
}

test("an agent killed while it is asked leaves `unavailable`, and another one signs", async () => {
  await open();
  const struck = strike("agent-asked", "SIGKILL");
  const answers = await Promise.all(Array.from({ length: 8 }, sign));
  expect(struck.pid()).toBeDefined();
  expect(isAlive(struck.pid()!)).toBe(false);
  expect(answers.filter((answer) => answer.kind === "unavailable").length).toBeGreaterThan(0);
  await healed();
  expect(backend.health().pid).not.toBe(struck.pid());
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("an agent killed after its answer does not take the answer with it", async () => {
  await open();
  const struck = strike("agent-answered", "SIGKILL");
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
  expect(struck.pid()).toBeDefined();
  await healed();
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("a stopped agent is killed by the watchdog and replaced", async () => {
  await open({ heartbeatMs: 200, missedBeats: 5, signTimeoutMs: 30_000 });
  const struck = strike("agent-asked", "SIGSTOP");
  await expect(sign()).resolves.toMatchObject({ kind: "unavailable" });
  await healed();
  expect(isAlive(struck.pid()!)).toBe(false);
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("a stopped agent is killed at the deadline of the signature, when that comes first", async () => {
  await open({ heartbeatMs: 60_000, signTimeoutMs: 1_000 });
  const struck = strike("agent-asked", "SIGSTOP");
  await expect(sign()).resolves.toEqual({ kind: "unavailable", why: "the token did not answer in time" });
  await vi.waitFor(
    () => {
      expect(isAlive(struck.pid()!)).toBe(false);
    },
    { timeout: 20_000 },
  );
  await healed();
});

test("a token that is away is noticed without a signature, and taken up again when it is back", async () => {
  await open({ heartbeatMs: 200, missedBeats: 10 });
  const folder = join(token.folder, "token", "tokens");
  renameSync(folder, `${folder}-away`);
  await vi.waitFor(
    () => {
      expect(backend.health().ready).toBe(false);
    },
    { timeout: 20_000 },
  );
  await expect(sign()).resolves.toMatchObject({ kind: "busy" });
  if (!existsSync(folder)) renameSync(`${folder}-away`, folder);
  await vi.waitFor(
    () => {
      expect(backend.health().ready).toBe(true);
    },
    { timeout: 20_000 },
  );
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("closing ends the process", async () => {
  await open();
  const { pid } = backend.health();
  await backend.close();
  expect(isAlive(pid!)).toBe(false);
  expect(backend.health()).toMatchObject({ ready: false, why: "closed", pid: undefined });
});

test("an agent ends when its parent is killed", async () => {
  await open();
  const script = fileURLToPath(new URL("lone-parent.ts", import.meta.url));
  const parent = spawn(process.execPath, [script, token.token.configFile], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await vi.waitFor(
    () => {
      expect(isAlive(pid)).toBe(false);
    },
    { timeout: 10_000 },
  );
});
