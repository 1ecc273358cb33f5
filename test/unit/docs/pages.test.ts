/** The pages for people against the code: files, links, commands and words they name are there. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { commands } from "../../../src/cli/commands.ts";
import { readGiven } from "../../../src/cli/given.ts";

const pages = globSync([
  "README.md",
  "CHANGELOG.md",
  "docs/**/*.md",
  "policies/README.md",
  "hsm-config/README.md",
]).sort();
const read = (path: string): string => readFileSync(path, "utf8");
const sources = globSync(["src/**/*.ts", "test/**/*.ts", "scripts/*.js", "bin/*.js"]);
const names = new Set(sources.map((path) => basename(path)));

/** Every `file.ts` or `folder/file.ts` in backticks: paths begin at the root, at src, at test, beside the page, or are bare names. */
function filesNamedIn(page: string): readonly string[] {
  return [...read(page).matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|js|mjs|yaml))`/g)].map(([, path = ""]) => path);
}

function isThere(page: string, path: string): boolean {
  const roots = ["", "src", "test", "node_modules", dirname(page)];
  return names.has(path) || roots.some((root) => existsSync(join(root, path)));
}

/** Lines of a page's shell blocks, continued ones joined. */
function shellLines(page: string): readonly string[] {
  const blocks = [...read(page).matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.replaceAll("\\\n", " ").split("\n"));
}

/** The words after `countersign`, up to what belongs to the shell again. */
function countersignWords(line: string): readonly string[] | undefined {
  const [, rest] = /(?:^|\s|\$\()(?:npx )?countersign (.*)$/.exec(line) ?? [];
  if (rest === undefined) return undefined;
  const [, own = ""] = /^((?:"[^"]*"|'[^']*'|[^"'|;)>&#])*)/.exec(rest) ?? [];
  return [...own.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? "");
}

describe("the pages", () => {
  test("are there to be read", () => {
    expect(pages.length).toBeGreaterThan(12);
  });

  test("name files that are there", () => {
    const missing = pages.flatMap((page) =>
      filesNamedIn(page).flatMap((path) => (isThere(page, path) ? [] : [`${page}: ${path}`])),
    );
    expect(missing).toEqual([]);
  });

  test("link to pages that are there", () => {
    const broken = pages.flatMap((page) =>
      // What stands between backquotes is code.
      [
        ...read(page)
          .replace(/`[^`\n]*`/g, "")
          .matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g),
      ].flatMap(([, to = ""]) =>
        /^[a-z]+:/.test(to) || existsSync(join(dirname(page), to)) ? [] : [`${page}: ${to}`],
      ),
    );
    expect(broken).toEqual([]);
  });

  test("give commands that the command line takes", () => {
    const wrong = pages.flatMap((page) =>
      shellLines(page).flatMap((line) => {
        const words = countersignWords(line);
        const fault = words === undefined ? undefined : faultOf(words);
        return fault === undefined ? [] : [`${page}: ${line.trim()}: ${fault}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("have commands to check", () => {
    const README = shellLines("README.md").filter((line) => countersignWords(line) !== undefined);
    expect(README.length).toBeGreaterThan(15);
  });

  test("use in the glossary the words of the code", () => {
    const code = sources
      .filter((path) => path.startsWith("src/"))
      .map(read)
      .join("\n")
      .toLowerCase();
    const words = [...read("docs/glossary.md").matchAll(/^\| \*\*(.+?)\*\* \|/gm)].flatMap(([, cell = ""]) =>
      cell.split(", "),
    );
    expect(words.length).toBeGreaterThan(60);
    expect(words.filter((word) => !code.includes(word.toLowerCase()))).toEqual([]);
  });
});

/** What the command line would say against these words; the usual variables are set. */
function faultOf(words: readonly string[]): string | undefined {
  const env = { COUNTERSIGN_API: "x", COUNTERSIGN_CREDENTIAL: "x", COUNTERSIGN_GENESIS: "x", COUNTERSIGN_SOCKET: "x" };
  const command = [2, 1].flatMap(
    (length) => commands.find((one) => one.words === words.slice(0, length).join(" ")) ?? [],
  )[0];
  if (command === undefined)
    return ["help", "--help", "--version"].includes(words[0] ?? "") ? undefined : "no such command";
  try {
    readGiven(command, words.slice(command.words.split(" ").length), env);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
