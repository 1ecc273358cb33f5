/** Step 7 of signing: the bytes, built from the intent alone and read back before anybody may sign them. */
import { gasBounds } from "../chain/gas.ts";
import { callOf, decode, encode } from "../intent/calldata.ts";
import type { Intent } from "../intent/intent.ts";
import type { Unsigned } from "../log/entry.ts";
import type { Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import { invariant } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { refusal, type Refusal } from "./refusal.ts";

export type FeeProposal = {
  readonly gasLimit: amount.Amount;
  readonly maxFeePerGas: amount.Amount;
  readonly maxPriorityFeePerGas: amount.Amount;
};

export type Built =
  { readonly kind: "built"; readonly transaction: Unsigned } | { readonly kind: "refused"; readonly refusal: Refusal };

/** Type 2, value 0, gas between the profile's floor and cap, gas × maxFee under the intent's ceiling (EIP-1559). */
export function build(intent: Intent, token: Address, nonce: number, fees: FeeProposal): Built {
  const wrong = wrongFees(intent, fees);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const call = callOf(intent);
  const data = encode(call);
  invariant(
    canonical(toWire(decode(data))) === canonical(toWire(call)),
    "calldata reads back as the call it was built from",
  );
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = fees;
  return {
    kind: "built",
    transaction: {
      chainId: intent.chainId,
      nonce,
      to: token,
      value: amount.zero,
      data,
      gasLimit,
      maxFeePerGas,
      maxPriorityFeePerGas,
    },
  };
}

/** The same call on the same nonce for more: nothing but the fees is new, whatever policy is in force by now. */
export function rebuild(intent: Intent, last: Unsigned, fees: FeeProposal): Built {
  const wrong = wrongFees(intent, fees);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = fees;
  return { kind: "built", transaction: { ...last, gasLimit, maxFeePerGas, maxPriorityFeePerGas } };
}

function wrongFees(intent: Intent, { gasLimit, maxFeePerGas, maxPriorityFeePerGas }: FeeProposal): Refusal | undefined {
  const { floor, cap } = gasBounds[intent.operation];
  if (gasLimit < floor || gasLimit > cap) {
    return refusal(
      "gate.gas-limit",
      `gas ${String(gasLimit)} is outside ${String(floor)} to ${String(cap)} for ${intent.operation}`,
    );
  }
  if (maxPriorityFeePerGas > maxFeePerGas)
    return refusal("gate.fee-ceiling", "the priority fee is above the whole fee");
  const worst = gasLimit * maxFeePerGas;
  return worst > intent.feeCeilingWei
    ? refusal(
        "gate.fee-ceiling",
        `gas × fee is ${String(worst)} wei, the request allows ${String(intent.feeCeilingWei)}`,
      )
    : undefined;
}

/** At most ten signatures on one nonce, each at least an eighth dearer than the last. */
export function wrongReplacement(ordinal: number, last: FeeProposal, next: FeeProposal): Refusal | undefined {
  if (ordinal > 10) return refusal("gate.too-many-replacements", "this nonce has ten signatures already");
  const dearer = (before: bigint, after: bigint): boolean => after * 8n >= before * 9n;
  return dearer(last.maxFeePerGas, next.maxFeePerGas) && dearer(last.maxPriorityFeePerGas, next.maxPriorityFeePerGas)
    ? undefined
    : refusal("gate.not-a-replacement", "both fees of a replacement are at least an eighth above the last ones");
}
