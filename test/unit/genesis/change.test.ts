/** Versions follow one another one by one, and a new roster knows whose proofs it needs. */
import { describe, expect, it } from "vitest";
import { checkFirst, checkSuccession, held, newCredentials, type Versioned } from "../../../src/genesis/change.ts";
import { documentHash, documentName } from "../../../src/genesis/genesis.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import * as name from "../../../src/values/name.ts";
import { managedKey, memberOf, personIds, rosterOf } from "../../place/people.ts";

const n = name.parse;
const current = rosterOf([managedKey("hsm-mint")]);
const next: Roster = { ...current, version: 2, previous: documentName(documentHash(current)) };

describe("one version after another", () => {
  it("counts one up and names the hash of the one before", () => {
    expect(() => {
      checkSuccession(current, next);
    }).not.toThrow();
  });

  it.each<[string, Versioned, string]>([
    ["the same version", { ...next, version: 1 }, "genesis.version"],
    ["a version left out", { ...next, version: 3 }, "genesis.version"],
    ["no previous", { ...next, previous: null }, "genesis.previous"],
    ["another previous", { ...next, previous: documentName(documentHash(next)) }, "genesis.previous"],
    ["another kind", { ...next, kind: "Policy" }, "genesis.kind-changed"],
  ])("is refused with %s", (_, document, code) => {
    expect(() => {
      checkSuccession(current, document);
    }).toThrow(expect.objectContaining({ code }));
  });

  it("begins with version 1 after nothing", () => {
    expect(() => {
      checkFirst(current, "roster");
    }).not.toThrow();
    for (const bad of [next, { ...current, version: 2 }, { ...next, version: 1 }]) {
      expect(() => {
        checkFirst(bad, "roster");
      }).toThrow(expect.objectContaining({ code: "genesis.first-version", field: "roster" }));
    }
  });
});

describe("credentials that need a proof", () => {
  it("are all of the first roster", () => {
    expect(held(current)).toHaveLength(personIds.length);
  });

  it("are none when nothing was added", () => {
    expect(newCredentials(current, next)).toEqual([]);
    expect(newCredentials(current, { ...next, people: next.people.slice(1) })).toEqual([]);
  });

  it("are those added, replaced under their id, renamed, or given to somebody else", () => {
    const [key] = memberOf("omar").credentials;
    const without = { ...current, people: current.people.filter((member) => member.id !== "omar") };
    const given = (id: string, credential: string) => ({
      ...without,
      people: without.people.map((member) =>
        member.id === id ? { ...member, credentials: [{ ...key!, id: n(credential) }] } : member,
      ),
    });
    const added = { ...next, people: [...without.people, { ...memberOf("omar"), id: n("omid") }] };
    expect(newCredentials(without, given("chris", "chris-1"))).toEqual([
      { holder: "chris", credential: { ...key, id: "chris-1" } },
    ]);
    expect(newCredentials(current, added)).toEqual([{ holder: "omid", credential: key }]);
    expect(newCredentials(current, given("chris", "omar-2"))).toEqual([
      { holder: "chris", credential: { ...key, id: "omar-2" } },
    ]);
  });
});
