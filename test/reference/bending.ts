/** What several bends do to a case: another operation, votes that go, a demand more. */
import { hasAmount, hasRecipient } from "./holding.ts";
import type { PlainAddition, PlainCase, PlainGuard } from "./plain.ts";
import { addresses, attest, castVotes, mainRule, typed } from "./random-base.ts";
import { part, randomCondition } from "./random-condition.ts";
import { randomTypedData } from "./random-typed-data.ts";
import { answer } from "./reference.ts";
import { meets, voters } from "./seats.ts";
import type { Chooser } from "./tape.ts";
import { inUnits } from "./random-value.ts";

/** Changes the case; `over` says whether to go beyond the edge or to stop before it. */
export type Bend = (one: PlainCase, choose: Chooser, over: boolean) => void;

export const nobody = `0x${"9".repeat(40)}`;

export function amountOf({ intent }: PlainCase): bigint {
  return BigInt(intent.amount);
}

export function write({ policy }: PlainCase, value: bigint): string {
  return inUnits(value, policy.asset, policy.token.decimals);
}

/** The operation of the case becomes one that carries an amount, if it has none. */
export function needAmount(one: PlainCase, choose: Chooser): void {
  if (!hasAmount(one.intent.operation)) become(one, choose, choose.of(["mint", "burn"]));
}

export function needMint(one: PlainCase, choose: Chooser): void {
  if (one.intent.operation !== "mint") become(one, choose, "mint");
}

export function needRecipient(one: PlainCase, choose: Chooser): void {
  if (!hasRecipient(one.intent.operation)) become(one, choose, choose.of(["mint", "transfer"]));
}

/** Another operation, with a plain rule for it and nothing else in its way. */
export function become(one: PlainCase, choose: Chooser, operation: string): void {
  const { intent, policy } = one;
  const had = amountOf(one);
  intent.operation = operation;
  intent.amount = String(hasAmount(operation) ? (had === 0n ? BigInt(choose.between(1, 9_999)) : had) : 0n);
  intent.to = !hasRecipient(operation)
    ? `0x${"0".repeat(40)}`
    : addresses.includes(intent.to)
      ? intent.to
      : choose.of(addresses);
  Reflect.deleteProperty(one, "typedData");
  if (operation === typed) one.typedData = randomTypedData(choose, addresses, one.facts.now);
  const main = mainRule(one);
  Reflect.deleteProperty(main, "loud");
  main.when = { operation, initiator: main.when.initiator!, ...part(one, choose, "typedData", true) };
  main.tiers = [{ ...main.tiers[0]!, upTo: "max" }];
  policy.rules = [main];
  policy.guards = [];
  policy.limits = (policy.limits ?? []).filter(({ metric }) => metric === "count");
  attest(one, choose);
  castVotes(one, choose);
}
export function isMet(one: PlainCase): boolean {
  const { requires } = answer(one);
  return requires !== null && meets(requires, voters(one.roster, one.facts, one.initiator), one.policy, one.roster);
}

/** Votes that stop counting, one way or another. */
export function loseVoters(one: PlainCase, choose: Chooser, over: boolean): void {
  const { facts } = one;
  for (const person of choose.shuffled(one.roster.people)) {
    const before = structuredClone(facts.votes);
    const how = choose.below(4);
    facts.votes = facts.votes.flatMap((vote) => {
      if (vote.person !== person.id) return [vote];
      if (how === 0) return [{ ...vote, expiresAt: facts.now - choose.of([0, 0, 100]) }];
      if (how === 1) return [{ ...vote, credential: `${vote.person}-9` }];
      if (how === 2) return [{ ...vote, credentialKind: vote.credentialKind === "key" ? "wallet" : "key" }];
      return [];
    });
    if (isMet(one)) continue;
    if (!over) facts.votes = before;
    return;
  }
}

/** An id that nothing in the policy has yet. */
export function fresh({ policy }: PlainCase): string {
  const taken = [...(policy.guards ?? []), ...(policy.limits ?? [])].map(({ id }) => id);
  return ["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"].find((id) => !taken.includes(id))!;
}

export function addGuard(one: PlainCase, guard: PlainGuard, choose: Chooser): void {
  (one.policy.guards ??= []).push(guard);
  castVotes(one, choose);
}

/** An addition that applies, by a guard or by a full limit. */
export function demand(one: PlainCase, choose: Chooser, add: PlainAddition): void {
  if (choose.chance(60)) {
    const when = choose.chance(60) ? randomCondition(one, choose, true) : undefined;
    addGuard(one, { id: fresh(one), ...(when === undefined ? {} : { when }), add }, choose);
    return;
  }
  const { facts, policy } = one;
  const id = fresh(one);
  (policy.limits ??= []).push({
    id,
    metric: "count",
    window: "rolling 1h",
    per: "asset",
    max: 3,
    over: { add },
  });
  if (facts.usage !== undefined && choose.chance(70))
    facts.usage[`limit.${id}`] = { added: "0", removed: "0", count: 3 };
  castVotes(one, choose);
}
