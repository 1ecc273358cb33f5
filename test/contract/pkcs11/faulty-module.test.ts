/** A real token behind a module that goes wrong once: each fault is survived, and none yields a signature that is not ours. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit } from "./permits.ts";

let token: TestToken;
let module: string;
let when: string;
let backend: Pkcs11Backend;

beforeAll(async () => {
  token = await makeTestToken("hot");
  mkdirSync(join(token.folder, "module"), { mode: 0o700 });
  module = join(token.folder, "module", "faulty.so");
  when = join(token.folder, "module", "now");
  const includes = join(dirname(createRequire(import.meta.url).resolve("pkcs11js")), "includes");
  const source = fileURLToPath(new URL("faulty-module.c", import.meta.url));
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-I", includes, "-o", module, source, "-ldl"]);
});
afterAll(() => {
  token.remove();
});
afterEach(async () => {
  await backend.close();
});

async function open(how: string): Promise<void> {
  const { module: real } = token.token.config;
  const config = changed(token.token.config, (draft) => {
    draft["module"] = {
      path: module,
      owner: "self",
      env: { ...real.env, FAULTY_REAL: real.path, FAULTY_HOW: how, FAULTY_WHEN: when },
    };
    draft["limits"] =
      how === "hangs-in-init"
        ? { heartbeatMs: 200, missedBeats: 5 }
        : { signTimeoutMs: how === "hangs-in-sign" ? 1_000 : 30_000 };
  });
  backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
}
const arm = (): void => {
  writeFileSync(when, "");
};
const sign = () => backend.sign(permit("hot", token.keys["hot"]!));

test.each(["crashes", "aborts", "removed", "hangs-in-init", "hangs-in-sign"])(
  "a module that %s leaves `unavailable` and a new agent",
  async (how) => {
    await open(how);
    await expect(sign()).resolves.toMatchObject({ kind: "signed" });
    const { pid } = backend.health();
    arm();
    await expect(sign()).resolves.toMatchObject({ kind: "unavailable" });
    expect(existsSync(when)).toBe(false);
    await vi.waitFor(
      () => {
        expect(backend.health()).toMatchObject({ ready: true, restarts: 1 });
      },
      { timeout: 20_000 },
    );
    expect(backend.health().pid).not.toBe(pid);
    await expect(sign()).resolves.toMatchObject({ kind: "signed" });
  },
);

test.each(["operation-active", "handle-invalid"])(
  "after %s the agent tries once more on a new session",
  async (how) => {
    await open(how);
    arm();
    await expect(sign()).resolves.toMatchObject({ kind: "signed" });
    expect(existsSync(when)).toBe(false);
    expect(backend.health().restarts).toBe(0);
  },
);

test("a module that bends the digest in the caller's own buffer is found out, and its agent replaced", async () => {
  await open("bends-digest");
  arm();
  await expect(sign()).rejects.toMatchObject({ code: "pkcs11.wrong-signature", retry: "never" });
  expect(existsSync(when)).toBe(false);
  await vi.waitFor(
    () => {
      expect(backend.health()).toMatchObject({ ready: true, restarts: 1, signed: 0 });
    },
    { timeout: 20_000 },
  );
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("an answer of 63 bytes is refused", async () => {
  await open("short-answer");
  arm();
  await expect(sign()).rejects.toMatchObject({
    code: "pkcs11.refused",
    message: expect.stringContaining("63 bytes") as unknown,
  });
  expect(existsSync(when)).toBe(false);
  await expect(sign()).resolves.toMatchObject({ kind: "signed" });
});

test("a module that prints the PIN is shown without it", async () => {
  arm();
  await open("prints-pin");
  await sign();
  const pin = readFileSync(join(token.folder, "token", "pin"), "utf8").trim();
  const { output } = backend.health();
  expect(output).not.toContain(pin);
  expect(output).toBe(`debug: login with '${"*".repeat(pin.length)}'\n`.repeat(2));
});
