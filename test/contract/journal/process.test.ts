/** The journal among processes: one owner at a time, nothing acknowledged is lost to a kill, a full disk takes nothing by halves. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { leafHash, rootAt } from "../../../src/log/merkle.ts";
import { textbookRoot } from "../../unit/log/memory-tree.ts";
import { allocation, id, leaf } from "./rows.ts";

const programs = {
  filler: fileURLToPath(new URL("./filler.ts", import.meta.url)),
  opener: fileURLToPath(new URL("./opener.ts", import.meta.url)),
  sizer: fileURLToPath(new URL("./sizer.ts", import.meta.url)),
  writer: fileURLToPath(new URL("./writer.ts", import.meta.url)),
};
const quiet = "--disable-warning=ExperimentalWarning";

let folder = "";
let path = "";
let running: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal.db");
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((one) => stop(one)));
  rmSync(folder, { recursive: true });
});

function start(name: keyof typeof programs, ...parameters: string[]): ChildProcess {
  const one = spawn(process.execPath, [quiet, programs[name], ...parameters], { stdio: ["pipe", "pipe", "inherit"] });
  running.push(one);
  return one;
}

async function stop(one: ChildProcess): Promise<void> {
  if (one.exitCode !== null || one.signalCode !== null) return;
  one.kill("SIGKILL");
  await once(one, "exit");
}

function lines(one: ChildProcess): ReturnType<typeof createInterface> {
  return createInterface({ input: one.stdout! });
}

describe("a journal's owner", () => {
  it("is exactly one of ten processes that open at once, and the others hear that it is locked", async () => {
    const openers = Array.from({ length: 10 }, () => start("opener", path));
    const said = await Promise.all(
      openers.map(async (one) => {
        const [line] = (await once(lines(one), "line")) as [string];
        return line;
      }),
    );
    expect(said.toSorted()).toEqual([...Array.from({ length: 9 }, () => "journal.locked"), "open"]);
  });

  it("makes way for the next when it is killed", async () => {
    const owner = start("opener", path);
    await once(lines(owner), "line");
    expect(() => openJournal(path)).toThrow("another process has the journal open");
    await stop(owner);
    openJournal(path).close();
  });
});

describe("a killed writer", () => {
  it("has lost nothing it acknowledged, and its log is whole, ten times over", async () => {
    let next = 0;
    for (let round = 0; round < 10; round += 1) {
      const writer = start("writer", path, String(next));
      let acknowledged = next - 1;
      const enough = next + 3 + Math.floor(Math.random() * 40);
      const printed = lines(writer);
      for await (const line of printed) {
        acknowledged = Number(line);
        if (acknowledged >= enough) writer.kill("SIGKILL");
      }
      expect(writer.signalCode ?? (await once(writer, "exit"))[1]).toBe("SIGKILL");
      const journal = openJournal(path);
      const size = journal.size();
      // The one after the last word may be there as well: killed after its commit, before the word.
      expect([acknowledged + 1, acknowledged + 2]).toContain(size);
      const leaves = journal.leaves(0, size + 10);
      expect(leaves.map(({ index }) => index)).toEqual(Array.from({ length: size }, (_, index) => index));
      expect(rootAt(size, journal.node)).toBe(textbookRoot(leaves.map(({ bytes }) => leafHash(bytes))));
      for (let number = 0; number < size; number += 1) {
        expect(journal.allocation(id(number))).toEqual(allocation(number, { leaf: number }));
        expect(journal.approvalSpentBy(id(number))).toBe(id(number));
      }
      expect(journal.allocation(id(size))).toBeUndefined();
      expect(journal.lastInstant()).toBe(Math.max(0, size - 1));
      journal.close();
      next = size;
    }
    expect(next).toBeGreaterThan(30);
  });
});

describe("a disk that ends", () => {
  type Filled = {
    readonly seen: string;
    readonly stored: number;
    readonly inProcess: number | string;
    readonly swallowed: string;
    readonly last: number | string;
  };
  /** Runs the filler in a mount namespace of its own; `command` is the filler's command line inside the script. */
  const filled = (script: (command: string) => string): readonly string[] => {
    const all = ["-rm", "sh", "-c", script(`"$0" "$@" ${path}`), process.execPath, quiet, programs.filler];
    return execFileSync("unshare", all, { encoding: "utf8" }).trim().split("\n");
  };

  it.each(["alone", "together"])(
    "is a fault to try again after, and what was written %s left nothing, here or after a kill",
    (how) => {
      const [first = "", second = ""] = filled(
        (command) =>
          `mount -t tmpfs -o size=1m tmpfs ${folder}; ${command} ${how}; "$0" ${quiet} ${programs.sizer} ${path}`,
      );
      const { seen, stored, inProcess, swallowed, last } = JSON.parse(first) as Filled;
      expect(seen).toBe("journal.disk-full safe");
      expect({ swallowed, last }).toEqual({ swallowed: "journal.disk-full", last: stored - 1 });
      expect(stored).toBeGreaterThan(3);
      expect(inProcess).toBe(stored);
      expect(Number(second)).toBe(stored);
    },
  );

  it.each(["alone", "together"])(
    "is an i/o fault when the file may grow no further, after which nothing written %s is answered until a new start",
    (how) => {
      const [first = ""] = filled((command) => `ulimit -f 1024; ${command} ${how}; true`);
      const { seen, stored, inProcess } = JSON.parse(first) as Filled;
      expect(seen).toBe("journal.io safe");
      expect(stored).toBeGreaterThan(3);
      expect(inProcess).toBe("journal.io");
      const journal = openJournal(path);
      expect(journal.size()).toBe(stored);
      journal.append(leaf(stored, stored));
      journal.close();
    },
  );
});
