/** Closes the nonce that an ended request left open: the gate signs a filler, its bytes go out like any others, and the log says when it is done. */
import { propose } from "../../chain/fees.ts";
import { fillerGas } from "../../chain/gas.ts";
import { closingEventOf, type ClosingEvent } from "../../request/closing.ts";
import type { Duty } from "../../request/due.ts";
import type { Request } from "../../request/request.ts";
import { toldBy } from "../../request/waits.ts";
import { inEther } from "../../policy/quantity.ts";
import { anyReceipt } from "./confirm.ts";
import { signCosigned, type CosigningParts } from "./cosigned.ts";
import { pass } from "./fault-points.ts";
import { chainOf, type Parts } from "./parts.ts";
import { dispatch } from "./send.ts";

export async function fill(parts: Parts & CosigningParts, { requestId, submission }: Request): Promise<ClosingEvent> {
  const { faults } = parts;
  const { chainId, feeCeilingWei } = submission;
  const proposal = propose(await chainOf(parts, chainId).endpoint.fees(), fillerGas, feeCeilingWei);
  if (proposal.kind === "over-ceiling") {
    const { neededWei, ceilingWei } = proposal;
    return {
      kind: "delayed",
      why: `its nonce is open: a filler costs ${inEther(neededWei)} now, above the request's ceiling of ${inEther(ceilingWei)}`,
    };
  }
  await pass(faults, "serve:before-fill");
  const asked = { verb: "sign", requestId, fees: proposal.fees, fill: true } as const;
  const { answer, awaited } = await signCosigned(parts, asked);
  await pass(faults, "serve:after-fill");
  return closingEventOf(answer, awaited);
}

export async function sendFiller(
  parts: Parts,
  { submission, nonce }: Request,
  { raw, txHash }: Extract<Duty, { kind: "send-filler" }>,
): Promise<ClosingEvent> {
  const answer = await dispatch(parts, submission.chainId, { raw, txHash });
  switch (answer.kind) {
    case "accepted":
    case "already-known":
      return { kind: "dispatched" };
    case "unknown":
      return { kind: "delayed", why: `the chain gave no answer (${toldBy(answer.why)}); the filler goes out again` };
    case "rejected":
      if (answer.code !== "nonce-too-low")
        return { kind: "delayed", why: `the chain did not take the filler yet: ${answer.code}, ${toldBy(answer.why)}` };
      return (await chainOf(parts, submission.chainId).endpoint.knows(txHash))
        ? { kind: "dispatched" }
        : { kind: "delayed", why: `nonce ${nonce ?? "?"} is used, and not by our filler as far as the chain tells` };
  }
}

export const fillerWaits = "the filler waits for a block";

/** One that the endpoint lost is sent again; one that is in a block waits for the observers. */
export async function lookForFiller(
  parts: Parts,
  { submission, attempts }: Request,
  { txHashes }: Extract<Duty, { kind: "look-for-filler" }>,
): Promise<ClosingEvent> {
  const { endpoint } = chainOf(parts, submission.chainId);
  const receipt = await anyReceipt(endpoint, txHashes);
  if (receipt !== undefined)
    return {
      kind: "delayed",
      why: `the filler is in block ${receipt.blockNumber}, waits for the observers to call it final`,
    };
  const [newest] = txHashes;
  if (attempts === 0 || newest === undefined || (await endpoint.knows(newest)))
    return { kind: "delayed", why: fillerWaits };
  return { kind: "lost" };
}
