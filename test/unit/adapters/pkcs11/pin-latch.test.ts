/** The memory of refused PINs. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { checkLatch, setLatch } from "../../../../src/adapters/pkcs11/pin-latch.ts";

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
