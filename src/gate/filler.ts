/** The filler: the account sends itself nothing, so that the nonce of a request that ended is used and the ones after it go on. */
import { fillerGas } from "../chain/gas.ts";
import type { Intent } from "../intent/intent.ts";
import type { Unsigned } from "../log/entry.ts";
import * as amount from "../values/amount.ts";
import * as hex from "../values/hex.ts";
import { refusal } from "./refusal.ts";
import type { Built, FeeProposal } from "./transaction.ts";

/** What a filler takes from the request whose nonce it closes. */
export type Closed = Pick<Intent, "chainId" | "account" | "feeCeilingWei">;

const nothing = hex.parse("0x");

/**
 * The price of any transaction and nothing more, under the ceiling that the request was counted with: of the two only one is ever
 * mined, so the key's fees of a day hold whichever it is.
 */
export function buildFiller({ chainId, account, feeCeilingWei }: Closed, nonce: number, fees: FeeProposal): Built {
  const { gasLimit, maxFeePerGas, maxPriorityFeePerGas } = fees;
  if (gasLimit !== fillerGas)
    return refused("gate.gas-limit", `a filler takes ${String(fillerGas)} gas, not ${String(gasLimit)}`);
  if (maxPriorityFeePerGas > maxFeePerGas)
    return refused("gate.fee-ceiling", "the priority fee is above the whole fee");
  const worst = gasLimit * maxFeePerGas;
  if (worst > feeCeilingWei)
    return refused(
      "gate.fee-ceiling",
      `gas × fee is ${String(worst)} wei, the request was counted with ${String(feeCeilingWei)}`,
    );
  return {
    kind: "built",
    transaction: {
      chainId,
      nonce,
      to: account,
      value: amount.zero,
      data: nothing,
      gasLimit,
      maxFeePerGas,
      maxPriorityFeePerGas,
    },
  };
}

/** Whether these bytes can do nothing but use up their nonce. */
export function isFiller({ to, value, data, gasLimit }: Unsigned, account: Intent["account"]): boolean {
  return to === account && value === amount.zero && data === nothing && gasLimit === fillerGas;
}

function refused(code: "gate.gas-limit" | "gate.fee-ceiling", why: string): Built {
  return { kind: "refused", refusal: refusal(code, why) };
}
