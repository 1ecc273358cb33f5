/** Seats: one person one seat, over the whole tree, whatever the order and however many credentials. */
import { describe, expect, it } from "vitest";
import { assign, eligible, peopleMeet } from "../../../../src/policy/decide/quorum.ts";
import { branches, isBounded, isDecidable, maxBranches, maxSeats } from "../../../../src/policy/compile/way.ts";
import type { Quorum } from "../../../../src/policy/document/requirement.ts";
import type { Groups } from "../../../../src/policy/policy.ts";
import { secretCredential } from "../../../../src/adapters/credential/credential-file.ts";
import { testSecret } from "../../../place/people.ts";
import { publicPart } from "../../../../src/adapters/credential/credential.ts";
import { idOf, n, rosterIndex, rosterWith, roster, vote } from "../example.ts";

const custodians = (min: number): Quorum => ({ group: n("custodians"), min });
const compliance = (min: number): Quorum => ({ group: n("compliance"), min });
const none: Groups = new Map();
const seat = (
  quorum: Quorum,
  people: readonly string[],
  groups = none,
  index = rosterIndex,
): ReturnType<typeof assign> =>
  assign(
    quorum,
    people.map((person) => vote(person)),
    index,
    groups,
  );

describe("assign", () => {
  it("fills as many seats as people of the group have signed", () => {
    expect(seat(custodians(2), ["chris", "carla"])).toMatchObject({ met: true, missing: [] });
    expect(seat(custodians(3), ["chris", "carla"])).toMatchObject({
      met: false,
      missing: [{ group: "custodians", count: 1, candidates: ["cyril"] }],
    });
    expect(seat(custodians(1), []).missing).toEqual([
      { group: "custodians", count: 1, candidates: ["carla", "chris", "cyril"] },
    ]);
  });

  it("says who sits where, with which credential, and what is empty", () => {
    expect(seat({ all: [custodians(1), compliance(1)] }, ["cora"]).seats).toEqual([
      { group: "custodians", person: null, credential: null },
      { group: "compliance", person: "cora", credential: "cora-1" },
    ]);
  });

  it("gives nobody of another group a seat", () => {
    expect(seat(custodians(1), ["cora", "otto", "ida"]).met).toBe(false);
  });

  it("gives a person of two groups one seat only", () => {
    const both = rosterWith({ cora: { groups: [n("compliance"), n("custodians")] } });
    const quorum: Quorum = { all: [custodians(2), compliance(1)] };
    expect(seat(quorum, ["cora", "carla"], none, both).met).toBe(false);
    expect(seat(quorum, ["cora", "carla", "chris"], none, both).met).toBe(true);
  });

  it("moves a person of two groups to the seat that only they can fill", () => {
    const both = rosterWith({ carla: { groups: [n("compliance"), n("custodians")] } });
    expect(seat({ all: [custodians(1), compliance(1)] }, ["carla", "chris"], none, both).met).toBe(true);
    expect(seat({ all: [compliance(1), custodians(1)] }, ["carla", "chris"], none, both).met).toBe(true);
  });

  it("adds up the seats of one group that stands twice", () => {
    expect(seat({ all: [custodians(1), custodians(2)] }, ["carla", "chris"]).met).toBe(false);
    expect(seat({ all: [custodians(1), custodians(2)] }, ["carla", "chris", "cyril"]).met).toBe(true);
  });

  it("takes the way that is met, and else the way that lacks the fewest", () => {
    const quorum: Quorum = { any: [custodians(3), { all: [custodians(1), compliance(1)] }] };
    expect(seat(quorum, ["cora", "chris"])).toMatchObject({ met: true });
    expect(seat(quorum, ["chris"]).missing).toMatchObject([{ group: "compliance", count: 1 }]);
    expect(seat({ any: [custodians(2), compliance(1)] }, []).missing).toMatchObject([
      { group: "compliance", count: 1 },
    ]);
  });

  it("takes two credentials of one person, and two approvals, as one person", () => {
    const second = publicPart(secretCredential({ kind: "key", id: n("carla-2"), privateKey: testSecret("second") }));
    const [carla] = roster.people.filter((person) => person.id === "carla");
    const index = rosterWith({ carla: { credentials: [...carla!.credentials, second] } });
    const votes = [
      vote("carla"),
      { ...vote("carla"), credential: n("carla-2"), credentialKind: "key" as const, approvalId: idOf("2") },
      { ...vote("carla"), approvalId: idOf("3") },
    ];
    expect(assign(custodians(1), votes, index, none).met).toBe(true);
    expect(assign(custodians(2), votes, index, none)).toMatchObject({
      met: false,
      missing: [{ group: "custodians", count: 1, candidates: ["chris", "cyril"] }],
    });
  });

  it("seats somebody with the first by name of the credentials that they voted with", () => {
    const second = publicPart(secretCredential({ kind: "key", id: n("chris-0"), privateKey: testSecret("zero") }));
    const [chris] = roster.people.filter((person) => person.id === "chris");
    const index = rosterWith({ chris: { credentials: [...chris!.credentials, second] } });
    const other = { ...vote("chris"), credential: n("chris-0"), credentialKind: "key" as const };
    for (const votes of [
      [vote("chris"), other],
      [other, vote("chris")],
    ])
      expect(assign(custodians(1), votes, index, none).seats[0]?.credential).toBe("chris-0");
    expect(assign(custodians(1), [vote("chris")], index, none).seats[0]?.credential).toBe("chris-1");
  });

  it("takes of ways that lack as many the first that is written, and of others the one that lacks fewest", () => {
    const lacks = (quorum: Quorum): string[] => seat(quorum, []).missing.map(({ group }) => group);
    expect(lacks({ any: [custodians(1), compliance(1)] })).toEqual(["custodians"]);
    expect(lacks({ any: [compliance(1), custodians(1)] })).toEqual(["compliance"]);
    expect(lacks({ any: [compliance(1), custodians(2)] })).toEqual(["compliance"]);
    expect(lacks({ any: [custodians(3), custodians(2), compliance(1), custodians(2)] })).toEqual(["compliance"]);
  });

  it("takes only the kinds of credential that the group takes", () => {
    const wallets: Groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["wallet"] as const) }]]);
    expect(seat(custodians(1), ["chris", "cyril"], wallets)).toMatchObject({
      met: false,
      missing: [{ candidates: ["carla"] }],
    });
    expect(seat(custodians(1), ["carla"], wallets).met).toBe(true);
  });

  it("takes no vote whose credential is another's, unknown, or of another kind than it says", () => {
    const quorum = custodians(1);
    const bad = [
      vote("chris", { credential: n("cyril-1") }),
      vote("chris", { credential: n("nobody-1") }),
      vote("chris", { credentialKind: "wallet" }),
    ];
    for (const one of bad) expect(assign(quorum, [one], rosterIndex, none).met).toBe(false);
  });

  it("never seats a service", () => {
    const index = rosterWith({ "obs-1": { groups: [n("observers"), n("custodians")] } });
    const result = assign(custodians(1), [vote("obs-1")], index, none);
    expect(result.met).toBe(false);
    expect(result.missing[0]?.candidates).not.toContain("obs-1");
  });

  it("never meets a quorum too wide to decide", () => {
    const two: Quorum = { any: [custodians(1), compliance(1)] };
    const wide = { all: Array.from({ length: 10 }, () => two) };
    expect(isBounded(wide)).toBe(false);
    expect(isDecidable(wide)).toBe(true);
    const wider: Quorum = { all: [...wide.all, two] };
    expect(isDecidable(wider)).toBe(false);
    expect(seat(wider, ["carla", "chris", "cyril", "cora"])).toEqual({ met: false, seats: [], missing: [] });
    expect(eligible(wider, [vote("carla")], rosterIndex, none)).toEqual([]);
    expect(eligible(wide, [vote("carla")], rosterIndex, none)).toEqual(["carla"]);
  });
});

