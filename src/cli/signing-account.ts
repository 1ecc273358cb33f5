/** The account a request is signed with when nobody says: that of the key which the policy's tier names. */
import { operationSchema } from "../intent/operation.ts";
import type { Address } from "../values/address.ts";
import { parseUnits } from "../values/amount.ts";
import type { InForce } from "./in-force.ts";
import { Refused, UsageError } from "./outcome.ts";

/** `amount` in the asset's own unit; an operation without one counts as 0. */
export function signingAccount({ policy, roster }: InForce, operation: string, amount: string | undefined): Address {
  const known = operationSchema.safeParse(operation);
  if (!known.success)
    throw new UsageError(`--operation: \`${operation}\` is none of ${operationSchema.options.join(", ")}`);
  const units = amount === undefined ? 0n : parseUnits(amount, policy.token.decimals);
  const tiers = policy.rules.filter((rule) => rule.operations.has(known.data)).flatMap((rule) => rule.tiers);
  const names = new Set(tiers.filter((tier) => tier.from <= units && units < tier.below).map((tier) => tier.sign));
  const accounts = [...names].flatMap((name) => roster.key(name)?.account ?? []);
  const [account] = accounts;
  if (account === undefined)
    throw new Refused(
      "cli.no-rule",
      `the policy of ${policy.asset} has no rule for such a ${operation}; to ask all the same, say --account`,
    );
  if (accounts.length > 1) throw new UsageError(`--account is missing: it may be one of ${accounts.join(", ")}`);
  return account;
}
