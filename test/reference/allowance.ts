/** The hard ceilings of the genesis, which no policy raises. */
import type { Failure } from "./failure.ts";
import { hasAmount } from "./holding.ts";
import type { PlainCase, PlainSpend } from "./plain.ts";

const day = 24 * 60 * 60;

export function ceilingFailures(one: PlainCase): Failure[] {
  const { intent, bounds } = one;
  const amount = BigInt(intent.amount);
  const moves = hasAmount(intent.operation);
  return [
    ...over(moves && amount > BigInt(bounds.asset.request), "request", false),
    ...(moves ? dayFailures(one) : []),
    ...(intent.operation === "mint" ? shareFailures(one) : []),
    ...feeFailures(one),
  ];
}

function over(bad: boolean, name: "request" | "day" | "share" | "fees", curable: boolean): Failure[] {
  return bad ? [{ id: `ceiling.${name}`, curable, cause: `ceiling ${name}` }] : [];
}

/** What the gate counted under this ceiling; undefined when nobody knows. */
function used(one: PlainCase, name: string, counts: (spend: PlainSpend) => bigint | undefined): bigint | undefined {
  const { facts } = one;
  if (facts.usage !== undefined) {
    const usage = facts.usage[`ceiling.${name}`];
    return usage === undefined ? undefined : BigInt(usage.added);
  }
  if (facts.spends === undefined) return undefined;
  const recent = facts.spends.filter((spend) => spend.at > facts.now - day);
  return recent.reduce((sum, spend) => sum + (counts(spend) ?? 0n), 0n);
}

function dayFailures(one: PlainCase): Failure[] {
  const { policy, intent, bounds } = one;
  const sum = used(one, "day", (spend) =>
    spend.asset === policy.asset && hasAmount(spend.operation) ? BigInt(spend.amount) : undefined,
  );
  const [asked, most] = [BigInt(intent.amount), BigInt(bounds.asset.day)];
  return over(sum === undefined || sum + asked > most, "day", sum === undefined || asked <= most);
}

function feeFailures(one: PlainCase): Failure[] {
  const { intent, bounds } = one;
  const sum = used(one, "fees", (spend) =>
    spend.account === intent.account ? BigInt(spend.feeCeilingWei) : undefined,
  );
  const [asked, most] = [BigInt(intent.feeCeilingWei), BigInt(bounds.feesPerDayWei)];
  return over(sum === undefined || sum + asked > most, "fees", sum === undefined || asked <= most);
}

/** Mints of a day against millionths of the supply; the very first mint has nothing to be a share of. */
function shareFailures(one: PlainCase): Failure[] {
  const { policy, facts, intent, bounds } = one;
  const share = bounds.asset.shareOfSupplyMillionths;
  if (share === undefined) return [];
  const minted = used(one, "share", (spend) =>
    spend.asset === policy.asset && spend.operation === "mint" ? BigInt(spend.amount) : undefined,
  );
  const text = facts.observed[`token:${policy.token.address} supply`]?.value;
  if (minted === undefined || text === undefined || !/^(0|[1-9][0-9]{0,77})$/.test(text))
    return over(true, "share", true);
  const supply = BigInt(text);
  if (supply >= 2n ** 256n) return over(true, "share", true);
  const isFirst = supply === 0n && minted === 0n && BigInt(facts.outstanding) === 0n;
  return over(!isFirst && (minted + BigInt(intent.amount)) * 1_000_000n > supply * BigInt(share), "share", true);
}