describe("branches", () => {
  it("lists every way, and the bound counts them without listing", () => {
    const two: Quorum = { any: [custodians(1), compliance(1)] };
    expect(branches({ all: [two, two] })).toHaveLength(4);
    const [way] = branches({ all: [custodians(2), compliance(1)] });
    expect(way?.map(({ group }) => group)).toEqual(["custodians", "custodians", "compliance"]);
    expect(isBounded({ all: Array.from({ length: Math.log2(maxBranches) }, () => two) })).toBe(true);
    expect(isBounded({ all: [custodians(50), custodians(maxSeats - 50)] })).toBe(true);
    expect(isBounded({ all: [custodians(50), custodians(maxSeats - 49)] })).toBe(false);
  });
});

describe("peopleMeet", () => {
  it("counts people of the roster, and no service", () => {
    const people = (...ids: string[]): ReadonlySet<ReturnType<typeof n>> => new Set(ids.map(n));
    expect(peopleMeet({ group: n("officers"), min: 2 }, people("otto", "olga"), rosterIndex)).toBe(true);
    expect(peopleMeet({ group: n("officers"), min: 2 }, people("otto", "chris"), rosterIndex)).toBe(false);
    expect(peopleMeet({ group: n("observers"), min: 1 }, people("obs-1", "obs-2"), rosterIndex)).toBe(false);
  });
});

