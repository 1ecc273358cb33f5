/** Votes of people who agree, in an order that meets what is asked. */
import { describe, expect, it } from "vitest";
import type { Ask, Electorate } from "../../../../src/policy/analyse/electorate.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { inMeetingOrder, meetInOrder, votersFor, votesOf } from "../../../../src/policy/analyse/voting.ts";
import type { Member } from "../../../../src/roster/roster.ts";
import { n, rosterIndex, rosterWith } from "../example.ts";
import { all, compliance, custodians } from "../small.ts";

const ask = (quorum: object): Ask => ({ quorum: quorumSchema.parse(quorum), floors: [] });
const electorate: Electorate = { roster: rosterIndex, groups: new Map(), initiator: n("ida") };
const people = (...ids: readonly string[]): readonly Member[] => ids.flatMap((id) => rosterIndex.member(n(id)) ?? []);
const names = (some: readonly Member[] | undefined): string | undefined => some?.map(({ id }) => id).join(" ");
const staged = ask({ ordered: [compliance, custodians(2)] });

describe("people who vote one after the other", () => {
  it("vote with every credential, each at a place of its own", () => {
    const twice = {
      ...people("carla")[0]!,
      credentials: [...people("carla"), ...people("chris")].flatMap(({ credentials }) => credentials),
    };
    expect(votesOf([twice, ...people("cora")]).map(({ person, position }) => `${person} ${String(position)}`)).toEqual([
      "carla 1",
      "carla 2",
      "cora 3",
    ]);
  });

  it("meet stages in their order alone", () => {
    expect(meetInOrder(staged, people("cora", "carla", "chris"), electorate)).toBe(true);
    expect(meetInOrder(staged, people("carla", "cora", "chris"), electorate)).toBe(false);
    expect(meetInOrder(ask(all(compliance, custodians(2))), people("carla", "cora", "chris"), electorate)).toBe(true);
  });

  it("are put in an order that meets the stages, where there is one", () => {
    expect(names(inMeetingOrder(staged, people("carla", "chris", "cora"), electorate))).toBe("cora carla chris");
    expect(inMeetingOrder(staged, people("carla", "chris", "otto"), electorate)).toBeUndefined();
    expect(names(inMeetingOrder(ask(custodians(1)), people("carla"), electorate))).toBe("carla");
    expect(inMeetingOrder(ask(custodians(2)), people("carla"), electorate)).toBeUndefined();
  });

  it("are put in order also where somebody could sit in two stages", () => {
    const roster = rosterWith({ cyril: { groups: ["custodians", "compliance"].map(n) } });
    const both = [roster.member(n("cyril"))!, roster.member(n("cora"))!];
    const found = inMeetingOrder(ask({ ordered: [compliance, custodians(1)] }), both, { ...electorate, roster });
    expect(names(found)).toBe("cora cyril");
  });
});

describe("those who could vote", () => {
  it("are all but the initiator who could sit somewhere", () => {
    expect(names(votersFor(staged, electorate))).toBe("carla chris cyril cora");
    expect(names(votersFor(staged, { ...electorate, initiator: n("cora") }))).toBe("carla chris cyril");
  });
});
