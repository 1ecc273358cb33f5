/** An operation with all its arguments, ceilings and expiry: what people agree to. */
import { z } from "zod";
import * as address from "../values/address.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import {
  addressSchema,
  amountSchema,
  chainIdSchema,
  instantSchema,
  nameSchema,
  parseWith,
  referenceSchema,
} from "../values/schema.ts";
import { structHash } from "../values/typed-struct.ts";
import { furtherSchemas, lacking } from "./further-argument.ts";
import { operations, operationSchema } from "./operation.ts";
import { details } from "./words.ts";

export const intentSchema = z.strictObject({
  operation: operationSchema,
  asset: nameSchema,
  chainId: chainIdSchema,
  /** The managed account that signs and pays. */
  account: addressSchema,
  /** Recipient; the zero address for operations without one. */
  to: addressSchema,
  /** Base units; 0 for operations without an amount. */
  amount: amountSchema,
  /** The issuer's reference to what backs this: a deposit receipt, a redemption number. */
  reference: referenceSchema,
  /** The most that gas may cost, in wei. */
  feeCeilingWei: amountSchema,
  notBefore: instantSchema,
  expiresAt: instantSchema,
  ...furtherSchemas,
});

export type Intent = z.output<typeof intentSchema>;

/** EIP-712 `hashStruct` type of an intent; `details` carries the reference, the times and the further arguments in words. */
export const intentTypes = {
  Intent: [
    { name: "operation", type: "string" },
    { name: "asset", type: "string" },
    { name: "chainId", type: "uint256" },
    { name: "account", type: "address" },
    { name: "to", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "details", type: "string" },
    { name: "reference", type: "string" },
    { name: "feeCeilingWei", type: "uint256" },
    { name: "notBefore", type: "uint64" },
    { name: "expiresAt", type: "uint64" },
  ],
};

const hashIntent = structHash("Intent", intentTypes.Intent);

/** Parses and checks that unused fields are empty and used ones are not. */
export function parse(input: unknown): Intent {
  const intent = parseWith(intentSchema, input, "intent.malformed");
  const uses = operations[intent.operation];
  const refuse = (field: string, message: string): never => {
    throw new InvalidValue(`intent.${field}`, `${field}: ${message}`, field);
  };
  if (uses.recipient === (intent.to === address.zero))
    refuse(
      "to",
      uses.recipient ? "a recipient is needed" : `${intent.operation} has no recipient; use the zero address`,
    );
  if (uses.amount === (intent.amount === 0n))
    refuse("amount", uses.amount ? "an amount above 0 is needed" : `${intent.operation} has no amount; use 0`);
  const further = lacking(intent);
  if (further !== undefined) refuse(further.name, further.why);
  checkRaise(intent, refuse);
  if (intent.from !== undefined && intent.from === intent.to) refuse("from", "the holder cannot be its own recipient");
  if (intent.to === intent.account) refuse("to", "the account cannot be its own recipient");
  if (intent.expiresAt <= intent.notBefore) refuse("expiresAt", "the intent expires before it begins");
  return intent;
}

function checkRaise(
  { newMultiplier: to, oldMultiplier: from }: Pick<Intent, "newMultiplier" | "oldMultiplier">,
  refuse: (field: string, message: string) => never,
): void {
  if (to !== undefined && from !== undefined && (from === 0n || to <= from))
    refuse("newMultiplier", "a multiplier is raised, from more than 0");
}

/** EIP-712 hashStruct over all arguments; leaves out nonce and exact fees, so that a fee bump under the ceiling needs no new approval. */
export function intentHash(intent: Intent): Bytes32 {
  return bytes32.fromBytes(hashIntent({ ...intent, details: details(intent) }));
}
