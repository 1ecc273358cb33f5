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

/** Everything as text; what its operation does not use is not looked at. */
export type Draft = {
  readonly operation: Operation;
  readonly to: string;
  readonly amount: string;
  readonly from: string;
  readonly identity: string;
  readonly country: string;
  readonly reference: string;
  readonly feeCeiling: string;
  readonly hours: string;
  /** Name of a managed key; empty for the one that the policy names. */
  readonly key: string;
};

export const emptyDraft = (operation: Operation): Draft => ({
  ...{ operation, to: "", amount: "", from: "", identity: "", country: "", reference: "" },
  ...{ feeCeiling: "0.02", hours: "24", key: "" },
});

export type Field = "to" | "amount" | "from" | "identity" | "country";

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
  for (const name of fields) checkTyped(name, draft[name].trim(), policy);
  const keys = keysFor(place, draft);
  const key = keys.find(({ id }) => id === draft.key) ?? keys[0];
  if (key === undefined)
    throw new InvalidValue("console.no-rule", "no rule of the policy is for such an amount", "amount");
  for (const name of [...fields, "reference"] as const)
    if (draft[name].trim() === "") throw new InvalidValue("console.empty", emptyWords[name], name);
  const typed = Object.fromEntries(fields.map((name) => [name, draft[name].trim()]));
  return {
    operation: draft.operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account: key.account,
    ...typed,
    ...(fields.includes("country") ? { country: Number(draft.country) } : {}),
    reference: draft.reference.trim(),
    feeCeiling: draft.feeCeiling.trim(),
    notBefore: now,
    expiresAt: now + Math.round(Number(draft.hours) * 3_600),
  };
}

/** What is typed already is looked at before what is still missing. */
function checkTyped(name: Field, text: string, { token }: Policy): void {
  if (text === "" || name === "country") return;
  try {
    if (name === "amount") parseUnits(text, token.decimals);
    else parseAddress(text);
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(name) : error;
  }
}

const emptyWords: Readonly<Record<Field | "reference", string>> = {
  to: "say to whom",
  amount: "say how much",
  from: "say whose tokens are moved",
  identity: "say which contract speaks for the holder",
  country: "say the holder's country",
  reference: "say what backs it",
};

function unitsOf(text: string, { token }: Policy): bigint | undefined {
  try {
    return parseUnits(text.trim(), token.decimals);
  } catch {
    return undefined;
  }
}
