/** Who must not be lost: agreements that are possible with everybody, and are not without one of them. */
import { expect, it } from "vitest";
import { agreementsOf, lostWithout } from "../../../src/console/at-risk.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const roster = indexRoster(rosterOf([managedKey("hsm-mint")]));
const lost = (person: string, quorum: object): readonly string[] => {
  const { rules } = goldPolicy();
  const policy = goldPolicy({
    rules: rules.map((rule) => toWire({ ...rule, tiers: rule.tiers.map((tier) => ({ ...tier, quorum })) })),
  });
  return lostWithout(name.parse(person), agreementsOf([compile(policy)]), roster).filter((what) =>
    what.includes("mint"),
  );
};

it("names every tier that one person alone makes possible", () => {
  const all = {
    all: [
      { group: "custodians", min: 2 },
      { group: "compliance", min: 1 },
    ],
  };
  expect(lost("cora", all)[0]).toBe("GLD: rule mint, tier 1");
  expect(lost("carla", all)).toEqual([]);
  expect(lost("carla", { group: "custodians", min: 3 })[0]).toBe("GLD: rule mint, tier 1");
});

it("names nothing that was impossible before", () => {
  expect(
    lost("carla", {
      all: [
        { group: "custodians", min: 3 },
        { group: "compliance", min: 1 },
      ],
    }),
  ).not.toEqual([]);
  expect(lost("cora", { group: "custodians", min: 2 })).toEqual([]);
});

it("counts the one who asks out of the seats", () => {
  expect(lost("ida", { group: "custodians", min: 2 })).toEqual([]);
});
