/** What bounds mints bounds distributions, wherever a rule permits them. */
import { expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { goldPolicy } from "../../../place/gold.ts";
import { yieldPolicy } from "../../../place/yield.ts";

const plain = goldPolicy();

it("a policy that bounds both alike is one", () => {
  expect(() => compile(yieldPolicy())).not.toThrow();
});

it("a rule that permits distributions is refused while reserves cover mints alone", () => {
  expect(() => compile(yieldPolicy({ guards: plain.guards }))).toThrow(
    "guards.0.when.operation: a rule permits distribute",
  );
});

it("and while a limit counts mints alone", () => {
  expect(() => compile(yieldPolicy({ limits: plain.limits }))).toThrow(
    "limits.0.when.operation: a rule permits distribute",
  );
});

it("a limit of distributions alone is the policy's own matter", () => {
  const [limit] = yieldPolicy().limits!;
  const lower = { ...limit!, id: "yield-day", when: { operation: "distribute" }, max: "50 GLD" };
  expect(() => compile(yieldPolicy({ limits: [limit, lower] }))).not.toThrow();
});

it("reserves cover nothing but what is issued", () => {
  const [cover] = plain.guards!;
  const wrong = { ...cover!, when: { operation: { in: ["mint", "transfer"] } } };
  expect(() => compile(goldPolicy({ guards: [wrong] }))).toThrow("reserves cover what is issued");
});
