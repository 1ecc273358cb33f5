/** What many requests come to as one batch, and the tier that it is weighed by. */
import type { BatchDocument, Weight } from "../gate/batch.ts";
import type { Policy, Rule, Tier } from "../policy/policy.ts";
import type { Checked } from "../sdk/approval.ts";
import { addUp } from "../sdk/batch.ts";
import { InvalidValue } from "../values/errors.ts";

export type Line = { readonly checked: Checked; readonly initiator: string };

/** A policy, with whatever else is known of it. */
type Ruled = { readonly policy: Policy };

export type Sum<Own extends Ruled> = {
  readonly policy: Own;
  /** In the order of the batch. */
  readonly lines: readonly Line[];
  readonly weight: Weight;
  readonly document: BatchDocument;
};

/** With the policy of their asset. Throws `InvalidValue` `client.batch` for a line that stands twice, `batch.*` when they have too little in common. */
export function sumOf<Own extends Ruled>(read: readonly Line[], policies: ReadonlyMap<string, Own>): Sum<Own> {
  const { requests, weight, document } = addUp(read.map(({ checked }) => checked));
  const policy = policies.get(weight.asset);
  if (policy === undefined)
    throw new InvalidValue("client.untrue", `nothing is signed: no policy of ${weight.asset} is shown`);
  const known = new Map(read.map((line) => [line.checked, line]));
  return { policy, lines: requests.flatMap((checked) => known.get(checked) ?? []), weight, document };
}

/** The tier that the total is weighed by; or why an approval of it would count for nothing. */
export function tierOf({ weight, policy }: Sum<Ruled>): Tier | string {
  const { operation, count, total } = weight;
  const rules = policy.policy.rules.filter(({ when }) => when.operations.has(operation));
  const taking = rules.filter(({ batch }) => batch !== undefined);
  if (taking.length === 0) return "no rule of the policy takes a batch";
  const fits = ({ batch }: Rule): boolean => batch !== undefined && count <= batch.max && total <= batch.total;
  const tiers = taking.filter(fits).flatMap((rule) => rule.tiers.find(({ below }) => total < below) ?? []);
  return tiers[0] ?? "it is more, or comes to more, than a rule of the policy takes at once";
}
