/** What is added joins what the tier demands: seats add up, of waits the longest counts, each floor stands for itself. */
import { describe, expect, it } from "vitest";
import { demandOf, quorumsOf } from "../../../../src/policy/decide/demand.ts";
import type { Addition } from "../../../../src/policy/policy.ts";
import { inputWith, n } from "../example.ts";

const { policy } = inputWith();
const tier = { ...policy.rules[0]!.tiers[0]!, delaySeconds: 60, distinct: { people: 2, units: 0 } };
const nothing: Addition = { quorum: undefined, delaySeconds: 0, distinct: { people: 0, units: 0 }, veto: undefined };
const officers = { group: n("officers"), min: 1 };

describe("a demand", () => {
  it("is the tier's own when nothing is added", () => {
    expect(demandOf("mint", tier, [])).toEqual({
      quorum: tier.quorum,
      floors: [{ people: 2, units: 0, quorum: tier.quorum }],
      delaySeconds: 60,
      vetoes: [],
    });
    expect(demandOf("mint", tier, [{ id: "guard.a", addition: nothing }]).quorum).toBe(tier.quorum);
  });

  it("has added quorums in the order of ids, whoever comes first", () => {
    const added = ["limit.z", "guard.a"].map((id) => ({
      id,
      addition: { ...nothing, quorum: { ...officers, min: id === "guard.a" ? 1 : 2 } },
    }));
    const wanted = { all: [tier.quorum, { ...officers, min: 1 }, { ...officers, min: 2 }] };
    expect(demandOf("mint", tier, added).quorum).toEqual(wanted);
    expect(demandOf("mint", tier, [...added].reverse()).quorum).toEqual(wanted);
  });

  it("waits for the longest, and lets each floor stand over its own seats", () => {
    const more = { ...nothing, quorum: officers, delaySeconds: 3_600, distinct: { people: 1, units: 3 } };
    const { delaySeconds, floors } = demandOf("mint", tier, [{ id: "guard.a", addition: more }]);
    expect(delaySeconds).toBe(3_600);
    expect(floors).toEqual([
      { people: 2, units: 0, quorum: tier.quorum },
      { people: 1, units: 3, quorum: { all: [tier.quorum, officers] } },
    ]);
  });

  it("keeps every veto under the id of whoever grants it", () => {
    const added = [{ id: "guard.a", addition: { ...nothing, delaySeconds: 1, veto: { ...officers, min: 2 } } }];
    expect(demandOf("mint", { ...tier, veto: officers }, added).vetoes).toEqual([
      { id: "mint.veto", veto: officers },
      { id: "guard.a.veto", veto: { ...officers, min: 2 } },
    ]);
  });
});

it("every quorum of a policy is found, also what guards and full limits add", () => {
  const addition = { quorum: officers };
  const bent = inputWith({
    policy: {
      guards: [
        { id: "g", when: { operation: "mint" }, add: addition },
        { id: "h", when: { operation: "mint" }, add: { delay: "1h" } },
      ],
      limits: [
        {
          id: "l",
          metric: "sum",
          window: "rolling 1h",
          per: "asset",
          max: "1 GLD",
          over: { add: { quorum: { ...officers, min: 3 } } },
        },
      ],
    },
  }).policy;
  const quorums = quorumsOf(bent);
  expect(quorums).toContainEqual(officers);
  expect(quorums).toContainEqual({ ...officers, min: 3 });
  expect(quorums).toHaveLength(bent.rules.flatMap(({ tiers }) => tiers).length + 2);
});
