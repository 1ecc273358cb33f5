/** People by kind, and the sets of them that meet what is asked. */
import { describe, expect, it } from "vitest";
import {
  canMeet,
  couldSit,
  hasOrder,
  inAnyOrder,
  kinsOf,
  maxSets,
  peopleOf,
  seatsOf,
  sizeBound,
  smallestSets,
  vectors,
  type Ask,
  type Electorate,
} from "../../../../src/policy/analyse/electorate.ts";
import { quorumSchema } from "../../../../src/policy/document/requirement.ts";
import { publicPart } from "../../../../src/adapters/credential/credential.ts";
import { secretCredential } from "../../../../src/adapters/credential/credential-file.ts";
import type { Credential, Member } from "../../../../src/roster/roster.ts";
import { testSecret } from "../../../place/people.ts";
import { n, rosterIndex, rosterWith } from "../example.ts";
import { all, compliance, custodians, officers } from "../small.ts";

const ask = (quorum: object, floors: Ask["floors"] = []): Ask => ({ quorum: quorumSchema.parse(quorum), floors });
const electorate = (fields: Partial<Electorate> = {}): Electorate => ({
  roster: rosterIndex,
  groups: new Map(),
  initiator: n("ida"),
  ...fields,
});
const people = (...ids: readonly string[]): readonly Member[] => ids.flatMap((id) => rosterIndex.member(n(id)) ?? []);
const names = (some: readonly Member[]): string => some.map(({ id }) => id).join(" ");

describe("the people who may vote", () => {
  it("are alike when groups and credentials are, and are told apart by nothing else", () => {
    expect(kinsOf([ask(custodians(2))], electorate()).map(names)).toEqual(["carla", "chris cyril"]);
    expect(kinsOf([ask(all(custodians(1), officers(1)))], electorate()).map(names)).toEqual([
      "carla",
      "chris cyril",
      "olga omar otto",
    ]);
  });

  it("are told apart by their unit where a floor counts units", () => {
    const roster = rosterWith({ chris: { unit: n("desk") }, cyril: { unit: n("vault") } });
    const floors = [{ quorum: quorumSchema.parse(custodians(2)), people: 0, units: 2 }];
    expect(kinsOf([ask(custodians(2), floors)], electorate({ roster })).map(names)).toEqual([
      "carla",
      "chris",
      "cyril",
    ]);
    expect(kinsOf([ask(custodians(2))], electorate({ roster })).map(names)).toEqual(["carla", "chris cyril"]);
    // One of two that are compared is enough.
    expect(kinsOf([ask(custodians(2)), ask(custodians(2), floors)], electorate({ roster })).map(names)).toEqual([
      "carla",
      "chris",
      "cyril",
    ]);
    const heads = [{ quorum: quorumSchema.parse(custodians(2)), people: 2, units: 0 }];
    expect(kinsOf([ask(custodians(2), heads)], electorate({ roster })).map(names)).toEqual(["carla", "chris cyril"]);
  });

  it("are alike whatever order their groups and credentials stand in, and whatever else they are", () => {
    const wallet = (id: string): Credential =>
      publicPart(secretCredential({ kind: "wallet", id: n(id), privateKey: testSecret(id) }));
    const [chris, cyril] = people("chris", "cyril");
    const roster = rosterWith({
      chris: { groups: ["custodians", "compliance"].map(n), credentials: [wallet("chris-2"), ...chris!.credentials] },
      cyril: { groups: ["compliance", "custodians"].map(n), credentials: [...cyril!.credentials, wallet("cyril-2")] },
      carla: { groups: ["custodians", "officers"].map(n) },
    });
    const asked = ask(all(custodians(1), compliance));
    expect(kinsOf([asked], electorate({ roster })).map(names)).toEqual(["carla", "chris cyril", "cora"]);
    const wallets = ask({ ...custodians(1), credentials: ["wallet"] });
    expect(kinsOf([wallets], electorate({ roster })).map(names)).toEqual(["carla", "chris cyril"]);
  });

  it("leave out the initiator, and whoever sits nowhere", () => {
    expect(kinsOf([ask(officers(1))], electorate({ initiator: n("otto") })).map(names)).toEqual(["olga omar"]);
    const wallets = ask({ ...custodians(1), credentials: ["wallet"] });
    expect(kinsOf([wallets], electorate()).map(names)).toEqual(["carla"]);
    const groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["key"] as const) }]]);
    expect(kinsOf([wallets], electorate({ groups }))).toEqual([]);
  });
});

describe("what is asked", () => {
  it("is met by enough of them, whoever they are, and by no set that lacks one", () => {
    const asked = ask(all(custodians(2), compliance));
    expect(canMeet(asked, people("carla", "chris", "cora"), electorate())).toBe(true);
    expect(canMeet(asked, people("carla", "chris", "otto"), electorate())).toBe(false);
  });

  it("has floors over those who could sit in their own part", () => {
    const quorum = quorumSchema.parse(all(custodians(1), compliance));
    const own = { quorum: quorumSchema.parse(custodians(1)), people: 2, units: 0 };
    expect(canMeet({ quorum, floors: [own] }, people("carla", "cora"), electorate())).toBe(false);
    expect(canMeet({ quorum, floors: [own] }, people("carla", "chris", "cora"), electorate())).toBe(true);
  });

  it("has smallest sets, one for all that are alike, and none within another", () => {
    const found = smallestSets(ask({ any: [custodians(2), compliance] }), electorate());
    expect(found.kind === "sets" && found.sets.map(names)).toEqual(["cora", "carla chris", "chris cyril"]);
  });

  it("has more sets than are looked at when there are very many kinds", () => {
    const alone = Array.from({ length: 24 }, (_, index) => ({ ...people("carla")[0]!, id: n(`p${String(index)}`) }));
    const found = smallestSets(
      ask(custodians(9)),
      electorate(),
      alone.map((one) => [one]),
    );
    expect(found.kind).toBe("too-many");
    expect(maxSets).toBeGreaterThan(1_000);
  });

  it("is met by no smallest set above its bound", () => {
    expect(sizeBound(ask({ any: [custodians(2), all(compliance, officers(3))] }))).toBe(4);
    const floor = { quorum: quorumSchema.parse(custodians(2)), people: 3, units: 2 };
    expect(sizeBound(ask(custodians(2), [floor]))).toBe(5);
  });

  it("has seats and parts, whatever it is made of", () => {
    const ordered = quorumSchema.parse({ any: [{ ordered: [compliance, custodians(2)] }, officers(1)] });
    expect(seatsOf(ordered).map(({ group }) => group)).toEqual(["compliance", "custodians", "officers"]);
    expect([hasOrder(ordered), hasOrder(inAnyOrder(ordered))]).toEqual([true, false]);
    expect(couldSit(people("otto")[0]!, seatsOf(ordered), new Map())).toBe(true);
    expect(couldSit(people("ida")[0]!, seatsOf(ordered), new Map())).toBe(false);
  });
});

describe("sets of so many", () => {
  it("are all of them, each once", () => {
    const kins = [people("carla"), people("chris", "cyril")];
    expect([...vectors(kins, 2)]).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect([...vectors(kins, 4)]).toEqual([]);
    expect(names(peopleOf(kins, [0, 2]))).toBe("chris cyril");
  });
});
