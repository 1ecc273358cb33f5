/** From the pool into a block that stands: what our own endpoints say. That it is final, only the observers' word in the gate's log says. */
import { standing } from "../../chain/finality.ts";
import { compare } from "../../chain/outcome.ts";
import { parse as parseTransaction } from "../../chain/transaction.ts";
import { isFiller } from "../../gate/filler.ts";
import { furtherIn } from "../../intent/further-argument.ts";
import type { Duty } from "../../request/due.ts";
import type { Event } from "../../request/event.ts";
import { signedOn, type Request } from "../../request/request.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvariantViolation } from "../../values/errors.ts";
import type { ChainEndpoint, ChainReceipt } from "./chain.port.ts";
import { pass } from "./fault-points.ts";
import { chainOf, type Parts } from "./parts.ts";

/** A transaction that the endpoint lost is sent again; one that it has waits for a block. Whichever was signed on the nonce may be mined. */
export async function lookForReceipt(
  parts: Parts,
  request: Request,
  { txHashes }: Extract<Duty, { kind: "look-for-receipt" }>,
): Promise<Event> {
  const { endpoint } = chainOf(parts, request.submission.chainId);
  await pass(parts.faults, "serve:before-receipt");
  const receipt = await anyReceipt(endpoint, txHashes);
  await pass(parts.faults, "serve:after-receipt");
  if (receipt !== undefined) return minedBy(receipt);
  // The first look may come before the endpoint's own pool knows what it was given.
  const [newest] = txHashes;
  if (request.state === "needs-operator") return { kind: "postponed", why: request.waitsFor };
  if (request.attempts === 0 || newest === undefined || (await endpoint.knows(newest)))
    return { kind: "postponed", why: "waits for a block" };
  return { kind: "dropped" };
}

/** `mined` may be undone. At the chain's finality the receipt is read again, so that what differs is told before observers tell it; it ends nothing. */
export async function checkFinality(
  parts: Parts,
  request: Request,
  duty: Extract<Duty, { kind: "check-finality" }>,
): Promise<Event> {
  const { endpoint, finality } = chainOf(parts, request.submission.chainId);
  await pass(parts.faults, "serve:before-finality");
  const heads = await endpoint.heads();
  const stands = standing(duty, await endpoint.blockHash(duty.blockNumber), finality, heads);
  await pass(parts.faults, "serve:after-finality");
  if (stands.kind === "mined") return { kind: "postponed", why: request.waitsFor };
  const receipt = await anyReceipt(endpoint, [duty.txHash, ...signedOn(request).map(({ txHash }) => txHash)]);
  if (stands.kind === "orphaned" || receipt?.blockHash !== duty.blockHash) return elsewhere(receipt, duty);
  return outcomeOf(receipt, request);
}

/** The first that is in a block of the endpoint's canonical chain. */
export async function anyReceipt(
  endpoint: ChainEndpoint,
  txHashes: readonly Bytes32[],
): Promise<ChainReceipt | undefined> {
  for (const txHash of txHashes) {
    const receipt = await endpoint.receipt(txHash);
    if (receipt !== undefined) return receipt;
  }
  return undefined;
}

export function minedBy({ txHash, blockNumber, blockHash }: ChainReceipt): Extract<Event, { kind: "mined" }> {
  return { kind: "mined", txHash, blockNumber, blockHash };
}

/** It may have been mined again in another block already. */
function elsewhere(
  receipt: ChainReceipt | undefined,
  { blockNumber, blockHash }: { readonly blockNumber: number; readonly blockHash: string },
): Event {
  if (receipt === undefined || receipt.blockHash === blockHash) return { kind: "orphaned", blockNumber };
  return minedBy(receipt);
}

const awaited = "final by our own endpoint; waits for the observers to call it final";

/** Compared with the intent, and with the contract that those of our own signed bytes call that are in the block. */
function outcomeOf(receipt: ChainReceipt, request: Request): Event {
  const { submission } = request;
  const signed = signedOn(request).find(({ txHash }) => txHash === receipt.txHash);
  if (signed === undefined) throw new InvariantViolation("what is mined was signed");
  const { transaction } = parseTransaction(signed.raw);
  if (isFiller(transaction, submission.account)) return { kind: "postponed", why: awaited };
  const outcome = compare(receipt, { ...submission, ...furtherIn(submission) }, transaction.to);
  switch (outcome.kind) {
    case "as-approved":
    case "reverted":
      return { kind: "postponed", why: awaited };
    case "mismatch":
      return {
        kind: "escalated",
        why: `the transaction did something else: ${outcome.field} is ${outcome.seen}, not ${outcome.expected}; look at ${receipt.txHash} in block ${receipt.blockNumber}, and at the contract it called`,
      };
  }
}
