/** The transaction of an `eth_sendTransaction` as an operation of an asset: what the policy knows is understood, everything else is refused in words. */
import { z } from "zod";
import { decode, type Call } from "../../intent/calldata.ts";
import { furtherOf, type FurtherArguments } from "../../intent/further-argument.ts";
import type { Operation } from "../../intent/operation.ts";
import type { Policy } from "../../policy/policy.ts";
import { checksum, zero, type Address } from "../../values/address.ts";
import type { Amount } from "../../values/amount.ts";
import { fromBigInt } from "../../values/amount.ts";
import type { ChainId } from "../../values/chain-id.ts";
import type { Hex } from "../../values/hex.ts";
import { addressSchema, hexSchema } from "../../values/schema.ts";
import { codes, RpcRefusal } from "./refusal.ts";

const quantity = z.string().regex(/^0x[0-9a-fA-F]{1,64}$/, "not a number in hex");
/** Clients propose these; the gate takes its own, under the fee ceiling of the request. */
const proposed = {
  nonce: quantity.nullish(),
  gas: quantity.nullish(),
  gasLimit: quantity.nullish(),
  gasPrice: quantity.nullish(),
};

const transactionSchema = z.strictObject({
  from: addressSchema,
  to: addressSchema,
  data: hexSchema.optional(),
  /** The newer name of the same. */
  input: hexSchema.optional(),
  value: quantity.nullish(),
  chainId: quantity.nullish(),
  accessList: z.array(z.unknown()).max(0).nullish(),
  type: quantity.nullish(),
  maxFeePerGas: quantity.nullish(),
  maxPriorityFeePerGas: quantity.nullish(),
  ...proposed,
});

export type AskedTransaction = { readonly from: Address; readonly to: Address; readonly data: Hex };

/** Throws `RpcRefusal` for anything that the gate would not build: value, another chain, an access list, a creation. */
export function readTransaction(input: unknown, chainId: ChainId): AskedTransaction {
  const read = transactionSchema.safeParse(input);
  if (!read.success) throw refuse(`the transaction is not one that can be asked for: ${firstOf(read.error)}`);
  const { from, to, data, input: also, value, chainId: other } = read.data;
  if (data !== undefined && also !== undefined && data !== also) throw refuse("`data` and `input` are not the same");
  if (numberIn(value, 0n) !== 0n) throw refuse("no ether is sent: `value` must be 0");
  const named = numberIn(other, BigInt(chainId));
  if (named !== BigInt(chainId))
    throw refuse(`the transaction is for chain ${named.toString()}, and this is chain ${chainId}`);
  return { from, to, data: data ?? also ?? "0x" };
}

function firstOf({ issues: [issue] }: z.ZodError): string {
  const field = issue?.path.map(String).join(".") ?? "";
  return `${field === "" ? "" : `${field}: `}${issue?.message ?? ""}`;
}

function numberIn(text: string | null | undefined, otherwise: bigint): bigint {
  return text === null || text === undefined ? otherwise : BigInt(text);
}

export type AskedOperation = FurtherArguments & {
  readonly operation: Operation;
  readonly to: Address;
  readonly amount: Amount;
};

/** What the calldata stands for under the policy of its token. Throws `RpcRefusal` for a call that the house does not know. */
export function operationOf({ from, to, data }: AskedTransaction, policy: Policy): AskedOperation {
  const call = decode(data, policy.token.standard);
  if (call.kind === "opaque")
    throw refuse(`${checksum(to)} is ${policy.asset}, and this is no operation of it: ${call.why}`);
  if (call.kind === "agentBurn" && call.from !== from)
    throw refuse("a burn takes from the account that signs it alone");
  if (call.kind === "addClaim" || call.kind === "removeClaim")
    throw refuse("a claim names no holder: ask for it with `countersign request submit`");
  if (call.kind === "raiseMultiplier")
    throw refuse("the call does not say what it adds to what is out: ask for it with `countersign request submit`");
  const none = { to: zero, amount: fromBigInt(0n) };
  return {
    operation: nameOf(call, policy),
    ...none,
    ...("to" in call ? { to: call.to } : {}),
    ...("amount" in call ? { amount: call.amount } : {}),
    ...(call.kind === "forcedTransfer" || call.kind === "registerIdentity" ? furtherOf(call) : {}),
  };
}

/** A redemption is a burn to the chain: which of them it is, only the policy can tell. */
function nameOf(call: Exclude<Call, { kind: "opaque" }>, policy: Policy): Operation {
  if (call.kind !== "burn" && call.kind !== "agentBurn") return call.kind;
  const known = (["burn", "redeem"] as const).filter((one) =>
    policy.rules.some(({ when }) => when.operations.has(one)),
  );
  if (known.length > 1)
    throw refuse(
      "the call may be a burn or a redemption, and the policy has rules for both: say which with `countersign request submit`",
    );
  return known[0] ?? "burn";
}

function refuse(why: string): RpcRefusal {
  return new RpcRefusal(codes.params, why, { code: "rpc.transaction" });
}
