/** Faults planted in copies of the engine: the comparison with the reference finds each of them, and finds nothing in a faithful copy. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { mutants } from "../../reference/mutants.ts";
import { faulty } from "../../reference/planting.ts";

const cases = 4_000;
const seed = fc.readConfigureGlobal().seed ?? Math.floor(Math.random() * 2 ** 31);
const main = fileURLToPath(new URL("../../reference/planted-main.ts", import.meta.url));

type Found = { readonly name: string; readonly found: number };

it(`finds all of ${String(mutants.length)} faults within ${String(cases)} cases, seed ${String(seed)}`, async () => {
  const args = ["--disable-warning=ExperimentalWarning", main, String(seed), String(cases)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Found);
  expect(lines.map(({ name }) => name)).toEqual(["none", ...mutants.map(({ name }) => name)]);
  expect(lines.filter(({ found }) => found === -1).map(({ name }) => name)).toEqual(["none"]);
}, 300_000);

it("plants twenty faults or more, each of its own name", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(20);
});

it("refuses to plant a fault whose place is gone or is not alone", () => {
  const mutant = { name: "less", file: "x.ts", from: "<=", to: "<" };
  expect(faulty("a <= b", mutant)).toBe("a < b");
  expect(() => faulty("a < b", mutant)).toThrow("finds its place in x.ts 0 times, not once");
  expect(() => faulty("a <= b <= c", mutant)).toThrow("finds its place in x.ts 2 times, not once");
});
