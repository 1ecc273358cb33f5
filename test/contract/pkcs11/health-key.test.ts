/** A token whose health key signs before it is used and every so often: what cannot sign is found out while nobody asks. */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openPkcs11Backend, type Pkcs11Backend } from "../../../src/adapters/pkcs11/backend.ts";
import { driftOf } from "../../../src/adapters/pkcs11/drift.ts";
import { listKeys } from "../../../src/adapters/pkcs11/key-ceremony.ts";
import { numberedKeys, type TokenConfig } from "../../../src/adapters/pkcs11/token-config.ts";
import { buildFaultyModule, type FaultyModule } from "../../place/faulty-module.ts";
import { changed, makeTestToken, type TestToken } from "../../place/softhsm.ts";
import { permit } from "./permits.ts";

let token: TestToken;
let config: TokenConfig;
let faulty: FaultyModule;
let backend: Pkcs11Backend | undefined;

beforeAll(async () => {
  token = await makeTestToken("hot", "health");
  faulty = buildFaultyModule(join(token.folder, "module"));
  const [hot, key] = token.token.config.keys;
  config = changed(faulty.behind(token.token.config, "told"), (draft) => {
    draft["keys"] = [hot];
    draft["health"] = { key, everyMs: 250 };
    draft["limits"] = { signTimeoutMs: 3_000 };
  });
});
afterEach(async () => {
  await backend?.close();
  backend = undefined;
  faulty.disarm();
});
afterAll(() => {
  token.remove();
});

async function open(): Promise<Pkcs11Backend> {
  backend = await openPkcs11Backend(config, { faults: { at: () => undefined } });
  return backend;
}
const sign = async (): Promise<string> => (await backend!.sign(permit("hot", token.keys["hot"]!))).kind;
const becomes = (expected: object): Promise<void> =>
  vi.waitFor(
    () => {
      expect(backend!.health()).toMatchObject(expected);
    },
    { timeout: 20_000, interval: 5 },
  );

test.each([
  ["other", "the token's signature is not the pinned key's over this digest"],
  ["zero", "the token's signature is out of range"],
  ["error-50", "CKR_DEVICE_REMOVED (50)"],
  ["hang", "it did not answer in time"],
])("a token that opens and cannot sign (%s) is not used, and says why", async (how, why) => {
  faulty.tell(`${how}@C_Sign`);
  await open();
  expect(faulty.isArmed()).toBe(false);
  expect(backend!.health()).toMatchObject({ ready: false, why: `signing with the health key: ${why}` });
  expect(await sign()).toBe("busy");
  await becomes({ ready: true, restarts: 1, why: "the token is open, and signs with its health key" });
  expect(await sign()).toBe("signed");
});

test.each(["error-5@C_SignInit", "crash@C_Sign", "hang@C_Sign", "bend@C_Sign"])(
  "%s is found while nobody signs, and no request is lost to it",
  async (fault) => {
    await open();
    expect(backend!.health()).toMatchObject({ ready: true, restarts: 0 });
    faulty.tell(fault);
    await becomes({ restarts: 1, ready: true });
    expect(faulty.isArmed()).toBe(false);
    expect(await sign()).toBe("signed");
    expect(backend!.health().signed).toBe(1);
  },
);

test("no room at the moment is no illness", async () => {
  await open();
  faulty.tell("error-177@C_SignInit");
  await vi.waitFor(
    () => {
      expect(faulty.isArmed()).toBe(false);
    },
    { timeout: 5_000, interval: 5 },
  );
  expect(await sign()).toBe("signed");
  expect(backend!.health()).toMatchObject({ ready: true, restarts: 0 });
});

test("a permit never reaches it, and the inventory knows it", async () => {
  await open();
  await expect(backend!.sign(permit("health", token.keys["health"]!))).rejects.toMatchObject({
    code: "pkcs11.unknown-key",
  });
  const objects = await listKeys(config);
  expect(objects.flatMap(({ findings }) => findings)).toEqual([]);
  expect(driftOf(numberedKeys(config), objects)).toEqual([]);
});
