/** Whatever is called a tightening of a policy, over the whole language, never allows what was not allowed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { changeClass } from "../../../src/policy/change/change-class.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { PolicyDocument } from "../../../src/policy/document/document.ts";
import { editedBy, loosenings, tightenings, type Edit } from "../../place/construct.ts";
import { goldPolicy } from "../../place/gold.ts";
import { allows, base, current, enough, factsOf, written } from "./every-case.ts";
import { untilSeen } from "./until-seen.ts";

const more: readonly Edit[] = [
  { "rules/redeem": null },
  { "rules/redeem-again": null },
  { "guards/+": { id: "more", add: { quorum: { group: "officers", min: 1 } } } },
  { "guards/+": { id: "people", add: { distinct: { people: 3 } } } },
  {
    "guards/+": {
      id: "count",
      when: { operation: "unpause" },
      add: { quorum: { group: "compliance", min: 1 }, distinct: { units: 2 } },
    },
  },
  {
    "limits/+": {
      id: "few",
      metric: "count",
      window: "rolling 1h",
      per: "asset",
      max: 1,
      over: { add: { quorum: { group: "officers", min: 1 } } },
    },
  },
  { "limits/often/max": 1 },
  { "limits/day/max": "100 GLD" },
];
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...tightenings.map(([, one]) => one)) },
  { weight: 1, arbitrary: fc.constantFrom(...loosenings.map(([, one]) => one)) },
  { weight: 1, arbitrary: fc.constantFrom(...more) },
);

const edits = fc.array(edit, { minLength: 1, maxLength: 5 });

/** One after the other; an edit that meets nothing any more, or does not compile, is left out. */
function edited(some: readonly Edit[]): PolicyDocument {
  return some.reduce<PolicyDocument>((document, one) => {
    try {
      const next = goldPolicy({ ...editedBy<object>(document, one) });
      compile(next);
      return next;
    } catch {
      return document;
    }
  }, base);
}

it("tightening never allows what was denied, whatever the construct", () => {
  const seen = { tighten: 0, loosen: 0, flipped: 0, kept: 0, opened: 0 };
  untilSeen(seen, enough, (random) => {
    fc.assert(
      fc.property(edits, fc.array(written, { minLength: 12, maxLength: 12 }), (some, cases) => {
        const next = edited(some);
        const kind = changeClass(base, next);
        const policy = compile(next);
        seen[kind] += 1;
        for (const one of cases) {
          const facts = factsOf([current, policy], one);
          const [before, after] = [allows(current, one, facts), allows(policy, one, facts)];
          if (kind === "tighten" && after) expect(before).toBe(true);
          if (before && !after && kind === "tighten") seen.flipped += 1;
          if (before && after) seen.kept += 1;
          if (!before && after) seen.opened += 1;
        }
      }),
      { numRuns: 400, ...random },
    );
  });
});
