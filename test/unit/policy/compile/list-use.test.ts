/** Every place where a policy names a list, and whether who stands in it is let in by that. */
import { expect, it } from "vitest";
import { listUses } from "../../../../src/policy/compile/list-use.ts";
import { everyConstruct } from "../../../place/construct.ts";
import { goldPolicy } from "../../../place/gold.ts";

it("finds what permits and what does otherwise, in rules, guards, limits and claims", () => {
  const always = [
    { operation: "transfer", to: { in: "partners" } },
    { operation: "transfer", to: { notIn: "strangers" } },
  ];
  const uses = listUses(goldPolicy({ ...everyConstruct(), always }));
  expect(uses.map(({ kind, list, rule }) => `${kind} ${list}${rule === undefined ? "" : ` of ${rule}`}`)).toEqual([
    "permits treasury of mint",
    "permits argued of transfer",
    "otherwise strangers of small",
    "permits spenders of permit",
    "otherwise blocked",
    "otherwise outsiders",
    "permits partners",
    "otherwise watched",
    "permits treasury",
    "otherwise claimed",
    "otherwise partners",
    "permits strangers",
  ]);
});
