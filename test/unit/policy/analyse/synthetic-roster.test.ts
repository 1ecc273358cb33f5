/** A made-up roster: everybody whom the policy does not exclude, and enough of each. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { syntheticRoster } from "../../../../src/policy/analyse/synthetic-roster.ts";
import type { RosterIndex } from "../../../../src/roster/membership.ts";
import { n } from "../example.ts";
import { custodians, mintRule, officers, small, two, upTo } from "../small.ts";

const made = (fields: Readonly<Record<string, unknown>>): RosterIndex => syntheticRoster(compile(small(fields)));
const askers = ({ roster }: RosterIndex): string[] =>
  roster.people.filter(({ id }) => id.startsWith("asker")).map(({ groups }) => [...groups].sort().join("+"));
const rules = ["issuers", "traders", "officers"].map((group) => mintRule({ initiator: { group } }, [two], group));

describe("a made-up roster", () => {
  it("has one person for every combination of groups that ask", () => {
    expect(askers(made({ rules })).sort()).toEqual(
      [
        "issuers",
        "issuers+officers",
        "issuers+officers+traders",
        "issuers+traders",
        "officers",
        "officers+traders",
        "traders",
      ].sort(),
    );
  });

  it("has nobody in two groups that are kept apart", () => {
    expect(
      askers(made({ rules, separation: [["issuers", "traders"]] })).some(
        (groups) => groups.includes("issuers") && groups.includes("traders"),
      ),
    ).toBe(false);
  });

  it("has nobody in more than two of very many groups", () => {
    const many = Array.from({ length: 10 }, (_, index) =>
      mintRule(
        { initiator: { group: `g${String(index)}` }, amount: { eq: `${String(index + 1)} GLD` } },
        [two],
        `r${String(index)}`,
      ),
    );
    const groups = askers(made({ rules: many }));
    expect(groups).toHaveLength(10 + 45);
  });

  it("has enough voters for every quorum, floor and group, with every credential and each in a unit of their own", () => {
    const roster = made({
      rules: [mintRule({}, [upTo("100 GLD", custodians(3), { distinct: { units: 5 } })])],
      groups: { observers: { min: 2 }, vault: { min: 7 } },
    });
    expect(roster.people(n("custodians")).length).toBeGreaterThanOrEqual(5);
    expect(roster.members(n("vault")).length).toBeGreaterThanOrEqual(7);
    const [voter] = roster.people(n("custodians"));
    expect(voter?.credentials.map(({ kind }) => kind)).toEqual(["wallet", "key", "passkey"]);
    expect(new Set(roster.roster.people.map(({ unit }) => unit)).size).toBe(roster.roster.people.length);
  });

  it("has who attests, and every key that is named", () => {
    const guards = [
      {
        id: "g",
        when: { operation: "mint", account: "spare" },
        require: { evidence: "document", by: { group: "clerks", min: 3 } },
      },
    ];
    const roster = made({ guards, change: { tighten: { quorum: officers(1) }, loosen: { quorum: officers(2) } } });
    expect(roster.members(n("clerks"))).toHaveLength(3);
    expect(roster.roster.services.length).toBeGreaterThanOrEqual(3);
    expect([n("hsm-mint"), n("spare")].map((key) => roster.key(key)?.id)).toEqual(["hsm-mint", "spare"]);
  });
});
