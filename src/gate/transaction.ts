/** Step 7 of signing: the bytes, built from the intent alone and read back before anybody may sign them. */
import { gasBounds } from "../chain/gas.ts";
import { callOf, contractOf, decode, encode } from "../intent/calldata.ts";
import type { Intent } from "../intent/intent.ts";
import type { Standard } from "../intent/standard.ts";
import type { Unsigned } from "../log/entry.ts";
import type { Token } from "../policy/policy.ts";
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
export function build(intent: Intent, token: Token, nonce: number, fees: FeeProposal): Built {
  const { standard } = token;
  const call = callOf(intent, standard);
  const wrong = wrongFees(intent, standard, fees);
  const to = calledBy(intent, token);
  if (call === undefined || to === undefined) return { kind: "refused", refusal: notOffered(intent, standard) };
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const data = encode(call, standard);
  invariant(
    canonical(toWire(decode(data, standard))) === canonical(toWire(call)),
    "calldata reads back as the call it was built from",
  );
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = fees;
  return {
    kind: "built",
    transaction: {
      chainId: intent.chainId,
      nonce,
      to,
      value: amount.zero,
      data,
      gasLimit,
      maxFeePerGas,
      maxPriorityFeePerGas,
    },
  };
}

/** The same call on the same nonce for more: nothing but the fees is new, whatever policy is in force by now. */
export function rebuild(intent: Intent, standard: Standard, last: Unsigned, fees: FeeProposal): Built {
  const wrong = wrongFees(intent, standard, fees);
  if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = fees;
  return { kind: "built", transaction: { ...last, gasLimit, maxFeePerGas, maxPriorityFeePerGas } };
}

/** The contract that the intent's call goes to: the token, its registry of identities, or the identity that the intent names. Undefined for what the token does not offer. */
export function calledBy(intent: Intent, { standard, address, registries }: Token): Address | undefined {
  const call = callOf(intent, standard);
  if (call === undefined) return undefined;
  return { token: address, registry: registries?.identity.address, identity: intent.identity }[
    contractOf(call, standard)
  ];
}

function notOffered({ operation }: Intent, standard: Standard): Refusal {
  return refusal("gate.not-offered", `a token of the standard ${standard} does not offer ${operation}`);
}

function wrongFees(
  intent: Intent,
  standard: Standard,
  { gasLimit, maxFeePerGas, maxPriorityFeePerGas }: FeeProposal,
): Refusal | undefined {
  const bounds = gasBounds(standard, intent.operation);
  if (bounds === undefined) return notOffered(intent, standard);
  const { floor, cap } = bounds;
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
  return ordinal > 10
    ? refusal("gate.too-many-replacements", "this nonce has ten signatures already")
    : notDearer(last, next);
}

/** Whoever mines takes the dearer one of two on a nonce: both fees at least an eighth above the last ones. */
export function notDearer(last: FeeProposal, next: FeeProposal): Refusal | undefined {
  const dearer = (before: bigint, after: bigint): boolean => after * 8n >= before * 9n;
  return dearer(last.maxFeePerGas, next.maxFeePerGas) && dearer(last.maxPriorityFeePerGas, next.maxPriorityFeePerGas)
    ? undefined
    : refusal("gate.not-a-replacement", "both fees of a replacement are at least an eighth above the last ones");
}
