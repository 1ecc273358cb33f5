/** Every operation of every token standard against the table of docs/conformance.md: as it should be it is signed, and each of twelve mutations is refused by the code that stands there. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutations, offers, openConformance, type Mutation } from "../../place/conformance.ts";

const page = readFileSync(new URL("../../../docs/conformance.md", import.meta.url), "utf8");

/** Rows of the tables: under the standard's heading, one for each operation, a cell for each mutation. */
function rowsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const rows = new Map<string, readonly string[]>();
  let standard = "";
  for (const line of text.split("\n")) {
    standard = /^## `(.+)`$/.exec(line)?.[1] ?? standard;
    const [, operation, ...cells] = line.split("|").map((cell) => cell.trim());
    if (operation?.startsWith("`") === true) rows.set(`${standard} ${operation.slice(1, -1)}`, cells.slice(0, -1));
  }
  return rows;
}

const rows = rowsOf(page);
const reasons = [...page.matchAll(/^- \*\*(.)\*\*: /gm)].map(([, letter]) => letter);

/** Why a call of somebody else's making is none of ours: the code is one, the words are not. */
const words: Readonly<Partial<Record<Mutation, RegExp>>> = {
  "extra bytes": /: \w+ takes \d+ words, not \d+$/,
  "other selector": /: unknown selector 0x39509351$/,
};

describe("the table", () => {
  it("has a row for each operation that a standard offers and no other, and a cell for each mutation", () => {
    expect([...rows.keys()]).toEqual(offers.map(({ standard, operation }) => `${standard} ${operation}`));
    for (const [name, cells] of rows) expect([name, cells.length]).toEqual([name, mutations.length]);
    expect(page.split("\n").filter((line) => line.startsWith("| operation"))).toEqual(
      Array.from({ length: 5 }, () => `| operation | ${mutations.join(" | ")} |`),
    );
  });

  it("gives a reason for each cell without a code, and no reason that no cell has", () => {
    const without = [...rows.values()].flat().filter((cell) => !cell.startsWith("`"));
    expect([...new Set(without)].sort()).toEqual([...reasons].sort());
  });
});

describe("an operation that is right in everything is signed once, and refused", () => {
  it.each(offers)("with each mutation: $operation of a token of $standard", async ({ standard, operation }) => {
    const cells = rows.get(`${standard} ${operation}`) ?? [];
    const one = await openConformance(standard, operation);
    try {
      expect(await one.asItShouldBe()).toBe("signed");
      for (const [index, mutation] of mutations.entries()) {
        const verdict = await one.mutated(mutation);
        const cell = cells[index] ?? "";
        const code = verdict.split(": ")[0] ?? "";
        if (cell.startsWith("`")) expect([mutation, `\`${code}\``]).toEqual([mutation, cell]);
        else expect([mutation, verdict]).toEqual([mutation, "no such thing"]);
        expect(verdict).toMatch(words[mutation] ?? /./);
      }
    } finally {
      await one.close();
    }
  });
});
