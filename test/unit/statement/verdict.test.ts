/** Every reason why a proof does not hold is explained to its reader. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { invalid, proofCodes, valid } from "../../../src/statement/verdict.ts";

it("has every code of a proof that does not hold explained in docs/statements.md", () => {
  const page = readFileSync(new URL("../../../docs/statements.md", import.meta.url), "utf8");
  for (const code of proofCodes) expect(page).toContain(`| \`${code}\` |`);
});

it("is one of two, told apart by kind", () => {
  expect(valid.kind).toBe("valid");
  expect(invalid("statement.proof-kind", "why")).toEqual({ kind: "invalid", code: "statement.proof-kind", why: "why" });
});
