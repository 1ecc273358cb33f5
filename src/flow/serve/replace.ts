/** A transaction that stays out of every block is replaced: the same call on the same nonce for more, never a new nonce, under the same ceiling. */
import { bump, type Fees } from "../../chain/fees.ts";
import { fillerGas } from "../../chain/gas.ts";
import { parse as parseTransaction } from "../../chain/transaction.ts";
import { isFiller } from "../../gate/filler.ts";
import type { Problem, SignAnswer } from "../../gate/wire.ts";
import { inEther } from "../../policy/quantity.ts";
import type { ClosingEvent } from "../../request/closing.ts";
import type { Event } from "../../request/event.ts";
import { signedOn, type Request } from "../../request/request.ts";
import type { Hex } from "../../values/hex.ts";
import { anyReceipt } from "./confirm.ts";
import { signCosigned, type CosigningParts } from "./cosigned.ts";
import { pass } from "./fault-points.ts";
import { chainOf, type Parts } from "./parts.ts";

export type ReplaceParts = Parts & CosigningParts;
type Replaced = {
  readonly kind: "signed";
  readonly raw: Hex;
  readonly txHash: Extract<SignAnswer, { kind: "signed" }>["txHash"];
};
type Tried = Replaced | { readonly kind: "kept"; readonly why: string } | { readonly kind: "stale" };

/** Sent, or tried, for the first time so long ago that a dearer one is due, by what is configured of its chain. */
export function isStuck(parts: Parts, { sentAt, submission }: Request): boolean {
  const { replaceAfterSeconds } = chainOf(parts, submission.chainId);
  return replaceAfterSeconds !== undefined && sentAt !== null && parts.clock.now() - sentAt >= replaceAfterSeconds;
}

/** `waiting` is what is said when it stays as it is. */
export async function replace(parts: ReplaceParts, request: Request, waiting: string): Promise<Event | undefined> {
  const fills = isOverruled(request);
  const tried = await dearer(parts, request, request.signed?.raw, fills);
  if (tried.kind === "stale") return undefined;
  if (tried.kind === "kept") return { kind: "postponed", why: `${waiting}; ${tried.why}` };
  return { kind: fills ? "overruled" : "replaced", raw: tried.raw, txHash: tried.txHash };
}

/**
 * The filler of a request that was signed and that its quorum cancelled since; undefined while the quorum is not complete, or when
 * something was learned meanwhile. It does not wait for the nonces before it: what it stands against may be mined with them.
 */
export async function overrule(parts: ReplaceParts, request: Request): Promise<Event | undefined> {
  const { faults, mirror, store } = parts;
  const { requestId, submission, signed } = request;
  if (signed === null || isOverruled(request)) return undefined;
  await mirror.pull();
  if ((await store.request(requestId))?.revision !== request.revision) return undefined;
  const last = parseTransaction(signed.raw).transaction;
  const { endpoint } = chainOf(parts, submission.chainId);
  const fees = bump({ ...last, gasLimit: fillerGas }, await endpoint.fees(), submission.feeCeilingWei);
  if (fees.kind === "over-ceiling") return undefined;
  await pass(faults, "serve:before-fill");
  const { answer } = await signCosigned(parts, { verb: "sign", requestId, fees: fees.fees, fill: true });
  await pass(faults, "serve:after-fill");
  return answer.kind === "signed" ? { kind: "overruled", raw: answer.raw, txHash: answer.txHash } : undefined;
}

/** Whether the newest bytes of a request that was signed are those that close its nonce. */
function isOverruled({ signed, submission }: Request): boolean {
  return signed !== null && isFiller(parseTransaction(signed.raw).transaction, submission.account);
}

export async function replaceFiller(
  parts: ReplaceParts,
  request: Request,
  waiting: string,
): Promise<ClosingEvent | undefined> {
  const tried = await dearer(parts, request, request.closing?.signed?.raw, true);
  if (tried.kind === "stale") return undefined;
  if (tried.kind === "kept") return { kind: "delayed", why: `${waiting}; ${tried.why}` };
  return { kind: "filled", raw: tried.raw, txHash: tried.txHash };
}

/** The log is read first: a dearer one that was signed while its answer was lost is not signed over. */
async function dearer(parts: ReplaceParts, request: Request, raw: Hex | undefined, fill: boolean): Promise<Tried> {
  const { faults, mirror, store } = parts;
  const { requestId, submission } = request;
  await mirror.pull();
  if (raw === undefined || (await store.request(requestId))?.revision !== request.revision) return { kind: "stale" };
  const before = await heldUpBy(parts, request);
  if (before !== undefined)
    return { kind: "kept", why: `a dearer one helps nothing while nonce ${before} is in no block` };
  const { endpoint } = chainOf(parts, submission.chainId);
  const last: Fees = parseTransaction(raw).transaction;
  const proposal = bump(last, await endpoint.fees(), submission.feeCeilingWei);
  if (proposal.kind === "over-ceiling") {
    const { neededWei, ceilingWei } = proposal;
    return {
      kind: "kept",
      why: `a dearer one costs ${inEther(neededWei)}, above the ceiling of ${inEther(ceilingWei)}`,
    };
  }
  await pass(faults, "serve:before-replace");
  const { answer, awaited } = await signCosigned(parts, {
    verb: "sign",
    requestId,
    fees: proposal.fees,
    replace: true,
    ...(fill ? { fill } : {}),
  });
  await pass(faults, "serve:after-replace");
  return triedBy(answer, raw, awaited);
}

/** A lower nonce of the account that is in no block yet: no fee brings a later one past it. */
async function heldUpBy(parts: ReplaceParts, { nonce, submission }: Request): Promise<number | undefined> {
  const { chainId, account } = submission;
  const before = nonce === null ? undefined : await parts.store.openBefore(chainId, account, nonce);
  if (before === undefined) return undefined;
  const hashes = signedOn(before).map(({ txHash }) => txHash);
  const receipt = await anyReceipt(chainOf(parts, chainId).endpoint, hashes);
  return receipt === undefined ? (before.nonce ?? undefined) : undefined;
}

function triedBy(answer: SignAnswer | Problem, before: Hex, awaited = "waits for witnesses to cosign the log"): Tried {
  switch (answer.kind) {
    case "signed":
      return answer.raw === before ? { kind: "kept", why: "the gate made no dearer one" } : answer;
    case "signing":
      return { kind: "kept", why: `a dearer one waits for ${answer.needs}` };
    case "refused":
      return { kind: "kept", why: `no dearer one: ${answer.why} (${answer.code})` };
    case "problem":
      return { kind: "kept", why: `no dearer one: ${answer.message} (${answer.code})` };
    case "released":
      return { kind: "kept", why: "the gate answered to another question" };
    case "needs-cosignature":
      return { kind: "kept", why: `a dearer one ${awaited}` };
    case "decided":
      return { kind: "kept", why: "the gate was not asked for a dearer one" };
  }
}
