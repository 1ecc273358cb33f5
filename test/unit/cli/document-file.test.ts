/** Files that people hand to a command are replaced whole or not at all. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readText, replace } from "../../../src/cli/document-file.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cs-file-"));
  path = join(folder, "genesis.json");
  writeFileSync(path, "as it was");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("what replaced a file can be read again, and nothing else is left", () => {
  const largest = "x".repeat(4 * 1024 * 1024);
  replace(path, largest);
  expect(readText(path)).toBe(largest);
  expect(readdirSync(folder)).toEqual(["genesis.json"]);
});

test("a text that could not be read again replaces nothing, counted in bytes", () => {
  const umlauts = "ü".repeat(2 * 1024 * 1024) + "x";
  expect(() => {
    replace(path, umlauts);
  }).toThrow("larger than 4194304 bytes: it stays as it was");
  expect(readFileSync(path, "utf8")).toBe("as it was");
  expect(readdirSync(folder)).toEqual(["genesis.json"]);
});
