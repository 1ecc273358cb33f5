/** A new roster voids the words of whom it changed, and of nobody else. */
import { expect, it } from "vitest";
import { changedMembers } from "../../../src/roster/succession.ts";
import type { Member, Roster } from "../../../src/roster/roster.ts";
import * as line from "../../../src/values/line.ts";
import * as name from "../../../src/values/name.ts";
import { managedKey, memberOf, rosterOf } from "../../place/people.ts";

const n = name.parse;
const old = rosterOf([managedKey("hsm-mint")]);
const next = (people: readonly Member[], services: readonly Member[] = old.services): Roster => ({
  ...old,
  version: 2,
  people: [...people],
  services: [...services],
});
const changed = (roster: Roster): readonly string[] => [...changedMembers(old, roster)].sort();
const replace = (id: string, change: (member: Member) => Member): Member[] =>
  old.people.map((member) => (member.id === id ? change(member) : member));
const spare = memberOf("omar").credentials[0]!;

it("voids nothing when nothing changed for people", () => {
  expect(changed(next(old.people))).toEqual([]);
  expect(changed({ ...next(old.people), keys: [] })).toEqual([]);
  expect(changed(next([...old.people].reverse()))).toEqual([]);
});

it("voids nothing of others when somebody is added", () => {
  const eve = { ...memberOf("ida"), id: n("eve"), credentials: [{ ...spare, id: n("eve-1") }] };
  expect(changed(next([...old.people, eve]))).toEqual([]);
});

it("names who is gone, with their credentials", () => {
  expect(changed(next(old.people.filter((member) => member.id !== "chris")))).toEqual(["chris", "chris-1"]);
  expect(changed(next(old.people, old.services.slice(1)))).toEqual(["obs-1", "obs-1-1"]);
});

it("names who changed group or name", () => {
  expect(changed(next(replace("chris", (member) => ({ ...member, groups: [n("issuers")] }))))).toEqual(["chris"]);
  expect(changed(next(replace("chris", (member) => ({ ...member, name: line.parse("Christine") }))))).toEqual([
    "chris",
  ]);
});

it("names a credential whose key was replaced under the same id", () => {
  const { credentials } = memberOf("omar");
  const swapped = replace("chris", (member) => ({
    ...member,
    credentials: [{ ...credentials[0]!, id: n("chris-1") }],
  }));
  expect(changed(next(swapped))).toEqual(["chris", "chris-1"]);
});

it("names both sides of a credential that moved, and a person that became a service", () => {
  const moved = old.people.map((member) =>
    member.id === "chris"
      ? { ...member, credentials: memberOf("cyril").credentials }
      : member.id === "cyril"
        ? { ...member, credentials: memberOf("chris").credentials }
        : member,
  );
  expect(changed(next(moved))).toEqual(["chris", "chris-1", "cyril", "cyril-1"]);
  const asService = next(
    old.people.filter((member) => member.id !== "chris"),
    [...old.services, memberOf("chris")],
  );
  expect(changed(asService)).toEqual(["chris", "chris-1"]);
});
