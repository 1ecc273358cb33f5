/** The message of a submission, made from what a person types; every word and hash is computed here. */
import { intentHash, parse as parseIntent, type Intent } from "../intent/intent.ts";
import { furtherArgumentNames } from "../intent/further-argument.ts";
import { operations, operationSchema } from "../intent/operation.ts";
import { amountText, details, sentence } from "../intent/words.ts";
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";
import type { WireMessage } from "./wire-message.ts";

/** What a person types. Amounts are in the asset's own unit, `1000.5`; the fee ceiling is in ether, `0.02`. */
export type Wish = {
  readonly operation: string;
  readonly asset: string;
  readonly chainId: number;
  readonly account: string;
  /** Left out for operations without a recipient. */
  readonly to?: string;
  /** Left out for operations without an amount. */
  readonly amount?: string;
  /** Whose tokens a forced transfer moves. */
  readonly from?: string;
  /** The identity contract of a holder who is registered, and the holder's country (ISO 3166-1 numeric). */
  readonly identity?: string;
  readonly country?: number;
  /** Where what backs redeemed tokens is released to, by its name in the policy. */
  readonly destination?: string;
  /** Hash of the document that says who gets which part of a yield. */
  readonly distribution?: string;
  /** Of a claim: the contract of its issuer, its topic in decimal, the hash that it holds, and the issuer's signature of 65 bytes. */
  readonly issuer?: string;
  readonly topic?: string;
  readonly claim?: string;
  readonly signature?: string;
  /** What a share becomes and what it is, in units of 10⁻¹⁸, and from when on. */
  readonly newMultiplier?: string;
  readonly oldMultiplier?: string;
  readonly activationTime?: number;
  readonly reference: string;
  readonly feeCeiling: string;
  readonly notBefore: number;
  readonly expiresAt: number;
};

export type Naming = {
  /** 32 random bytes that the initiator chooses and keeps: posting them again is the same request. */
  readonly requestId: string;
  /** Of the asset, from a policy that was checked against its hash. */
  readonly decimals: number;
};

const etherDecimals = 18;

/** Throws `InvalidValue` with the field a person typed. */
export function intentFrom(wish: Wish, decimals: number): Intent {
  const operation = parseWith(operationSchema, wish.operation, "intent.operation");
  const uses = operations[operation];
  const { asset, chainId, account, reference, notBefore, expiresAt } = wish;
  return parseIntent({
    operation,
    asset,
    chainId,
    account,
    to: wish.to ?? needless("to", uses.recipient, address.zero),
    amount:
      wish.amount === undefined
        ? needless("amount", uses.amount, "0")
        : units("amount", wish.amount, decimals).toString(),
    reference,
    feeCeilingWei: units("feeCeiling", wish.feeCeiling, etherDecimals).toString(),
    notBefore,
    expiresAt,
    ...Object.fromEntries(
      furtherArgumentNames.flatMap((name) => (wish[name] === undefined ? [] : [[name, wish[name]]])),
    ),
  });
}

export function submissionMessage(wish: Wish, { requestId, decimals }: Naming): WireMessage<"Submission"> {
  return messageOf(intentFrom(wish, decimals), { requestId, decimals });
}

/** Of an intent that nobody typed: one that was read from calldata. */
export function messageOf(whole: Intent, { requestId, decimals }: Naming): WireMessage<"Submission"> {
  // Further arguments have no field of their own: the line of details says them.
  const { operation, asset, chainId, account, to, reference, notBefore, expiresAt } = whole;
  return {
    requestId: bytes32.parse(requestId),
    operation,
    asset,
    chainId,
    account,
    to,
    amount: whole.amount.toString(),
    amountText: amountText(whole, decimals),
    details: details(whole),
    reference,
    feeCeilingWei: whole.feeCeilingWei.toString(),
    notBefore,
    expiresAt,
    intentHash: intentHash(whole),
  };
}

/** The whole intent as one sentence, for the person who signs it. */
export function submissionWords(wish: Wish, decimals: number): string {
  return sentence(intentFrom(wish, decimals), decimals);
}

function units(field: string, text: string, decimals: number): amount.Amount {
  try {
    return amount.parseUnits(text, decimals);
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(field) : error;
  }
}

function needless(field: string, needed: boolean, none: string): string {
  if (needed) throw new InvalidValue(`intent.${field}`, `${field}: this operation needs one`, field);
  return none;
}
