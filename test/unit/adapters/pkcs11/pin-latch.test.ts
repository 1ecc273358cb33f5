/** The memory of refused PINs. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { checkLatch, latchedFailure, setLatch } from "../../../../src/adapters/pkcs11/pin-latch.ts";
import { TokenFailure } from "../../../../src/adapters/pkcs11/token-failure.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-latch-"));
const path = join(folder, "latch");
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  rmSync(path, { force: true });
});

test("a refused PIN stays refused for its token, and only for it", () => {
  checkLatch(path, "serial", "1111");
  setLatch(path, "serial", "1111");
  setLatch(path, "serial", "2222");
  expect(() => {
    checkLatch(path, "serial", "1111");
  }).toThrow("refused this PIN before");
  expect(() => {
    checkLatch(path, "serial", "2222");
  }).toThrow("refused this PIN before");
  checkLatch(path, "serial", "3333");
  checkLatch(path, "other", "1111");
});

test("eight refused PINs stop every other one", () => {
  for (let i = 0; i < 8; i += 1) setLatch(path, "serial", `wrong-${i}`);
  expect(() => {
    checkLatch(path, "serial", "right");
  }).toThrow("the token refused 8 PINs");
});

test("the file tells nothing of the PIN and is for its owner", () => {
  setLatch(path, "serial", "1111");
  expect(readFileSync(path, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("is there before the first PIN is tried, and says what it is for", () => {
  checkLatch(path, "serial", "1111");
  expect(readFileSync(path, "utf8")).toBe("# PINs that the token refused. Put the PIN right, then remove this file.\n");
  checkLatch(path, "serial", "1111");
  setLatch(path, "serial", "1111");
  expect(readFileSync(path, "utf8")).toMatch(/^#.*\n[0-9a-f]{64}\n$/);
});

describe("where it cannot be written", () => {
  const nowhere = join(folder, "nowhere", "latch");
  const refused = new TokenFailure({ class: "fatal-auth", code: 160, name: "PIN", doing: "logging in", why: "no" });

  test("no PIN is tried", () => {
    expect(() => {
      checkLatch(nowhere, "serial", "1111");
    }).toThrow(`logging in: \`${nowhere}\` cannot be written, and a refused PIN would be forgotten`);
  });

  test("a refusal stays a refusal, and says what is missing", () => {
    expect(latchedFailure(refused, { path: nowhere, serial: "serial", pin: "1111" }).failure).toEqual({
      ...refused.failure,
      why: `no, and \`${nowhere}\` cannot be written to remember it`,
    });
  });
});

test("only a refused PIN is remembered", () => {
  const away = new TokenFailure({ class: "reconnect", code: 5, name: "away", doing: "logging in", why: "no" });
  expect(latchedFailure(away, { path, serial: "serial", pin: "1111" })).toBe(away);
  checkLatch(path, "serial", "1111");
});
