/** Rules compiled: what they are for, and their tiers as intervals that meet without a gap. */
import * as amount from "../../values/amount.ts";
import { hasAmount } from "../asked.ts";
import { checkQuorum, checkVeto, readDistinct } from "./compile-requirement.ts";
import { readCondition, type Named } from "./condition.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Batch, Rule, Tier } from "../policy.ts";
import { parseQuantity } from "../quantity.ts";
import { checkReach } from "./reach.ts";
import { refusal } from "./refusal.ts";
import { seconds } from "./span.ts";

type WrittenRule = PolicyDocument["rules"][number];

export function readRule(rule: WrittenRule, field: string, named: Named): Rule {
  const when = { ...readCondition(rule.when, `${field}.when`, named), initiator: rule.when.initiator.group };
  if ((when.typedData !== undefined) !== when.operations.has("signTypedData"))
    throw refusal("typed-data", `${field}.when`, "a rule for `signTypedData` says which `typedData`");
  checkReach(when, when.operations, `${field}.when`);
  const loud = rule.loud === true;
  const moving = loud ? [...when.operations].filter((operation) => operation !== "pause") : [];
  if (moving.length > 0)
    throw refusal("loud", `${field}.loud`, `a loud rule stops things and nothing else; ${moving.join(", ")} does more`);
  const tiers: Tier[] = [];
  for (const [index, tier] of rule.tiers.entries())
    tiers.push(readTier(tier, { field: `${field}.tiers.${index}`, from: tiers.at(-1)?.below ?? 0n }, named));
  return { id: rule.id, when, loud, tiers, batch: readBatch(rule, { field, tiers }, named) };
}

/** A batch is weighed by its total, so every request in it has an amount, and some tier says who agrees to the most there may be. */
function readBatch(
  { batch, when }: WrittenRule,
  { field, tiers }: { readonly field: string; readonly tiers: readonly Tier[] },
  named: Named,
): Batch | undefined {
  if (batch === undefined) return undefined;
  const operations = typeof when.operation === "object" ? when.operation.in : [when.operation];
  const bare = operations.filter((operation) => !hasAmount(operation));
  if (bare.length > 0)
    throw refusal("batch", `${field}.batch`, `a batch is weighed by its total, and ${bare.join(", ")} has no amount`);
  const total = readAmount(batch.total, `${field}.batch.total`, named);
  if (total === 0n) throw refusal("batch", `${field}.batch.total`, "a batch of nothing is none");
  if (total >= (tiers.at(-1)?.below ?? 0n))
    throw refusal("batch", `${field}.batch.total`, `no tier says who agrees to \`${batch.total}\` together`);
  return { max: batch.max, total };
}

function readAmount(text: string, field: string, { asset }: Named): bigint {
  return text === "max" ? amount.max : parseQuantity(text, asset, field);
}

function readTier(tier: WrittenRule["tiers"][number], place: { field: string; from: bigint }, named: Named): Tier {
  const { field, from } = place;
  const upTo = readAmount(tier.upTo, `${field}.upTo`, named);
  // `from` is one above the tier before; the first begins at 0, and 0 alone is no amount of any operation that has one.
  if (upTo === 0n || upTo < from)
    throw refusal("tier", `${field}.upTo`, `\`${tier.upTo}\` is not above the tier before`);
  checkQuorum(tier.quorum, `${field}.quorum`);
  checkVeto(tier.veto, tier.delay, field);
  return {
    from,
    below: upTo + 1n,
    quorum: tier.quorum,
    distinct: readDistinct(tier.distinct),
    delaySeconds: seconds(tier.delay),
    veto: tier.veto,
    sign: tier.sign,
  };
}
