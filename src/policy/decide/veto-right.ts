/** Who may object to a request within its wait: the groups that tiers, guards and full limits give a veto. */
import type { PolicyOperation } from "../document/condition-schema.ts";
import { additionsOf } from "./demand.ts";
import type { Policy } from "../policy.ts";
import type { Veto } from "../document/requirement.ts";

/** Every veto that the policy may ask for in a request of this operation; of any request when it is left out. */
export function vetoRights({ rules, guards, limits }: Policy, operation?: PolicyOperation): readonly Veto[] {
  const isMeant = ({ when }: { readonly when: { readonly operations: ReadonlySet<PolicyOperation> } }): boolean =>
    operation === undefined || when.operations.has(operation);
  const vetoes = [
    ...rules.filter(isMeant).flatMap(({ tiers }) => tiers.map(({ veto }) => veto)),
    ...guards.filter(isMeant).flatMap(({ then }) => additionsOf(then).map(({ veto }) => veto)),
    ...limits.filter(isMeant).map(({ over }) => (over === "deny" ? undefined : over.veto)),
  ];
  return vetoes.flatMap((veto) => veto ?? []);
}
