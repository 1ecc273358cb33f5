/** Whether a change of the roster only tightens: it removes credentials, memberships and people, and nobody's absence opens anything. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Member, Roster } from "../../roster/roster.ts";
import type { Name } from "../../values/name.ts";
import * as name from "../../values/name.ts";
import { canonical } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import type { ChangeClass } from "./change-class.ts";
import { groupsOf, peopleOf } from "../decide/approval.ts";
import { sharedOperation } from "../compile/disjoint.ts";
import type { Groups, Policy, Rule } from "../policy.ts";
import { peopleMeet } from "../decide/quorum.ts";
import type { ChangeRule, Quorum } from "../document/requirement.ts";
import { vetoRights } from "../decide/veto-right.ts";

/** What is in force beside the roster. */
export type RosterGround = {
  readonly policies: readonly Policy[];
  /** The change block of the genesis. */
  readonly change: { readonly tighten: ChangeRule; readonly loosen: ChangeRule };
};

/** Somebody who leaves, or stays with less. */
type Loss = {
  readonly before: Member;
  /** Undefined when they are gone. */
  readonly after: Member | undefined;
  /** What they were in and are no longer. */
  readonly groups: readonly Name[];
  /** For these groups, what they said may be heard no longer: a word stands on its credential and on the group it was said for. */
  readonly silenced: readonly Name[];
};

/**
 * Tightens when all it does is to remove, and what is removed neither objects nor attests nor observes, keeps no guard or limit
 * applying, cures no breach of separation and no overlap of rules, and leaves people enough to take it back. Everything else
 * loosens.
 */
export function rosterChangeClass(current: RosterIndex, next: RosterIndex, ground: RosterGround): ChangeClass {
  const losses = lossesOf(current.roster, next.roster);
  if (losses === undefined) return "loosen";
  const heard = heardGroups(ground);
  const opens = losses.some(
    (loss) =>
      loss.silenced.some((group) => heard.has(group)) ||
      escapes(loss, ground.policies) ||
      ground.policies.some((policy) => curesSeparation(loss, policy) || curesOverlap(loss, policy)),
  );
  return !opens && canBeTakenBack(current, next, ground) ? "tighten" : "loosen";
}

/** Undefined when something was added or is otherwise than it was; who changed sides between people and services is both. */
function lossesOf(current: Roster, next: Roster): readonly Loss[] | undefined {
  const own = { version: null, previous: null, people: null, services: null };
  if (text({ ...current, ...own }) !== text({ ...next, ...own })) return undefined;
  const people = lossesAmong(current.people, next.people);
  const services = lossesAmong(current.services, next.services);
  return people === undefined || services === undefined ? undefined : [...people, ...services];
}

function lossesAmong(current: readonly Member[], next: readonly Member[]): readonly Loss[] | undefined {
  const after = new Map(next.map((member) => [member.id, member]));
  const known = new Set(current.map((member) => member.id));
  if (next.some((member) => !known.has(member.id))) return undefined;
  const losses: Loss[] = [];
  for (const before of current) {
    const loss = lossOf(before, after.get(before.id));
    if (loss === undefined) return undefined;
    losses.push(loss);
  }
  return losses;
}

function lossOf(before: Member, after: Member | undefined): Loss | undefined {
  if (after === undefined) return { before, after, groups: before.groups, silenced: before.groups };
  const own = { groups: null, credentials: null };
  const held = new Set(before.credentials.map(text));
  const isRemoval =
    text({ ...before, ...own }) === text({ ...after, ...own }) &&
    after.groups.every((group) => before.groups.includes(group)) &&
    after.credentials.every((credential) => held.has(text(credential)));
  if (!isRemoval) return undefined;
  const groups = before.groups.filter((group) => !after.groups.includes(group));
  const hasLostCredential = after.credentials.length < before.credentials.length;
  return { before, after, groups, silenced: hasLostCredential ? before.groups : groups };
}

const [observers, attestors] = [name.parse("observers"), name.parse("attestors")];

/** Groups whose word can keep something from being signed: who vetoes, attests or observes. */
function heardGroups({ policies, change }: RosterGround): ReadonlySet<Name> {
  const changes = [change, ...policies.map((policy) => policy.change)].flatMap(({ tighten, loosen }) => [
    tighten.veto,
    loosen.veto,
  ]);
  const vetoes = policies.flatMap((policy) => vetoRights(policy));
  const evidence = policies.flatMap(({ guards }) =>
    guards.flatMap(({ then }) => [
      ...("by" in then ? [then.by] : []),
      ...(then.kind === "reserves" ? [then.cover?.price?.by] : []),
    ]),
  );
  const named = [...changes, ...vetoes, ...evidence].flatMap((one) => (one === undefined ? [] : [one.group]));
  return new Set([observers, attestors, ...named]);
}

/** A guard or a limit on what a group asks for: whoever stays and is of the group no longer would not meet it. Who is gone asks for nothing. */
function escapes({ after, groups }: Loss, policies: readonly Policy[]): boolean {
  if (after === undefined) return false;
  const watched = policies.flatMap(({ guards, limits }) => [...guards, ...limits].map(({ when }) => when.initiator));
  return groups.some((group) => watched.includes(group));
}

function curesSeparation({ before, groups }: Loss, { separation }: Policy): boolean {
  const both = separation.filter((pair) => pair.every((group) => before.groups.includes(group)));
  return both.some((pair) => pair.some((group) => groups.includes(group)));
}

/** Two rules matched what this person asked for, and from now on one of them does. */
function curesOverlap({ after, groups }: Loss, policy: Policy): boolean {
  if (after === undefined) return false;
  const rulesFor = (of: readonly Name[]): readonly Rule[] =>
    policy.rules.filter(({ when }) => of.includes(when.initiator));
  const kept = rulesFor(after.groups);
  return rulesFor(groups).some((rule) => kept.some((other) => sharedOperation(rule, other, policy) !== undefined));
}

/** What few have signed, the others must be able to take back, also without any one of the people. */
function canBeTakenBack(current: RosterIndex, next: RosterIndex, { policies, change }: RosterGround): boolean {
  const none: Groups = new Map();
  const changes = [
    { quorum: change.loosen.quorum, groups: none },
    ...policies.map((policy) => ({ quorum: policy.change.loosen.quorum, groups: policy.groups })),
  ];
  return changes.every(({ quorum, groups }) => {
    const isMetBy = (index: RosterIndex, people: ReadonlySet<Name>): boolean =>
      peopleMeet(quorum, people, index, groups);
    const [before, after] = [votersOf(quorum, current), votersOf(quorum, next)];
    const met = !isMetBy(current, before) || isMetBy(next, after);
    const wasFragile = !allButOne(before).every((people) => isMetBy(current, people));
    return met && (wasFragile || allButOne(after).every((people) => isMetBy(next, people)));
  });
}

function votersOf(quorum: Quorum, roster: RosterIndex): ReadonlySet<Name> {
  return new Set(groupsOf(quorum).flatMap((group) => peopleOf(roster, group).map(({ id }) => id)));
}

function allButOne(people: ReadonlySet<Name>): readonly ReadonlySet<Name>[] {
  return [...people].map((one) => new Set([...people].filter((other) => other !== one)));
}

function text(value: unknown): string {
  return canonical(toWire(value));
}
