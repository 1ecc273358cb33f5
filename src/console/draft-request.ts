/** A request as it is typed: which fields its operation has, who would sign it, and what it becomes. */
import { offered } from "../intent/standard.ts";
import { operations, type Operation } from "../intent/operation.ts";
import type { Policy } from "../policy/policy.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { ManagedKey } from "../roster/roster.ts";
import type { Wish } from "../sdk/submission.ts";
import { parse as parseAddress } from "../values/address.ts";
import { parseUnits } from "../values/amount.ts";
import { InvalidValue } from "../values/errors.ts";
import { fromIso } from "../values/instant.ts";
import { parse as parseMultiplier } from "../values/multiplier.ts";

/** Everything as text; what its operation does not use is not looked at. */
export type Draft = Readonly<Record<Field, string>> & {
  readonly operation: Operation;
  readonly reference: string;
  readonly feeCeiling: string;
  readonly hours: string;
  /** Name of a managed key; empty for the one that the policy names. */
  readonly key: string;
};

export const emptyDraft = (operation: Operation): Draft => ({
  ...{ operation, to: "", amount: "", from: "", identity: "", country: "", reference: "" },
  ...{ newMultiplier: "", oldMultiplier: "", activationTime: "" },
  ...{ feeCeiling: "0.02", hours: "24", key: "" },
});

export type Field =
  ("to" | "amount" | "from" | "identity" | "country") | ("newMultiplier" | "oldMultiplier" | "activationTime");

/** Those that the operation has, in the order of a sentence. */
export function fieldsOf(operation: Operation): readonly Field[] {
  const { amount, recipient, further } = operations[operation];
  const typed = further.filter((name) => isField(name));
  return [...(amount ? (["amount"] as const) : []), ...typed, ...(recipient ? (["to"] as const) : [])];
}

function isField(name: string): name is Exclude<Field, "to" | "amount"> {
  return name in emptyWords;
}

/** Operations that the token offers and some rule of the policy is about, but for those that come with a document or another's signature. */
export function askable({ token, rules }: Policy): readonly Operation[] {
  const typed = offered(token.standard).filter((operation) =>
    operations[operation].further.every((name) => isField(name)),
  );
  return typed.filter((operation) => rules.some(({ when }) => when.operations.has(operation)));
}

/** Keys that a tier for this amount names, in the order of the policy. */
export function keysFor(
  { policy, roster }: Place,
  { operation, amount }: Pick<Draft, "operation" | "amount">,
): readonly ManagedKey[] {
  const units = unitsOf(operations[operation].amount ? amount : "0", policy);
  const names = policy.rules
    .filter(({ when }) => when.operations.has(operation))
    .flatMap(({ tiers }) => tiers.filter(({ from, below }) => units === undefined || (from <= units && units < below)))
    .map(({ sign }) => sign);
  return [...new Set(names)].flatMap((name) => roster.key(name) ?? []);
}

type Place = { readonly policy: Policy; readonly roster: RosterIndex };

/** `now` is when the draft was begun. Throws `InvalidValue` with the field that is still missing. */
export function wishOf(draft: Draft, place: Place, now: number): Wish {
  const { policy } = place;
  const fields = fieldsOf(draft.operation);
  const typed = Object.fromEntries(fields.map((name) => [name, typedIn(name, draft[name].trim(), policy)]));
  const keys = keysFor(place, draft);
  const key = keys.find(({ id }) => id === draft.key) ?? keys[0];
  if (key === undefined)
    throw new InvalidValue("console.no-rule", "no rule of the policy is for such an amount", "amount");
  for (const name of [...fields, "reference"] as const)
    if (draft[name].trim() === "") throw new InvalidValue("console.empty", emptyWords[name], name);
  return {
    operation: draft.operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account: key.account,
    ...typed,
    reference: draft.reference.trim(),
    feeCeiling: draft.feeCeiling.trim(),
    notBefore: now,
    expiresAt: now + Math.round(Number(draft.hours) * 3_600),
  };
}

/** As a wish has it. What is typed already is looked at before what is still missing. */
function typedIn(name: Field, text: string, policy: Policy): string | number {
  if (text === "") return text;
  try {
    return readers[name](text, policy) ?? text;
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(name) : error;
  }
}

/** Each throws for what it does not take; an address and an amount are wished for as they are typed. */
const readers: Readonly<Record<Field, (text: string, policy: Policy) => string | number | undefined>> = {
  ...{ to: checkAddress, from: checkAddress, identity: checkAddress },
  amount: (text, { token }) => void parseUnits(text, token.decimals),
  country: Number,
  newMultiplier: units,
  oldMultiplier: units,
  activationTime: fromIso,
};

function checkAddress(text: string): undefined {
  parseAddress(text);
}

function units(text: string): string {
  return parseMultiplier(text).toString();
}

const emptyWords: Readonly<Record<Field | "reference", string>> = {
  to: "say to whom",
  amount: "say how much",
  from: "say whose tokens are moved",
  identity: "say which contract speaks for the holder",
  country: "say the holder's country",
  newMultiplier: "say what a share becomes",
  oldMultiplier: "say what a share is now",
  activationTime: "say from when on",
  reference: "say what backs it",
};

function unitsOf(text: string, { token }: Policy): bigint | undefined {
  try {
    return parseUnits(text.trim(), token.decimals);
  } catch {
    return undefined;
  }
}
