/** The token file: what it may say. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkTokenConfig } from "../../../../src/adapters/pkcs11/token-config.ts";
import { formatTokenConfig, parseTokenConfig } from "../../../../src/adapters/pkcs11/token-file.ts";

const text = readFileSync(new URL("../../../../hsm-config/softhsm.yaml", import.meta.url), "utf8");
const profile = parseTokenConfig(text);
const key = profile.keys[0]!;

/** The profile with one field set, or left out where the value is undefined. */
function withField(path: string, value: unknown): unknown {
  const draft = structuredClone(profile) as unknown as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop()!;
  let inner = draft;
  for (const step of steps) inner = inner[step] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(inner, last);
  else inner[last] = value;
  return draft;
}

test("the profile in hsm-config is a valid token file", () => {
  expect(profile).toMatchObject({
    name: "treasury",
    sessions: 4,
    limits: { signTimeoutMs: 10_000 },
    keys: [{ name: "hsm-mint" }],
  });
});

test.each(["module.path", "token.serial", "keys.0.id", "sessions"])("%s written out reads the same again", (path) => {
  // A serial number or an id of digits must not come back as a number.
  const value = { "module.path": "/a b/#c.so", "token.serial": "0012345678901234", "keys.0.id": "12e5", sessions: 7 }[
    path
  ];
  const config = checkTokenConfig(withField(path, value));
  expect(parseTokenConfig(formatTokenConfig(config))).toEqual(config);
});

test.each(["sessions", "limits", "limits.queue", "login.allowEnvPin", "module.owner"])(
  "%s has the usual value when it is left out",
  (path) => {
    expect(checkTokenConfig(withField(path, undefined))).toEqual(profile);
  },
);

describe("a token file is refused", () => {
  test.each<[string, string, unknown, string]>([
    ["with a field nobody knows", "slot", 0, ""],
    ["with a slot in place of the serial number", "token", { label: "treasury", slot: 0 }, "token.serial"],
    ["with a relative module", "module.path", "libsofthsm2.so", "module.path"],
    ["with a relative PIN file", "login.pin.file", "pin", "login.pin.file"],
    ["with the PIN itself", "login.pin", { value: "1234" }, "login.pin"],
    ["with a PIN from the environment that is not allowed", "login.pin", { env: "HSM_PIN" }, "login"],
    ["with a relative command for the PIN", "login.pin", { command: ["pin"] }, "login.pin.command.0"],
    [
      "with a command that preloads a library",
      "login.pin",
      { command: ["/p"], env: { LD_PRELOAD: "/x" } },
      "login.pin.env",
    ],
    ["with a credential outside its folder", "login.pin", { credential: "../pin" }, "login.pin.credential"],
    ["with the PIN on a descriptor of everybody's", "login.pin", { descriptor: 0 }, "login.pin.descriptor"],
    ["with two places for one PIN", "login.pin", { file: "/pin", env: "HSM_PIN" }, "login.pin"],
    ["with a preloaded library", "module.env.LD_PRELOAD", "/srv/x.so", "module.env"],
    ["with options for Node", "module.env.NODE_OPTIONS", "--require /srv/x.js", "module.env"],
    ["with a thread count of its own", "module.env.UV_THREADPOOL_SIZE", "1", "module.env"],
    ["with a compressed public key", "keys.0.publicKey", `0x02${"11".repeat(32)}`, "keys.0.publicKey"],
    ["with one name twice", "keys", [key, { ...key, publicKey: `0x04${"11".repeat(64)}` }], "keys"],
    ["with one public key twice", "keys", [key, { ...key, name: "other" }], "keys"],
    ["with no session", "sessions", 0, "sessions"],
    ["without a pinned key", "keys.0.publicKey", undefined, "keys.0.publicKey"],
    ["without a latch", "login.latch", undefined, "login.latch"],
  ])("%s", (_, path, value, field) => {
    expect(() => checkTokenConfig(withField(path, value))).toThrow(
      expect.objectContaining({ code: "pkcs11.config", field }),
    );
  });

  test("that is not YAML, or names a field twice", () => {
    expect(() => parseTokenConfig("a: [")).toThrow("is not YAML");
    expect(() => parseTokenConfig(`${text}\nsessions: 5\n`)).toThrow("names a field twice");
  });
});

test.each(["name", "publicKey"] as const)("a health key with the %s of a key of requests is refused", (field) => {
  const other = { name: "health", id: "ff", label: "health", publicKey: `0x04${"ab".repeat(64)}` };
  expect(checkTokenConfig(withField("health", { key: other })).health?.everyMs).toBe(15_000);
  expect(() => checkTokenConfig(withField("health", { key: { ...other, [field]: key[field] } }))).toThrow(
    "the token file: `health.key` is a key of requests too; a health key signs nothing else",
  );
});
