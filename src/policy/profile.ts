/** What must be observed of a token and of those whom an operation touches before it is signed, by the token's standard. */
import { multiplierText, readMultiplier, stateText } from "../evidence/multiplier.ts";
import { registriesText } from "../evidence/registries.ts";
import * as subject from "../evidence/subject.ts";
import { isIssuing } from "../intent/operation.ts";
import { hasMultiplier, type Standard } from "../intent/standard.ts";
import type { Address } from "../values/address.ts";
import { zero } from "../values/amount.ts";
import * as multiplier from "../values/multiplier.ts";
import { amountSchema } from "../values/schema.ts";
import type { Asked } from "./asked.ts";
import type { PolicyCode } from "./code.ts";
import { countriesText, countryText, goodCountry, permits } from "./countries.ts";
import type { PolicyOperation } from "./document/condition-schema.ts";
import type { Countries, Policy, Token } from "./policy.ts";
import { inAsset } from "./quantity.ts";

/** One fact that a decision rests on, and what it must be. */
export type Need = {
  /** Of the clause: `token.registries`, `token.to.frozen`. */
  readonly id: string;
  readonly subject: string;
  readonly fact: subject.FactName;
  readonly holds: (value: string) => boolean;
  /** A value that holds, for a world in which everything is as it should be. */
  readonly good: string;
  /** Names a refusal when the fact was seen and does not hold. */
  readonly code: PolicyCode;
  /** Whether what is seen may become what is wanted under the same policy. */
  readonly curable: boolean;
  readonly bound: string;
  /** What was seen, for people; as it is where this is left out. */
  readonly shown?: (value: string) => string;
};

/** What is needed depends on this much of a policy. */
export type Needing = Pick<Policy, "asset" | "token" | "countries">;

type Touched = Pick<Asked, "operation" | "account" | "to" | "amount" | "identity" | "oldMultiplier">;

/** Facts of the token that observers of a standard say at every beat, beside code, implementation, supply and pause. */
const tokenFacts = {
  "role-erc20": [],
  erc3643: ["decimals", "registries"],
  erc7943: ["decimals"],
  "fiat-token": ["decimals"],
  "backed-token": ["decimals", "multiplier", "sanctions"],
} as const satisfies Readonly<Record<Standard, readonly subject.FactName[]>>;

/** Facts of somebody whom a request names. */
const holderFacts = {
  "role-erc20": [],
  erc3643: ["frozen", "verified", "country", "identity"],
  erc7943: ["frozen", "verified"],
  "fiat-token": ["frozen", "allowance"],
  "backed-token": ["frozen"],
} as const satisfies Readonly<Record<Standard, readonly subject.FactName[]>>;

export function tokenFactsOf(standard: Standard): readonly subject.FactName[] {
  return tokenFacts[standard];
}

export function holderFactsOf(standard: Standard): readonly subject.FactName[] {
  return holderFacts[standard];
}

/** Who gets tokens, whose tokens the account moves, and what stops things and so waits for nothing. */
const receiving: readonly PolicyOperation[] = ["mint", "distribute", "transfer", "forcedTransfer"];
const spending: readonly PolicyOperation[] = ["burn", "redeem", "transfer"];
const stopping: readonly PolicyOperation[] = ["pause", "freeze"];

/** Which name an identity contract, and which speak of a holder's own. */
const ofClaim: readonly PolicyOperation[] = ["addClaim", "removeClaim"];
const ofIdentity: readonly PolicyOperation[] = ["registerIdentity", ...ofClaim];

/** Whether a decision on the operation must know what the token's shares are. */
export function readsMultiplier(
  { token }: { readonly token: Pick<Token, "standard"> },
  operation: PolicyOperation,
): boolean {
  return hasMultiplier(token.standard) && isIssuing(operation);
}

/** Whether tokens come to the recipient. */
export function receives(operation: PolicyOperation): boolean {
  return receiving.includes(operation);
}

/**
 * Beside code, implementation and pause, which every standard has. INVARIANT: a token's own checks are never relied on: T-REX was
 * seen to mint while it was paused and to a frozen holder, and to verify everybody once no claim was asked for.
 */
export function needsOf(policy: Needing, asked: Touched): readonly Need[] {
  const { token } = policy;
  if (asked.operation === "signTypedData") return [];
  const held = roleOf(token, asked);
  if (token.standard === "role-erc20") return held;
  return [
    ...(stopping.includes(asked.operation) ? [] : standingOf(token)),
    ...(receives(asked.operation) ? recipientOf(policy, asked.to) : []),
    ...accountOf(policy, asked),
    ...multiplierOf(policy, asked),
    ...(ofIdentity.includes(asked.operation) ? identityCode(token, asked) : []),
    ...(ofClaim.includes(asked.operation) ? ownIdentity(token, asked) : []),
    ...held,
  ];
}

/** Where the policy names one: whoever lost it would sign what reverts, and what it pays for and waits behind is lost. */
function roleOf({ address, roles }: Token, { operation, account }: Touched): readonly Need[] {
  // A distribution is the call of a mint.
  const role = roles?.[operation] ?? (operation === "distribute" ? roles?.["mint"] : undefined);
  if (role === undefined) return [];
  return [
    {
      id: "token.account.role",
      subject: subject.role(address, role, account),
      fact: "held",
      holds: (value) => value === "true",
      good: "true",
      code: "policy.role-missing",
      curable: true,
      bound: `${account} holds the role ${role}`,
    },
  ];
}

