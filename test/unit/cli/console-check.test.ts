/** A service that serves another console than the one installed here is found out by the hash of a file. */
import { expect, it } from "vitest";
import { consoleChecks } from "../../../src/cli/console-check.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";

const file = (path: string, text: string | undefined) => ({
  path,
  sha256: text === undefined ? undefined : sha256(utf8(text)),
});
const installed = [file("", "page"), file("assets/console.js", "script")];
const kinds = (served?: typeof installed): unknown[] =>
  consoleChecks(installed, served).map(({ what, kind }) => [what, kind]);
const own = [
  ["console page", "good"],
  ["console assets/console.js", "good"],
];

it("a copy that was never built says how to build it", () => {
  expect(consoleChecks([], undefined)).toEqual([
    { what: "console", kind: "missing", said: "not built here: run `npm run build`" },
  ]);
});

it("the files of this copy are named with their hashes", () => {
  expect(kinds()).toEqual(own);
  expect(consoleChecks(installed, undefined)[1]?.said).toContain(installed[1]?.sha256);
});

it("a service that serves the same says so, one that serves none is a lack, and one altered byte is wrong", () => {
  expect(kinds(installed)).toEqual([...own, ["served console", "good"]]);
  expect(kinds(installed.map(({ path }) => file(path, undefined)))).toEqual([...own, ["served console", "missing"]]);
  expect(kinds([file("", "page"), file("assets/console.js", "Script")])).toEqual([
    ...own,
    ["served console assets/console.js", "wrong"],
  ]);
  expect(kinds([file("", "page")])).toEqual([...own, ["served console assets/console.js", "wrong"]]);
});
