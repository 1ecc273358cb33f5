/** Which PIN files are read. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readPin } from "../../../../src/adapters/pkcs11/pin.ts";

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-pin-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  file = join(folder, "pin");
  rmSync(file, { recursive: true, force: true });
});

function write(text: string, mode = 0o400): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test.each([
  ["1234", "1234"],
  ["1234\n", "1234"],
  ["1234\r\n", "1234"],
  [" 12 34 \n\n", " 12 34 \n"],
])("of %j the line end is left out and nothing else", (text, pin) => {
  write(text);
  expect(readPin({ file })).toBe(pin);
});

test.each(["400", "600"])("a file of mode %s is read", (mode) => {
  write("1234", Number.parseInt(mode, 8));
  expect(readPin({ file })).toBe("1234");
});

test.each(["440", "404", "420", "500", "610", "602", "644", "700"])("a file of mode %s is not", (mode) => {
  write("1234", Number.parseInt(mode, 8));
  expect(() => readPin({ file })).toThrow("its mode must be 0400 or 0600");
});

test("an empty file, a long one, none, a link and a folder are refused", () => {
  write("\n");
  expect(() => readPin({ file })).toThrow("is empty");
  rmSync(file);
  write("1".repeat(257));
  expect(() => readPin({ file })).toThrow("is longer than 256 bytes");
  rmSync(file);
  expect(() => readPin({ file })).toThrow("cannot be opened");
  writeFileSync(join(folder, "other"), "1234", { mode: 0o400 });
  symlinkSync(join(folder, "other"), file);
  expect(() => readPin({ file })).toThrow("cannot be opened");
  rmSync(file);
  mkdirSync(file);
  expect(() => readPin({ file })).toThrow("is not a file");
});

test("a file of another user is refused, whoever may read it", () => {
  if (process.getuid?.() === 0) {
    write("1234");
    chownSync(file, 12_345, 12_345);
  } else file = "/etc/hostname";
  expect(() => readPin({ file })).toThrow("belongs to another user");
});

test("no message contains the PIN", () => {
  write("secret-pin", 0o644);
  expect(() => readPin({ file })).not.toThrow("secret-pin");
});