function recipientOf({ token, countries }: Needing, to: Address): readonly Need[] {
  const verifies = holderFactsOf(token.standard).includes("verified");
  return [unfrozen(token, "to", to), ...(verifies ? [verified(token, to)] : []), ...countryOf(token, to, countries)];
}

/** Whose tokens move; Circle's token also asks whether a minter is on its blacklist, and how much is left to mint. */
function accountOf(policy: Pick<Needing, "asset" | "token">, asked: Touched): readonly Need[] {
  const { token } = policy;
  const { operation, account } = asked;
  const mints = token.standard === "fiat-token" && isIssuing(operation);
  return [
    ...(spending.includes(operation) || mints ? [unfrozen(token, "account", account)] : []),
    ...(mints ? [allowance(policy, asked)] : []),
  ];
}

/**
 * Whatever brings tokens into the world grows with what is announced. A raise is of the multiplier that people agreed to replace, and
 * while another one is announced it would take that one's place: both the contract would let be.
 */
function multiplierOf(policy: Needing, { operation, oldMultiplier: old }: Touched): readonly Need[] {
  if (!readsMultiplier(policy, operation)) return [];
  const raises = operation === "raiseMultiplier";
  const fact = {
    subject: subject.token(policy.token.address),
    fact: "multiplier",
    good: multiplierText({ current: old ?? multiplier.parse("1"), nonce: zero, announced: null }),
    shown: stateText,
  } as const;
  const known: Need = {
    ...fact,
    id: "token.multiplier",
    holds: (value) => !raises || readMultiplier(value)?.current === old,
    code: "policy.multiplier-changed",
    curable: false,
    bound: `multiplier is ${old === undefined ? "known" : multiplier.format(old)}`,
  };
  const alone: Need = {
    ...fact,
    id: "token.multiplier.announced",
    holds: (value) => readMultiplier(value)?.announced === null,
    code: "policy.multiplier-announced",
    curable: true,
    bound: "nothing is announced",
  };
  return raises ? [known, alone] : [known];
}

/** Another list may name nobody: what of a holder is frozen is then seen as nothing. */
function standingOf({ address, decimals, registries, sanctions }: Token): readonly Need[] {
  const about = subject.token(address);
  const is = (
    fact: "decimals" | "registries" | "sanctions",
    good: string,
    rest: Pick<Need, "code" | "curable">,
  ): Need => ({
    id: `token.${fact}`,
    subject: about,
    fact,
    holds: (value) => value === good,
    good,
    bound: good,
    ...rest,
  });
  return [
    is("decimals", String(decimals), { code: "policy.decimals", curable: false }),
    ...(registries === undefined
      ? []
      : [is("registries", registriesText(registries), { code: "policy.registries-changed", curable: true })]),
    ...(sanctions === undefined
      ? []
      : [is("sanctions", sanctions, { code: "policy.sanctions-changed", curable: true })]),
  ];
}

/** Any frozen part counts: a legal hold on some of it is for people to look at first. */
function unfrozen({ address }: Token, who: "to" | "account", holder: Address): Need {
  return {
    id: `token.${who}.frozen`,
    subject: subject.holder(address, holder),
    fact: "frozen",
    holds: (value) => value === "0",
    good: "0",
    code: "policy.frozen",
    curable: true,
    bound: `nothing of ${holder} is frozen`,
  };
}

function verified({ address }: Token, holder: Address): Need {
  return {
    id: "token.to.verified",
    subject: subject.holder(address, holder),
    fact: "verified",
    holds: (value) => value === "true",
    good: "true",
    code: "policy.not-verified",
    curable: true,
    bound: `${holder} is verified`,
  };
}

/** As the registry of identities has it: where nobody is known to be from is not where the policy lets anybody be from. */
function countryOf({ address }: Token, holder: Address, countries: Countries | undefined): readonly Need[] {
  if (countries === undefined) return [];
  return [
    {
      id: "token.to.country",
      subject: subject.holder(address, holder),
      fact: "country",
      holds: (value) => permits(countries, Number(value)),
      good: String(goodCountry(countries)),
      code: "policy.country",
      curable: true,
      bound: countriesText(countries),
      shown: (value) => countryText(Number(value)),
    },
  ];
}

/** What the account may still mint, as the token's own administrator allowed it. */
function allowance(policy: Pick<Needing, "asset" | "token">, { account, amount }: Touched): Need {
  return {
    id: "token.account.allowance",
    subject: subject.holder(policy.token.address, account),
    fact: "allowance",
    holds: (value) => (amountSchema.safeParse(value).data ?? -1n) >= amount,
    good: amount.toString(),
    code: "policy.allowance-short",
    curable: true,
    bound: `${account} may mint ${inAsset(amount, policy)}`,
  };
}

/** A contract of other code may answer whatever its author likes when it is asked for claims. */
function identityCode({ identityCode: pinned }: Token, { identity }: Touched): readonly Need[] {
  if (pinned === undefined || identity === undefined) return [];
  return [
    {
      id: "token.identity.codehash",
      subject: subject.contract(identity),
      fact: "codehash",
      holds: (value) => value === pinned,
      good: pinned,
      code: "policy.code-changed",
      curable: false,
      bound: `${pinned} at ${identity}`,
    },
  ];
}

/** A claim on a contract that the registry does not name for the holder makes somebody else eligible. */
function ownIdentity({ address }: Token, { identity, to }: Touched): readonly Need[] {
  if (identity === undefined) return [];
  return [
    {
      id: "token.to.identity",
      subject: subject.holder(address, to),
      fact: "identity",
      holds: (value) => value === identity,
      good: identity,
      code: "policy.other-identity",
      curable: true,
      bound: `${to} is known by ${identity}`,
    },
  ];
}
