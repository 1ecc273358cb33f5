/** The page of mutants that no test notices speaks of code that there is, in the words in which a run prints it. */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lineOf, reviewedIn } from "../evidence/survivor.ts";

const text = [
  "/** A file. */",
  "export function roomAt(asked: bigint, max: bigint): string | undefined {",
  "  if (asked > max) return undefined;",
  "  return `${String(max)} is the most`;",
  "}",
].join("\n");

const at = (line: number, from: number, to: number): { start: Place; end: Place } => ({
  start: { line, column: from },
  end: { line, column: to },
});
type Place = { line: number; column: number };

it("writes a mutant as file, function, what stood there and what took its place", () => {
  const fileName = "/somewhere/src/policy/decide/spending.ts";
  expect(lineOf({ fileName, replacement: "false", location: at(3, 7, 18), text })).toBe(
    "src/policy/decide/spending.ts, roomAt: asked > max → false",
  );
  expect(lineOf({ fileName, replacement: "``", location: at(4, 10, 38), text })).toBe(
    "src/policy/decide/spending.ts, roomAt: '${String(max)} is the most' → ''",
  );
});

it("writes what stands on several lines on one, cut where it is long", () => {
  const location = { start: { line: 2, column: 72 }, end: { line: 5, column: 2 } };
  const line = lineOf({ fileName: "src/policy/decide/spending.ts", replacement: "{}", location, text });
  expect(line).toBe(
    "src/policy/decide/spending.ts, roomAt: { if (asked > max) return undefined; return '${String(max)} is the most'; } → {}",
  );
  const long = lineOf({ fileName: "src/policy/decide/spending.ts", replacement: "x".repeat(500), location, text });
  expect(long.length).toBeLessThan(300);
});

it("finds in a page the list items that are one line of code", () => {
  const page = "# Title\n\nProse with `code`.\n\n## Why\n\n- `a, b: c → d`\n- `e` is not one\n- `f, g: h → i`\n";
  expect([...reviewedIn(page)]).toEqual(["a, b: c → d", "f, g: h → i"]);
});

it("is about code that still stands where the page says", () => {
  const reviewed = [...reviewedIn(readFileSync("docs/policy-mutants.md", "utf8"))];
  const gone = reviewed.filter((line) => {
    const [, file = "", stood = ""] = /^(src\/policy\/[a-z/-]+\.ts), \w[\w ]*: (.*) → /.exec(line) ?? [];
    if (!existsSync(file)) return true;
    const code = readFileSync(file, "utf8").replace(/\s+/g, " ").replaceAll("`", "'");
    return !code.includes(stood.replace(/…$/, ""));
  });
  expect(gone).toEqual([]);
});
