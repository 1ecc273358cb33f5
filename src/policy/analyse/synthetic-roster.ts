/** A roster for a policy that is read without one: everybody whom the policy does not exclude, with every credential. */
import type { Credential, ManagedKey, Member } from "../../roster/roster.ts";
import { lookUps, type RosterIndex } from "../../roster/membership.ts";
import * as address from "../../values/address.ts";
import * as hex from "../../values/hex.ts";
import * as line from "../../values/line.ts";
import * as name from "../../values/name.ts";
import type { Name } from "../../values/name.ts";
import { groupsOf } from "../decide/approval.ts";
import type { Condition } from "../compile/condition.ts";
import { quorumsOf } from "../decide/demand.ts";
import type { Policy } from "../policy.ts";
import { partsOf, type Quorum } from "../document/requirement.ts";

/** Members of each group that votes, so that no quorum lacks people. */
const spare = 2;
/** Of more groups than this, nobody is in more than two at once. */
const maxTogether = 8;

/**
 * One person for every combination of groups that may ask, unless the policy separates two of them; enough people in each group
 * that votes, vetoes or attests, and in no other; every managed key that the policy names. Nobody's keys are anybody's.
 */
export function syntheticRoster(policy: Policy): RosterIndex {
  const asking = askingGroups(policy);
  const initiators = combinations(asking)
    .filter((groups) => !policy.separation.some(([one, other]) => groups.includes(one) && groups.includes(other)))
    .map((groups, index) => memberOf(`asker-${index + 1}`, groups));
  const voters = [...votingGroups(policy)].flatMap(([group, count]) =>
    Array.from({ length: count + spare }, (_, index) => memberOf(`${group}-${index + 1}`, [group])),
  );
  const services = [...attestingGroups(policy)].flatMap(([group, count]) =>
    Array.from({ length: count }, (_, index) => memberOf(`${group}-service-${index + 1}`, [group])),
  );
  return lookUps({
    apiVersion: "countersign/v1",
    kind: "Roster",
    version: 1,
    previous: null,
    people: [...initiators, ...voters],
    services,
    keys: keysOf(policy),
  });
}

function askingGroups({ rules, guards, limits }: Policy): readonly Name[] {
  const conditions: Condition[] = [
    ...rules.map(({ when }) => when),
    ...guards.flatMap(({ when, unless }) => (unless === undefined ? [when] : [when, unless])),
    ...limits.map(({ when }) => when),
  ];
  return [...new Set(conditions.flatMap(({ initiator }) => initiator ?? []))].sort();
}

function combinations(groups: readonly Name[]): readonly (readonly Name[])[] {
  if (groups.length > maxTogether)
    return groups.flatMap((one, index) => [[one], ...groups.slice(index + 1).map((other) => [one, other])]);
  return groups
    .reduce<readonly (readonly Name[])[]>((sets, group) => [...sets, ...sets.map((set) => [...set, group])], [[]])
    .filter((set) => set.length > 0);
}

/** How many of each group any quorum or floor wants at once. */
function votingGroups(policy: Policy): ReadonlyMap<Name, number> {
  const wanted = new Map<Name, number>();
  const want = (group: Name, count: number): void => {
    wanted.set(group, Math.max(wanted.get(group) ?? 0, count));
  };
  const { tighten, loosen } = policy.change;
  for (const quorum of [...quorumsOf(policy), tighten.quorum, loosen.quorum])
    for (const group of groupsOf(quorum)) want(group, seatsOfGroup(quorum, group));
  for (const [group, { min }] of policy.groups) want(group, min);
  for (const group of wanted.keys()) want(group, floorOf(policy));
  return wanted;
}

function seatsOfGroup(quorum: Quorum, group: Name): number {
  if ("group" in quorum) return quorum.group === group ? quorum.min : 0;
  return partsOf(quorum).reduce((sum, part) => sum + seatsOfGroup(part, group), 0);
}

function floorOf({ rules }: Policy): number {
  return Math.max(
    0,
    ...rules.flatMap(({ tiers }) => tiers.flatMap(({ distinct }) => [distinct.people, distinct.units])),
  );
}

function attestingGroups({ guards, groups }: Policy): ReadonlyMap<Name, number> {
  const found = new Map([...groups].map(([group, { min }]) => [group, min]));
  for (const { then } of guards)
    if ("by" in then) found.set(then.by.group, Math.max(found.get(then.by.group) ?? 0, then.by.min));
  return found;
}

function keysOf({ rules, guards, limits }: Policy): ManagedKey[] {
  const named = new Set([
    ...rules.flatMap(({ tiers }) => tiers.map(({ sign }) => sign)),
    ...[...rules, ...guards, ...limits].flatMap(({ when }) => [...(when.accounts ?? [])]),
  ]);
  return [...named].sort().map((id, index) => ({
    id,
    account: address.parse(`0x${"fe".repeat(16)}${index.toString(16).padStart(8, "0")}`),
    publicKey: hex.parse("0x04"),
    backend: "pkcs11",
  }));
}

/** With a credential of every kind, in a unit of its own. */
function memberOf(id: string, groups: readonly Name[]): Member {
  const credentials: Credential[] = [
    { kind: "wallet", id: name.parse(`${id}-wallet`), address: address.zero },
    { kind: "key", id: name.parse(`${id}-key`), publicKey: hex.parse("0x") },
    {
      kind: "passkey",
      id: name.parse(`${id}-passkey`),
      publicKey: hex.parse("0x"),
      credentialId: hex.parse("0x"),
      rpId: "localhost",
      origin: "http://localhost",
    },
  ];
  return {
    id: name.parse(id),
    name: line.parse(id),
    groups: [...groups],
    credentials,
    unit: name.parse(`unit-of-${id}`),
  };
}
