/** The token file: what it may say. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkTokenConfig, parseTokenConfig } from "../../../../src/adapters/pkcs11/token-config.ts";

const text = readFileSync(new URL("../../../../hsm-config/softhsm.yaml", import.meta.url), "utf8");
const profile = (): any => structuredClone(parseTokenConfig(text));

test("the profile in hsm-config is a valid token file", () => {
  expect(parseTokenConfig(text)).toMatchObject({ name: "treasury", sessions: 4, limits: { signTimeoutMs: 10_000 }, keys: [{ name: "hsm-mint" }] });
});

test("what is left out has the usual value", () => {
  const short = profile();
  delete short.sessions;
  delete short.limits;
  delete short.login.allowEnvPin;
  delete short.module.owner;
  expect(checkTokenConfig(short)).toEqual(profile());
});

describe("a token file is refused", () => {
  test.each<[string, (config: any) => void, string]>([
    ["with a field nobody knows", (c) => { c.slot = 0; }, ""],
    ["with a slot in place of the serial number", (c) => { c.token = { slot: 0 }; }, "token.label"],
    ["with a relative module", (c) => { c.module.path = "libsofthsm2.so"; }, "module.path"],
    ["with a relative PIN file", (c) => { c.login.pin.file = "pin"; }, "login.pin.file"],
    ["with the PIN itself", (c) => { c.login.pin = { value: "1234" }; }, "login.pin"],
    ["with a PIN from the environment that is not allowed", (c) => { c.login.pin = { env: "HSM_PIN" }; }, "login"],
    ["with a preloaded library", (c) => { c.module.env.LD_PRELOAD = "/tmp/x.so"; }, "module.env"],
    ["with options for Node", (c) => { c.module.env.NODE_OPTIONS = "--require /tmp/x.js"; }, "module.env"],
    ["with a thread count of its own", (c) => { c.module.env.UV_THREADPOOL_SIZE = "1"; }, "module.env"],
    ["with a compressed public key", (c) => { c.keys[0].publicKey = `0x02${"11".repeat(32)}`; }, "keys.0.publicKey"],
    ["with one name twice", (c) => { c.keys.push({ ...c.keys[0], publicKey: `0x04${"11".repeat(64)}` }); }, "keys"],
    ["with one public key twice", (c) => { c.keys.push({ ...c.keys[0], name: "other" }); }, "keys"],
    ["with no session", (c) => { c.sessions = 0; }, "sessions"],
    ["without a pinned key", (c) => { delete c.keys[0].publicKey; }, "keys.0.publicKey"],
  ])("%s", (_, change, field) => {
    const config = profile();
    change(config);
    expect(() => checkTokenConfig(config)).toThrow(expect.objectContaining({ code: "pkcs11.config", field }));
  });

  test("that is not YAML, or names a field twice", () => {
    expect(() => parseTokenConfig("a: [")).toThrow("is not YAML");
    expect(() => parseTokenConfig(`${text}\nsessions: 5\n`)).toThrow("is not YAML");
  });
});
