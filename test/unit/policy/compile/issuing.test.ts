/** What bounds mints bounds distributions, wherever a rule permits them. */
import { expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { toWire } from "../../../../src/values/wire.ts";
import { goldPolicy } from "../../../place/gold.ts";
import { tokenOf } from "../../../place/profiles.ts";
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

const [cover, fee] = yieldPolicy().guards!;
const mints = { operation: "mint" };
const both = { operation: { in: ["mint", "distribute"] } };

it.each<[string, object]>([
  ["denies", { id: "night", deny: true }],
  ["asks for more", { id: "more", add: { delay: "1h" } }],
  ["asks for a document", { id: "paper", require: { evidence: "document", by: { group: "attestors", min: 1 } } }],
])("and while a guard that %s holds for mints alone", (_, guard) => {
  const withGuard = (when: object) => () => compile(yieldPolicy({ guards: [cover, fee, { ...guard, when }] }));
  expect(withGuard(mints)).toThrow("guards.2.when.operation: a rule permits distribute");
  expect(withGuard(both)).not.toThrow();
});

it("and while a guard spares distributions and not mints", () => {
  const sparing = (unless: object) => () => compile(yieldPolicy({ guards: [{ ...cover!, unless }, fee] }));
  expect(sparing({ operation: "distribute" })).toThrow("guards.0.unless.operation: the guard holds for mints");
  expect(sparing({ ...both, amount: { lte: "1 GLD" } })).not.toThrow();
  expect(sparing({ operation: "transfer" })).not.toThrow();
});

it("a number of mints is a number of mints", () => {
  const [limit] = yieldPolicy().limits!;
  const count = { ...limit!, id: "mints", when: mints, metric: "count", max: 3 };
  expect(() => compile(yieldPolicy({ limits: [limit, count] }))).not.toThrow();
});

it("a policy that permits no distribution says of mints what it likes", () => {
  expect(() =>
    compile(goldPolicy({ guards: [...plain.guards!, { id: "more", when: mints, add: { delay: "1h" } }] })),
  ).not.toThrow();
});

/** A policy of a token of shares that lets its multiplier be raised. */
const raising = (change: object): (() => unknown) => {
  const [rule] = plain.rules;
  const to = { operation: "raiseMultiplier", initiator: { group: "issuers" } };
  const token = tokenOf("backed-token", toWire(plain.token) as Readonly<Record<string, unknown>>);
  const rules = [toWire(rule), { ...(toWire(rule!) as object), id: "raise", when: to }];
  return () => compile(goldPolicy({ token, rules, guards: [], limits: [], ...change }));
};
const [backing] = plain.guards!;
const [daily] = plain.limits!;
const everybody = { operation: { in: ["mint", "raiseMultiplier"] } };
const somebody = (kind: string): object => ({ operation: "mint", to: { [kind]: "treasury" } });

it("what comes to everybody is covered though each guard of mints is about somebody", () => {
  const each = ["in", "notIn"].map((kind) => ({ ...backing, id: `to-${kind.toLowerCase()}`, when: somebody(kind) }));
  expect(raising({ guards: each })).toThrow(
    "guards.0.when.to: a rule permits raiseMultiplier, which comes to everybody: a guard that asks for their cover",
  );
  expect(raising({ guards: [...each, { ...backing, id: "everybody", when: everybody }] })).not.toThrow();
});

it("and limited though each limit of mints is about somebody", () => {
  const each = { ...daily, id: "each", when: mints, per: "to" };
  expect(raising({ limits: [each] })).toThrow(
    "limits.0.when.to: a rule permits raiseMultiplier, which comes to everybody: a limit that is about no recipient must name it",
  );
  expect(raising({ limits: [each, { ...daily, id: "raised", when: { operation: "raiseMultiplier" } }] })).not.toThrow();
});

it("whom somebody may mint to says nothing of what comes to everybody", () => {
  const night = { id: "not-them", when: somebody("notIn"), deny: true };
  expect(raising({ guards: [night] })).not.toThrow();
});
