/** Stands in for `vitest` while mutants are judged: keeps the tests of a page instead of running them, so that they run again and again. */
import { format } from "node:util";
import { GLOBAL_EXPECT, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import * as chai from "chai";

type Body = (...given: readonly unknown[]) => unknown;

export type Collected = { readonly id: string; readonly page: string; readonly body: () => unknown };

let collected: Collected[] = [];
let page = "";
const titles: string[] = [];

/** What `load` registers while it runs is this page's. */
export async function collect(from: string, load: () => Promise<unknown>): Promise<readonly Collected[]> {
  collected = [];
  page = from;
  await load();
  return collected;
}

function keep(title: string, body: () => unknown): void {
  collected.push({ id: `${page}#${[...titles, title].join(" > ")} [${String(collected.length)}]`, page, body });
}

/** The rows of a table, each with a title of its own; a row that is a list is given as arguments. */
function rows(table: readonly unknown[]): readonly (readonly [string, readonly unknown[]])[] {
  return table.map((row) => [format("%o", row).slice(0, 80), Array.isArray(row) ? (row as unknown[]) : [row]]);
}

export const it = Object.assign(
  (title: string, body: Body): void => {
    keep(title, () => body());
  },
  {
    each:
      (table: readonly unknown[]) =>
      (title: string, body: Body): void => {
        for (const [row, given] of rows(table)) keep(`${title} ${row}`, () => body(...given));
      },
  },
);

function within(title: string, body: () => unknown): void {
  titles.push(title);
  body();
  titles.pop();
}

export const describe = Object.assign(within, {
  each:
    (table: readonly unknown[]) =>
    (title: string, body: Body): void => {
      for (const [row, given] of rows(table)) within(`${title} ${row}`, () => body(...given));
    },
});

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const test = it;
export const { expect } = chai;
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect });
