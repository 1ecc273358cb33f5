/** The few JSON-RPC calls with which a local chain is prepared; what a deployment uses is the json-rpc adapter. */
import { z } from "zod";
import type { Address } from "../../values/address.ts";
import { Fault } from "../../values/errors.ts";
import { parse as parseHex, type Hex } from "../../values/hex.ts";

/** One answer of the node; `rejected` when it understood the call and refused. */
export type Answer =
  { readonly kind: "answered"; readonly result: unknown } | { readonly kind: "rejected"; readonly why: string };

const answerSchema = z.object({ result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });
const receiptSchema = z.object({ status: z.string(), contractAddress: z.string().nullable() });

/** Throws `Fault` when nobody answers in time. */
export async function call(
  url: string,
  method: string,
  parameters: readonly unknown[],
  timeoutMs = 10_000,
): Promise<Answer> {
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: parameters }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = await response.json();
  } catch (cause) {
    throw new Fault("anvil.no-answer", "the local chain does not answer", "safe", cause);
  }
  const read = answerSchema.safeParse(body);
  if (!read.success)
    throw new Fault("anvil.no-answer", "what answers on the local chain's port is not a chain", "never");
  const { result, error } = read.data;
  return error === undefined ? { kind: "answered", result } : { kind: "rejected", why: error.message };
}

/** The result, or a `Fault` naming the method the node refused. */
export async function ask(url: string, method: string, parameters: readonly unknown[]): Promise<unknown> {
  const answer = await call(url, method, parameters);
  if (answer.kind === "answered") return answer.result;
  throw new Fault("anvil.rejected", `the local chain refused \`${method}\`: ${answer.why}`, "never");
}

/** Sets what an account owns, in wei. */
export async function setBalance(url: string, account: Address, wei: bigint): Promise<void> {
  await ask(url, "anvil_setBalance", [account, `0x${wei.toString(16)}`]);
}

export type Mined = { readonly contractAddress: string | null };

/**
 * Sends a transaction as `from` without holding its key, which only a local chain allows, and waits until it is mined with success.
 * The account pays for itself: give it a balance first.
 */
export async function sendAs(
  url: string,
  from: Address,
  transaction: { readonly to?: Address; readonly data: Hex },
): Promise<Mined> {
  await ask(url, "anvil_impersonateAccount", [from]);
  const hash = parseHex(await ask(url, "eth_sendTransaction", [{ from, ...transaction }]));
  await ask(url, "anvil_stopImpersonatingAccount", [from]);
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const receipt = await ask(url, "eth_getTransactionReceipt", [hash]);
    if (receipt !== null && receipt !== undefined) {
      const { status, contractAddress } = receiptSchema.parse(receipt);
      if (status !== "0x1") throw new Fault("anvil.reverted", `the transaction \`${hash}\` was reverted`, "never");
      return { contractAddress };
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Fault("anvil.not-mined", `the transaction \`${hash}\` was not mined in ten seconds`, "safe");
}