describe("a seat that takes kinds of credentials", () => {
  const byWallet: Quorum = { group: n("custodians"), min: 1, credentials: ["wallet"] };
  const groups: Groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["key", "wallet"] as const) }]]);
  const seatBy = (quorum: Quorum, people: readonly string[], some = groups): ReturnType<typeof assign> =>
    assign(
      quorum,
      people.map((person) => vote(person)),
      rosterIndex,
      some,
    );

  it("takes none of another kind, and names who could", () => {
    expect(seatBy(byWallet, ["chris", "cyril"])).toMatchObject({
      met: false,
      missing: [{ group: "custodians", count: 1, candidates: ["carla"] }],
    });
    expect(seatBy(byWallet, ["chris", "carla"]).seats).toEqual([
      { group: "custodians", person: "carla", credential: "carla-1" },
    ]);
  });

  it("takes only what its group takes as well", () => {
    const keys: Groups = new Map([[n("custodians"), { min: 1, credentials: new Set(["key"] as const) }]]);
    expect(seatBy(byWallet, ["carla"], keys)).toMatchObject({ met: false, missing: [{ candidates: [] }] });
  });

  it("is asked for apart from seats of the group that take others, and together with its like", () => {
    const asked = (...kinds: ("key" | "wallet" | "passkey")[][]): unknown =>
      seatBy({ all: kinds.map((credentials) => ({ ...byWallet, credentials })) }, []).missing.map(
        ({ count, candidates }) => [count, candidates],
      );
    expect(asked(["wallet"], ["key"])).toEqual([
      [1, ["carla"]],
      [1, ["chris", "cyril"]],
    ]);
    expect(asked(["wallet", "key"], ["key", "wallet"], ["wallet"])).toEqual([
      [2, ["carla", "chris", "cyril"]],
      [1, ["carla"]],
    ]);
    expect(seatBy({ all: [custodians(1), byWallet, custodians(1)] }, []).missing.map(({ count }) => count)).toEqual([
      2, 1,
    ]);
  });

  it("can be taken with another credential by who sits elsewhere", () => {
    const wallet = roster.people.find(({ id }) => id === "carla")!.credentials;
    const key = publicPart(secretCredential({ kind: "key", id: n("carla-2"), privateKey: testSecret("second") }));
    const index = rosterWith({ carla: { credentials: [...wallet, key] } });
    const byKey = { ...vote("carla"), credential: n("carla-2"), credentialKind: "key" as const };
    const { seats, missing } = assign({ all: [custodians(1), byWallet] }, [byKey], index, groups);
    expect(seats.map(({ credential }) => credential)).toEqual(["carla-2", null]);
    expect(missing).toEqual([{ group: "custodians", count: 1, candidates: ["carla"] }]);
  });

  it("is kept for who fits it, beside seats that take anybody", () => {
    const both: Quorum = { all: [custodians(1), byWallet] };
    expect(seatBy(both, ["carla", "chris"]).seats.map(({ person }) => person)).toEqual(["chris", "carla"]);
    expect(seatBy(both, ["chris", "cyril"]).missing).toEqual([
      { group: "custodians", count: 1, candidates: ["carla"] },
    ]);
  });
});

it("people who could sit in some seat of some way are counted, each once", () => {
  const quorum: Quorum = { any: [custodians(3), compliance(1)] };
  const votes = ["cora", "carla", "otto", "carla"].map((person) => vote(person));
  expect(eligible(quorum, votes, rosterIndex, new Map())).toEqual(["carla", "cora"]);
});
