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
import { checkCodeFile, checkModuleFile, middlemanIn } from "../../../../src/adapters/pkcs11/module-file.ts";

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
  expect(checkModuleFile({ path: file, owner: "self" })).toBe(file);
  const link = join(folder, "link.so");
  rmSync(link, { force: true });
  symlinkSync(file, link);
  expect(checkModuleFile({ path: link, owner: "self" })).toBe(file);
});

test.each(["664", "646", "666"])("a file of mode %s is not", (mode) => {
  chmodSync(file, Number.parseInt(mode, 8));
  expect(() => checkModuleFile({ path: file, owner: "self" })).toThrow("can be changed by other users");
});

test("a file in a folder that others can change is not", () => {
  chmodSync(folder, 0o775);
  expect(() => checkModuleFile({ path: file, owner: "self" })).toThrow("the folder of the PKCS#11 module");
});

test("a file of another user is not, whoever `self` is", () => {
  // Only root can give a file away; anybody else owns what root does not.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(file, 12_345, 12_345);
  expect(() => checkModuleFile({ path: file, owner: isRoot ? "self" : "root" })).toThrow("is not owned by root");
});

test("a relative path, a folder and nothing at all are not", () => {
  expect(() => checkModuleFile({ path: "module.so", owner: "self" })).toThrow("is not an absolute path");
  expect(() => checkModuleFile({ path: join(folder, "none.so"), owner: "self" })).toThrow("does not exist");
  rmSync(file);
  mkdirSync(file);
  expect(() => checkModuleFile({ path: file, owner: "self" })).toThrow("is not a file");
});

test("a file whose content is pinned has this content and no other", () => {
  const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  expect(checkModuleFile({ path: file, owner: "self", sha256 })).toBe(file);
  writeFileSync(file, "x");
  expect(() => checkModuleFile({ path: file, owner: "self", sha256 })).toThrow(
    `has the SHA-256 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, and ${sha256} is pinned`,
  );
});

test.each([
  ["p11-kit-proxy.so", "p11-kit's proxy"],
  ["libp11-kit.so.0.3.0", "p11-kit's proxy"],
  ["pkcs11-spy.so", "pkcs11-spy"],
  ["opensc-pkcs11-spy.so", "pkcs11-spy"],
])("%s stands between us and a module: it is none, under its own name or another", (name, why) => {
  const real = join(folder, name);
  writeFileSync(real, "");
  const link = join(folder, "vendor.so");
  rmSync(link, { force: true });
  symlinkSync(real, link);
  for (const path of [real, link]) expect(() => checkModuleFile({ path, owner: "self" })).toThrow(why);
  rmSync(link);
  symlinkSync(file, link);
  rmSync(real);
  symlinkSync(file, real);
  expect(checkModuleFile({ path: link, owner: "self" })).toBe(file);
  expect(() => checkModuleFile({ path: real, owner: "self" })).toThrow(why);
});

test("the client of p11-kit is a module, and a PIN's command may be called anything", () => {
  const client = join(folder, "p11-kit-client.so");
  writeFileSync(client, "");
  expect(checkModuleFile({ path: client, owner: "self" })).toBe(client);
  const command = join(folder, "pkcs11-spy.sh");
  writeFileSync(command, "");
  expect(checkCodeFile({ path: command, owner: "self" }, "the command")).toBe(command);
});

test("a copy under an innocent name is known by what it says of itself", () => {
  const proxy = "PKCS#11 Kit Proxy Module        ";
  expect(middlemanIn(file, proxy)).toContain("p11-kit's proxy");
  expect(middlemanIn(file, "PKCS11-Spy")).toContain("pkcs11-spy");
  expect(middlemanIn(file, "Implementation of PKCS11        ")).toBeUndefined();
  const client = join(folder, "p11-kit-client.so");
  writeFileSync(client, "");
  expect(middlemanIn(client, proxy)).toBeUndefined();
  rmSync(client);
  symlinkSync(file, client);
  expect(middlemanIn(client, proxy)).toContain("p11-kit's proxy");
});
