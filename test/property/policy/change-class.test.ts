/** The syntactic list is sound: what it calls tightening never allows what was not allowed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { changeClass } from "../../../src/policy/change/change-class.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import type { PolicyDocument } from "../../../src/policy/document/document.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import { document, documentWith } from "../../unit/policy/example.ts";
import { caseOf, quorum, runs } from "./random-case.ts";
import { untilSeen } from "./until-seen.ts";

const amountText = fc.constantFrom(
  "1 GLD",
  "500 GLD",
  "999 GLD",
  "1000 GLD",
  "1001 GLD",
  "4000 GLD",
  "5000 GLD",
  "6000 GLD",
);
const tier = (old: PolicyDocument["rules"][number]["tiers"][number]): fc.Arbitrary<unknown> =>
  fc.record({
    upTo: fc.oneof({ weight: 3, arbitrary: fc.constant(old.upTo) }, amountText, fc.constant("max")),
    quorum: fc.oneof(
      { weight: 3, arbitrary: fc.constant(old.quorum) },
      quorum,
      fc.constantFrom(...[1, 2, 3].map((min) => ({ group: "custodians", min }))),
    ),
    delay: fc.oneof({ weight: 2, arbitrary: fc.constant(old.delay) }, fc.constantFrom(undefined, "1m", "40m", "2h")),
    sign: fc.constant(old.sign),
  });

/** The mint rule, guards, limits and list, each as it was or otherwise. */
const edited = fc
  .record({
    tiers: fc.tuple(...document.rules[0]!.tiers.map(tier)),
    drop: fc.boolean(),
    lte: fc.constantFrom("0.05 ETH", "0.005 ETH", "0.06 ETH"),
    guards: fc.subarray([0, 1], { minLength: 1 }),
    max: amountText,
    limits: fc.subarray([0, 1], { minLength: 1 }),
    entries: fc.subarray([...document.lists!["treasury" as never]!.entries]),
  })
  .map(({ tiers, drop, lte, guards, max, limits, entries }) => {
    const [mint, ...others] = document.rules;
    const [reserves, fee] = document.guards!;
    const [day, redeemDay] = document.limits!;
    const guard = [reserves, { ...fee, unless: { maxFee: { lte } } }];
    const limit = [{ ...day, max }, redeemDay];
    const fields = {
      rules: drop ? others : [{ ...mint, tiers }, ...others],
      guards: guards.map((index) => guard[index]),
      limits: limits.map((index) => limit[index]),
      lists: { treasury: { entries } },
    };
    return JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  });

it("tightening never allows what was denied", () => {
  const seen = { tighten: 0, loosen: 0, flipped: 0 };
  untilSeen(seen, { tighten: 21, loosen: 21, flipped: 21 }, (random) => {
    fc.assert(
      fc.property(caseOf(), edited, (input, fields) => {
        const next = documentWith(fields);
        const policy = compiled(next);
        if (policy === undefined) return;
        const kind = changeClass(document, next);
        seen[kind] += 1;
        const before = decide(input).verdict;
        const after = decide({ ...input, policy }).verdict;
        if (before === "allowed" && after !== "allowed") seen.flipped += 1;
        if (kind === "tighten" && after === "allowed") expect(before).toBe("allowed");
      }),
      { ...runs(800), ...random },
    );
  });
});

function compiled(next: PolicyDocument): ReturnType<typeof compile> | undefined {
  try {
    return compile(next);
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
