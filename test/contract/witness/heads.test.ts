/** What every memory of a witness keeps: in this process and on SQLite, where it also outlives the process and has one owner. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHeads } from "../../../src/adapters/witness-heads/sqlite.ts";
import type { Head, Heads } from "../../../src/flow/witness/heads.port.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { memoryHeads } from "../../place/witness.ts";

const head = (size: number, word = "one"): Head => ({ size, root: sha256(utf8(`${word} ${size}`)), checkpoint: word });

let folder = "";
let path = "";
const opened: Heads[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heads-"));
  path = join(folder, "heads.sqlite");
});

afterEach(() => {
  for (const heads of opened.splice(0)) heads.close();
  rmSync(folder, { recursive: true });
});

const open = (): Heads => {
  const heads = openHeads(path);
  opened.push(heads);
  return heads;
};

describe.each([
  ["in memory", memoryHeads],
  ["on SQLite", open],
])("a witness's memory %s", (_, make) => {
  it("keeps one head for each log", () => {
    const heads = make();
    expect(heads.head("a")).toBeUndefined();
    expect(heads.replace("a", 0, head(3))).toBe(true);
    expect(heads.replace("b", 0, head(1, "other"))).toBe(true);
    expect(heads.head("a")).toEqual(head(3));
    expect(heads.head("b")).toEqual(head(1, "other"));
  });

  it("replaces only the size that was compared with", () => {
    const heads = make();
    expect(heads.replace("a", 2, head(3))).toBe(false);
    expect(heads.replace("a", 0, head(3))).toBe(true);
    expect(heads.replace("a", 0, head(9))).toBe(false);
    expect(heads.replace("a", 2, head(9))).toBe(false);
    expect(heads.head("a")).toEqual(head(3));
    expect(heads.replace("a", 3, head(5))).toBe(true);
    expect(heads.replace("a", 5, head(5))).toBe(true);
  });

  it("never shrinks", () => {
    const heads = make();
    heads.replace("a", 0, head(5));
    expect(heads.replace("a", 5, head(4))).toBe(false);
    expect(heads.head("a")).toEqual(head(5));
  });
});

describe("a witness's memory on SQLite", () => {
  it("is there again after the process, for its owner alone", () => {
    const heads = open();
    heads.replace("a", 0, head(3));
    heads.close();
    expect(open().head("a")).toEqual(head(3));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("has one owner at a time", () => {
    open();
    expect(() => open()).toThrow("another process");
  });

  it("opens no file of somebody else, and keeps no head that forks or falls, whoever writes", () => {
    const heads = open();
    heads.replace("a", 0, head(3));
    heads.close();
    const file = new DatabaseSync(path);
    const edit = (sql: string) => () => {
      file.exec(sql);
    };
    expect(edit("UPDATE heads SET size = 2")).toThrow("heads only grow");
    expect(edit("UPDATE heads SET root = 'x'")).toThrow("heads only grow");
    expect(edit("DELETE FROM heads")).toThrow("never deleted");
    file.close();
    const strange = join(folder, "strange");
    const other = new DatabaseSync(strange);
    other.exec("CREATE TABLE t (x)");
    other.close();
    expect(() => openHeads(strange)).toThrow("cannot be opened as the memory of a witness");
    writeFileSync(strange, "no database ".repeat(100));
    expect(() => openHeads(strange)).toThrow("cannot be opened as the memory of a witness");
  });
});
