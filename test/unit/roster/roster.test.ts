/** The schema of a roster has its fields and no others. */
import { expect, it } from "vitest";
import { rosterSchema } from "../../../src/roster/roster.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const roster = JSON.parse(JSON.stringify(rosterOf([managedKey("hsm-mint")]))) as Record<string, unknown> & {
  people: Record<string, unknown>[];
};

it("is read as it is written", () => {
  expect(rosterSchema.parse(roster)).toEqual(roster);
});

it("has exactly its fields, at every level", () => {
  const [first] = roster.people;
  const refused = [
    { ...roster, note: "x" },
    { ...roster, version: 0 },
    { ...roster, previous: "5c1e" },
    { ...roster, people: [{ ...first, admin: true }] },
    { ...roster, people: [{ ...first, credentials: [] }] },
    { ...roster, people: [{ ...first, name: "Ida\u202e" }] },
    { ...roster, people: [{ ...first, credentials: [{ kind: "password", id: "ida-1" }] }] },
    {
      ...roster,
      people: [
        { ...first, credentials: [{ kind: "key", id: "ida-1", publicKey: "0x00", address: `0x${"1".repeat(40)}` }] },
      ],
    },
    { ...roster, keys: [{ ...managedKey("hsm-mint") }] },
  ];
  for (const bad of refused) expect(rosterSchema.safeParse(bad).success, JSON.stringify(bad).slice(0, 80)).toBe(false);
});
