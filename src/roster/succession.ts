/** What changes for people when one roster follows another. */
import { canonical } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { toWire } from "../values/wire.ts";
import { holdersOf } from "./membership.ts";
import type { Member, Roster } from "./roster.ts";

/**
 * Ids of people and services that are gone or changed in any way, and of credentials that are gone, changed, or moved to
 * another holder. Open approvals of these are void; those of everybody else stay.
 */
export function changedMembers(old: Roster, next: Roster): ReadonlySet<Name> {
  const people = (roster: Roster): readonly Member[] => [...roster.people, ...roster.services];
  const spelled = (roster: Roster, member: Member): string =>
    text({ service: roster.services.includes(member), member });
  const after = new Map(people(next).map((member) => [member.id, spelled(next, member)]));
  const changed = new Set<Name>();
  for (const member of people(old)) if (after.get(member.id) !== spelled(old, member)) changed.add(member.id);
  const kept = new Map(
    holdersOf(next).map((holder) => [holder.credential.id, text({ ...holder, member: holder.member.id })]),
  );
  for (const holder of holdersOf(old)) {
    if (kept.get(holder.credential.id) !== text({ ...holder, member: holder.member.id }))
      changed.add(holder.credential.id);
  }
  return changed;
}

function text(value: unknown): string {
  return canonical(toWire(value));
}
