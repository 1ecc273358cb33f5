/** The account a request is signed with when nobody says: that of the key which the policy's tier names. */
import { operationSchema } from "../intent/operation.ts";
import { listAnswer } from "../policy/decide/answer.ts";
import type { Rule } from "../policy/policy.ts";
import { parse as parseAddress, type Address } from "../values/address.ts";
import { parseUnits } from "../values/amount.ts";
import type { InForce } from "./in-force.ts";
import { option } from "./option-value.ts";
import { Refused, UsageError } from "./outcome.ts";

export type Asked = {
  readonly operation: string;
  /** In the asset's own unit; an operation without one counts as 0. */
  readonly amount: string | undefined;
  readonly to: string | undefined;
};

export function signingAccount({ policy, roster }: InForce, { operation, amount, to }: Asked): Address {
  const known = operationSchema.safeParse(operation);
  if (!known.success)
    throw new UsageError(`--operation: \`${operation}\` is none of ${operationSchema.options.join(", ")}`);
  const units = amount === undefined ? 0n : option("amount", amount, (text) => parseUnits(text, policy.token.decimals));
  const recipient = to === undefined ? undefined : option("to", to, parseAddress);
  const permits = ({ when: { to: test, amount: interval } }: Rule): boolean =>
    (interval === undefined || (interval.from <= units && units < interval.below)) &&
    (recipient === undefined || test === undefined || listAnswer(test, recipient, policy) === "yes");
  const tiers = policy.rules
    .filter((rule) => rule.when.operations.has(known.data) && permits(rule))
    .flatMap((rule) => rule.tiers.filter((tier) => tier.from <= units && units < tier.below));
  const accounts = [...new Set(tiers.flatMap((tier) => roster.key(tier.sign)?.account ?? []))];
  const [account] = accounts;
  if (account === undefined) {
    const why = `the policy of ${policy.asset} has no rule for such a request (${operation})`;
    throw new Refused("cli.no-rule", `${why}; to ask all the same, say --account`);
  }
  if (accounts.length > 1) throw new UsageError(`--account is missing: it may be ${accounts.join(" or ")}`);
  return account;
}
