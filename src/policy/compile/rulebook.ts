/** Rules by what they are for, so that a decision looks at those that may match and not at all of them. */
import type { Address } from "../../values/address.ts";
import type { Name } from "../../values/name.ts";
import type { PolicyOperation } from "../document/condition-schema.ts";
import type { Policy, Rule } from "../policy.ts";

export type Rulebook = {
  /** Every rule for the operation whose list, when it has one, holds the recipient; none twice. */
  readonly candidates: (operation: PolicyOperation, to: Address) => readonly Rule[];
  /** In the order of their ids. */
  readonly byId: readonly Rule[];
  /** Their ids as text. */
  readonly names: string;
};

const made = new WeakMap<Policy, Rulebook>();

/** Made once for a compiled policy, which nobody changes. */
export function rulebookOf(policy: Policy): Rulebook {
  const known = made.get(policy);
  if (known !== undefined) return known;
  const index = makeIndex(policy);
  made.set(policy, index);
  return index;
}

function makeIndex({ rules, lists }: Policy): Rulebook {
  const anywhere = new Map<PolicyOperation, Rule[]>();
  const byList = new Map<Name, Rule[]>();
  for (const rule of rules) {
    const { operations, to } = rule.when;
    if (to?.kind === "in") push(byList, to.list, rule);
    else for (const operation of operations) push(anywhere, operation, rule);
  }
  const byAddress = new Map<Address, Rule[]>();
  for (const [list, some] of byList) {
    for (const entry of lists.get(list)?.entries.keys() ?? [])
      byAddress.set(entry, [...(byAddress.get(entry) ?? []), ...some]);
  }
  const byId = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    candidates: (operation, to) => [
      ...(anywhere.get(operation) ?? []),
      ...(byAddress.get(to) ?? []).filter(({ when }) => when.operations.has(operation)),
    ],
    byId,
    names: byId.map(({ id }) => id).join(", "),
  };
}

function push<K>(map: Map<K, Rule[]>, key: K, rule: Rule): void {
  const some = map.get(key);
  if (some === undefined) map.set(key, [rule]);
  else some.push(rule);
}
