/** A key that asks for the PIN at each signature: it gets it, where the file says so, and a refused PIN is never tried twice. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import type { CreatedKey } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import { addKey } from "../../../src/adapters/pkcs11/soft-token.ts";
import type { TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { makeKeyThatAlwaysAsks } from "../../place/always-asking-key.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit, randomDigest, recovered } from "./permits.ts";

let token: TestToken;
let config: TokenConfig;
let key: Pick<CreatedKey, "address" | "publicKey">;
let faulty: FaultyModule;
let backend: Pkcs11Backend | undefined;

beforeAll(async () => {
  token = await makeTestToken();
  const made = makeKeyThatAlwaysAsks(token.token.config, "countersign/test/asking/1");
  key = { publicKey: made.publicKey, address: fromPublicKey(made.publicKey) };
  ({ config } = addKey(token.token, { name: parseName("asking"), ...made }));
  faulty = buildFaultyModule(join(token.folder, "module"));
});
afterEach(async () => {
  await backend?.close();
  backend = undefined;
  faulty.disarm();
  rmSync(config.login.latch, { force: true });
});
afterAll(() => {
  token.remove();
});

const log = (): string => join(token.folder, "logins");
const logins = (): number => readFileSync(log(), "utf8").length;

async function open(how = "none", login: Partial<TokenConfig["login"]> = {}): Promise<Pkcs11Backend> {
  rmSync(log(), { force: true });
  const asking = changed(faulty.behind(config, how, { FAULTY_LOG: log() }), (draft) => {
    draft["login"] = { ...config.login, alwaysAuthenticate: true, ...login };
  });
  backend = await openPkcs11Backend(asking, { faults: { at: () => undefined } });
  return backend;
}

async function sign(): Promise<string> {
  const digest = randomDigest();
  const answer = await backend!.sign(permit("asking", key, digest));
  if (answer.kind !== "signed") return answer.kind;
  expect(recovered(answer.signature, digest).native).toBe(key.publicKey);
  return "signed";
}

test("signs, in all sessions at once, with a login for each", async () => {
  await open();
  expect(await Promise.all(Array.from({ length: 16 }, sign))).toEqual(Array.from({ length: 16 }, () => "signed"));
  expect(backend!.health().restarts).toBe(0);
  expect(logins()).toBe(1 + 16);
});

test("is refused where nobody said that the agent may keep the PIN", async () => {
  await expect(openPkcs11Backend(config, { faults: { at: () => undefined } })).rejects.toThrow(
    "it asks for the PIN at each signature, which the agent then has to keep; say so with `login.alwaysAuthenticate: true`",
  );
});

test("a PIN that is refused at a signature is tried once, by nobody again, and remembered", async () => {
  await open("told");
  expect(await sign()).toBe("signed");
  faulty.tell("error-160@C_Login");
  const answers = await Promise.all(Array.from({ length: 8 }, sign));
  expect(faulty.isArmed()).toBe(false);
  expect(answers.filter((kind) => kind === "signed")).toEqual([]);
  await vi.waitFor(
    () => {
      expect(backend!.health().why).toContain("the token refused this PIN before and it is not tried again");
    },
    { timeout: 10_000, interval: 20 },
  );
  expect(await sign()).toBe("busy");
  // At the opening, for the first signature, and the one that was refused; four sessions were about to try.
  expect(logins()).toBe(3);
  expect(readFileSync(config.login.latch, "utf8")).toMatch(/^#.*\n[0-9a-f]{64}\n$/);
  await expect(open()).rejects.toThrow("the token refused this PIN before");
});

test("a PIN that is refused at a signature is tried once, even where that can not be remembered any more", async () => {
  const folder = mkdtempSync(join(token.folder, "latch-"));
  await open("told", { latch: join(folder, "refused-pins") });
  expect(await sign()).toBe("signed");
  rmSync(folder, { recursive: true });
  faulty.tell("error-160@C_Login");
  const answers = await Promise.all(Array.from({ length: 8 }, sign));
  expect(answers.filter((kind) => kind === "signed")).toEqual([]);
  await vi.waitFor(
    () => {
      expect(backend!.health().why).toContain("cannot be written, and a refused PIN would be forgotten");
    },
    { timeout: 10_000, interval: 20 },
  );
  expect(logins()).toBe(3);
});

test("another failure of the login is a lost connection, which heals", async () => {
  await open("told");
  expect(await sign()).toBe("signed");
  faulty.tell("error-48@C_Login");
  expect(await sign()).toBe("unavailable");
  await vi.waitFor(
    () => {
      expect(backend!.health()).toMatchObject({ ready: true, restarts: 1 });
    },
    { timeout: 10_000, interval: 20 },
  );
  expect(await sign()).toBe("signed");
  expect(readFileSync(config.login.latch, "utf8")).toMatch(/^#.*\n$/);
});
