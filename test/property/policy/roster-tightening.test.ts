/** Whatever is called a tightening of a roster never allows what was not allowed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import type { Facts } from "../../../src/policy/facts.ts";
import { rosterChangeClass } from "../../../src/policy/change/roster-change-class.ts";
import { indexRoster, type RosterIndex } from "../../../src/roster/membership.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import { changedMembers } from "../../../src/roster/succession.ts";
import * as name from "../../../src/values/name.ts";
import type { Name } from "../../../src/values/name.ts";
import { goldPolicy } from "../../place/gold.ts";
import { allows, base, breached, enough, factsOf, people, whole, written } from "./every-case.ts";
import { untilSeen } from "./until-seen.ts";

const removal: fc.Arbitrary<(draft: Roster) => Roster> = fc.oneof(
  fc
    .constantFrom(...people)
    .map((id) => (draft: Roster) => ({ ...draft, people: draft.people.filter((person) => person.id !== id) })),
  fc
    .constantFrom(...whole.services.map(({ id }) => id))
    .map((id) => (draft: Roster) => ({ ...draft, services: draft.services.filter((one) => one.id !== id) })),
  fc.tuple(fc.constantFrom(...people), fc.nat(1)).map(([id, index]) => (draft: Roster) => ({
    ...draft,
    people: draft.people.map((person) =>
      person.id === id ? { ...person, groups: person.groups.filter((_, place) => place !== index) } : person,
    ),
  })),
  fc.tuple(fc.constantFrom(...people), fc.nat(1)).map(([id, index]) => (draft: Roster) => ({
    ...draft,
    people: draft.people.map((person) =>
      person.id === id && person.credentials.length > 1
        ? { ...person, credentials: person.credentials.filter((_, place) => place !== index) }
        : person,
    ),
  })),
  fc
    .tuple(fc.constantFrom(...people), fc.constantFrom("custodians", "issuers", "officers"))
    .map(([id, group]) => (draft: Roster) => ({
      ...draft,
      people: draft.people.map((person) =>
        person.id === id && !person.groups.some((one) => one === group)
          ? { ...person, groups: [...person.groups, name.parse(group)] }
          : person,
      ),
    })),
);

/** What the gate would still count: nobody's word whose credential or group is gone, and no approval of whoever changed. */
function stillCounted(facts: Facts, before: Roster, next: RosterIndex): Facts {
  const changed = changedMembers(before, next.roster);
  const known = (id: Name): boolean => next.member(id) !== undefined;
  return {
    ...facts,
    votes: facts.votes.filter(({ person }) => !changed.has(person)),
    vetoes: (facts.vetoes ?? []).filter(({ person }) => known(person)),
    reserves: facts.reserves.filter(({ attestor }) => known(attestor)),
    prices: (facts.prices ?? []).filter(({ attestor }) => known(attestor)),
    identities: (facts.identities ?? []).filter(({ attestor }) => known(attestor)),
    documents: (facts.documents ?? []).filter(({ attestor }) => known(attestor)),
  };
}

it("a tightened roster allows nothing that was denied, also where somebody was in two groups that must be apart or whose rules meet", () => {
  const grown = compile(
    goldPolicy({
      ...base,
      separation: [
        ["juniors", "desk"],
        ["issuers", "compliance"],
      ],
      groups: { ...base.groups, custodians: { min: 1 }, officers: { min: 1 } },
    }),
  );
  const seen = { tighten: 0, loosen: 0, flipped: 0, kept: 0, opened: 0 };
  untilSeen(seen, enough, (random) => {
    fc.assert(
      fc.property(
        fc.constantFrom(whole, whole, breached),
        fc.array(removal, { minLength: 1, maxLength: 3 }),
        fc.array(written, { minLength: 12, maxLength: 12 }),
        (start, removals, cases) => {
          const [old, next] = [start, removals.reduce((draft, remove) => remove(draft), start)].map(indexRoster);
          if (old === undefined || next === undefined) return;
          const kind = rosterChangeClass(old, next, { policies: [grown], change: grown.change });
          seen[kind] += 1;
          for (const one of cases) {
            const facts = factsOf([grown], one);
            const before = allows(grown, one, facts, old);
            const after =
              next.member(one.initiator) !== undefined && allows(grown, one, stillCounted(facts, start, next), next);
            if (kind === "tighten" && after) expect(before).toBe(true);
            if (before && !after && kind === "tighten") seen.flipped += 1;
            if (before && after) seen.kept += 1;
            if (!before && after) seen.opened += 1;
          }
        },
      ),
      { numRuns: 400, ...random },
    );
  });
});
