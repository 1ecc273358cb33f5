/** Shares of a yield that nobody could ever be given: those of the token, and of accounts whose keys sign distributions, which would pay themselves. */
import type { Apportioned } from "../evidence/distribution.ts";
import type { RosterIndex } from "../roster/membership.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Policy } from "./policy.ts";

type DeadEnded = Pick<Apportioned, "amountOf"> & { readonly document: Pick<Apportioned["document"], "token"> };

/**
 * Throws `InvalidValue` `distribution.dead-end`: such an account is named among those who may not have their share, and the escrow gets
 * it. Any tier counts, for a batch may choose another one than the part alone.
 */
export function refuseDeadEnds(
  { amountOf, document: { token } }: DeadEnded,
  { rules }: Pick<Policy, "rules">,
  roster: Pick<RosterIndex, "key">,
): void {
  if (amountOf.has(token))
    throw new InvalidValue(
      "distribution.dead-end",
      `the token \`${token}\` can move nothing of itself: where it holds some, name it among those who may not have their share, and choose another escrow and treasury`,
      "ineligible",
    );
  const paying = rules
    .filter(({ when }) => when.operations.has("distribute"))
    .flatMap(({ tiers }) => tiers.flatMap(({ sign }) => roster.key(sign) ?? []));
  const dead = paying.find(({ account }) => amountOf.has(account));
  if (dead === undefined) return;
  throw new InvalidValue(
    "distribution.dead-end",
    `\`${dead.account}\` is the account of ${dead.id}, which signs distributions and cannot pay itself; where it holds some, name it among those who may not have their share, and choose another escrow and treasury`,
    "ineligible",
  );
}
