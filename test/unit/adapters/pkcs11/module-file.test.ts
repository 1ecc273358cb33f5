/** Which module files are trusted. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { checkModuleFile } from "../../../../src/adapters/pkcs11/module-file.ts";

let folder: string;
let file: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "countersign-module-")));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  chmodSync(folder, 0o755);
  file = join(folder, "module.so");
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, "");
  chmodSync(file, 0o644);
});

test("a file only its owner can change is trusted, and its real path told", () => {
  expect(checkModuleFile(file, "self")).toBe(file);
  const link = join(folder, "link.so");
  rmSync(link, { force: true });
  symlinkSync(file, link);
  expect(checkModuleFile(link, "self")).toBe(file);
});

test.each(["664", "646", "666"])("a file of mode %s is not", (mode) => {
  chmodSync(file, Number.parseInt(mode, 8));
  expect(() => checkModuleFile(file, "self")).toThrow("can be changed by other users");
});

test("a file in a folder that others can change is not", () => {
  chmodSync(folder, 0o775);
  expect(() => checkModuleFile(file, "self")).toThrow("the folder of the PKCS#11 module");
});

test("a file of another user is not, whoever `self` is", () => {
  // Only root can give a file away; anybody else owns what root does not.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(file, 12_345, 12_345);
  expect(() => checkModuleFile(file, isRoot ? "self" : "root")).toThrow("is not owned by root");
});

test("a relative path, a folder and nothing at all are not", () => {
  expect(() => checkModuleFile("module.so", "self")).toThrow("is not an absolute path");
  expect(() => checkModuleFile(join(folder, "none.so"), "self")).toThrow("does not exist");
  rmSync(file);
  mkdirSync(file);
  expect(() => checkModuleFile(file, "self")).toThrow("is not a file");
});
