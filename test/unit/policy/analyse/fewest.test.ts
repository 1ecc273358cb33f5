/** The fewest people who can agree, and how few of one group can be among them. */
import { describe, expect, it } from "vitest";
import { kinsOf, type Ask, type Electorate } from "../../../../src/policy/analyse/electorate.ts";
import { fewest, losses, withFewOf } from "../../../../src/policy/analyse/fewest.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { Undecided } from "../../../../src/policy/analyse/spots.ts";
import type { Member } from "../../../../src/roster/roster.ts";
import { n, rosterIndex, rosterWith } from "../example.ts";
import { all, compliance, custodians, officers } from "../small.ts";

const ask = (quorum: object, floors: Ask["floors"] = []): Ask => ({ quorum: quorumSchema.parse(quorum), floors });
const electorate: Electorate = { roster: rosterIndex, groups: new Map(), initiator: n("ida") };
const names = (some: readonly Member[] | undefined): string | undefined => some?.map(({ id }) => id).join(" ");

describe("the fewest who agree", () => {
  it("are of the shortest way", () => {
    expect(names(fewest(ask({ any: [custodians(3), all(compliance, officers(1))] }), electorate))).toBe("cora olga");
  });

  it("are nobody when there are too few", () => {
    expect(fewest(ask(custodians(4)), electorate)).toBeUndefined();
  });

  it("are as many as a floor wants", () => {
    const floor = { quorum: quorumSchema.parse(custodians(1)), people: 3, units: 0 };
    expect(fewest(ask(custodians(1), [floor]), electorate)).toHaveLength(3);
  });

  it("are not guessed over the budget", () => {
    const many = Array.from({ length: 24 }, (_, index) => [
      { ...rosterIndex.member(n("chris"))!, id: n(`p${String(index)}`) },
    ]);
    const roster = { ...rosterIndex, roster: { ...rosterIndex.roster, people: many.flat() } };
    const floor = { quorum: quorumSchema.parse(custodians(1)), people: 12, units: 0 };
    expect(() =>
      fewest(ask(custodians(1), [floor]), { ...electorate, roster: { ...roster, inGroup: () => true } }, many),
    ).toThrow(Undecided);
  });
});

describe("those who agree with few of a group", () => {
  it("are found where there is a way around it, and nobody of them is idle", () => {
    const asked = ask({ any: [all(custodians(2), compliance), custodians(3)] });
    expect(names(withFewOf(asked, electorate, { group: n("compliance"), most: 0 }))).toBe("carla chris cyril");
    expect(
      withFewOf(ask(all(custodians(2), compliance)), electorate, { group: n("compliance"), most: 0 }),
    ).toBeUndefined();
  });

  it("count somebody who sits for another group as of both", () => {
    const roster = rosterWith({ chris: { groups: ["custodians", "compliance"].map(n) }, cyril: { groups: [] } });
    const asked = ask(custodians(2));
    expect(withFewOf(asked, { ...electorate, roster }, { group: n("compliance"), most: 0 })).toBeUndefined();
    expect(names(withFewOf(asked, { ...electorate, roster }, { group: n("compliance"), most: 1 }))).toBe("carla chris");
  });
});

describe("losses", () => {
  it("are every way to lose so many, one of those who are alike", () => {
    const kins = kinsOf([ask(custodians(2))], electorate);
    expect([...losses(kins, 1)].map(names)).toEqual(["carla", "chris"]);
    expect([...losses(kins, 0)]).toEqual([[]]);
    expect([...losses(kins, 9)].map(names)).toEqual(["carla chris cyril"]);
  });
});
