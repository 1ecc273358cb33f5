/** The log key's file: private from its first byte, refused when it is not, and a key that the checks of the house accept. */
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { createLogKey, openLogKey } from "../../../src/adapters/log-key/key-file.ts";
import { utf8 } from "../../../src/values/digest.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-key-"));
  path = join(folder, "log.key");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("signs the same after it is opened again, and the house verifies it", () => {
  const made = createLogKey(path);
  const opened = openLogKey(path);
  expect(opened.publicKey).toEqual(made.publicKey);
  expect(opened.publicKey).toHaveLength(32);
  const message = utf8("a checkpoint");
  expect(opened.sign(message)).toEqual(made.sign(message));
  expect(nativeChecks().verifyEd25519(made.publicKey, message, opened.sign(message))).toBe(true);
  expect(nativeChecks().verifyEd25519(made.publicKey, utf8("another"), opened.sign(message))).toBe(false);
});

it("is readable by its owner alone and never replaced", () => {
  createLogKey(path);
  expect(statSync(path).mode & 0o777).toBe(0o400);
  const before = readFileSync(path, "utf8");
  expect(() => createLogKey(path)).toThrow("never replaced");
  expect(readFileSync(path, "utf8")).toBe(before);
});

it("is refused when another user could read it, when it is a link, and when it is not there", () => {
  createLogKey(path);
  for (const mode of [0o440, 0o404, 0o420]) {
    chmodSync(path, mode);
    expect(() => openLogKey(path)).toThrow("can be read by other users");
  }
  chmodSync(path, 0o400);
  symlinkSync(path, join(folder, "link"));
  expect(() => openLogKey(join(folder, "link"))).toThrow("cannot be opened");
  expect(() => openLogKey(join(folder, "none"))).toThrow("cannot be opened");
  expect(() => openLogKey(folder)).toThrow("is not a key file");
});

it("is refused when it is another kind of key, without a word of it", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" });
  const cases = [
    [other.toString(), "is not an Ed25519 key"],
    ["-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "is not a private key in PEM form"],
    ["", "is not a private key in PEM form"],
    ["x".repeat(2_000), "is not a key file"],
  ] as const;
  for (const [text, why] of cases) {
    writeFileSync(path, text, { mode: 0o600 });
    let said: unknown;
    try {
      openLogKey(path);
    } catch (error) {
      said = error;
    }
    expect(said).toMatchObject({ code: "log-key.unusable", message: expect.stringContaining(why) as string });
    expect(said).not.toHaveProperty("cause");
    rmSync(path);
  }
});
