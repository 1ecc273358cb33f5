/** The same signed bytes to the chain, as often as it takes; whatever is in doubt is sent again, never signed again. */
import type { Duty } from "../../request/due.ts";
import type { Event } from "../../request/event.ts";
import { signedOn, type Request } from "../../request/request.ts";
import { toldBy } from "../../request/waits.ts";
import type { Broadcast, ChainEndpoint } from "./chain.port.ts";
import { anyReceipt, minedBy } from "./confirm.ts";
import { pass } from "./fault-points.ts";
import { chainOf, type Parts } from "./parts.ts";
import { isStuck, replace, type ReplaceParts } from "./replace.ts";

type Sending = Extract<Duty, { kind: "broadcast" }>;

/** Looks in vain before an operator is called: an endpoint may be behind the one that mined it. */
const looksInVain = 5;

export async function send(
  parts: ReplaceParts,
  request: Request,
  { raw, txHash }: Sending,
): Promise<Event | undefined> {
  const { store } = parts;
  const { chainId, account } = request.submission;
  const lowest = await store.lowestUnsent(chainId, account);
  if (lowest !== undefined && request.nonce !== null && lowest < request.nonce) {
    return { kind: "postponed", why: `waits for nonce ${lowest} of the same account to go out first` };
  }
  const answer = await dispatch(parts, chainId, { raw, txHash });
  const event = await eventOf(answer, chainOf(parts, chainId).endpoint, request, txHash);
  const isCheap = answer.kind === "rejected" && answer.code === "underpriced" && event.kind === "postponed";
  return isCheap && isStuck(parts, request) ? await replace(parts, request, event.why) : event;
}

/** The attempt is on disk before the bytes leave, and what was said of it after. */
export async function dispatch(
  parts: Parts,
  chainId: number,
  { raw, txHash }: Pick<Sending, "raw" | "txHash">,
): Promise<Broadcast> {
  const { store, faults, clock } = parts;
  const { endpoint } = chainOf(parts, chainId);
  const attempt = await store.recordAttempt(txHash, clock.now());
  await pass(faults, "serve:after-store-attempt");
  await pass(faults, "serve:before-broadcast");
  const answer = await endpoint.broadcast(raw);
  await pass(faults, "serve:after-broadcast");
  await store.recordAnswer(attempt, answerText(answer));
  return answer;
}

/** Whoever called the nonce used may have lied, or may be gone: an operator is waited for, and the same bytes go out all the same. */
export async function sendMeanwhile(parts: Parts, request: Request, waiting: Event): Promise<Event> {
  const { signed, submission } = request;
  if (signed === null) return waiting;
  const answer = await dispatch(parts, submission.chainId, signed);
  const taken = answer.kind === "accepted" || answer.kind === "already-known";
  return taken ? { kind: "broadcast", answer: answer.kind } : waiting;
}

function answerText(answer: Broadcast): string {
  return "why" in answer ? `${answer.kind}: ${toldBy(answer.why)}` : answer.kind;
}

async function eventOf(
  answer: Broadcast,
  endpoint: ChainEndpoint,
  request: Request,
  txHash: Sending["txHash"],
): Promise<Event> {
  switch (answer.kind) {
    case "accepted":
    case "already-known":
      return { kind: "broadcast", answer: answer.kind };
    case "unknown":
      return {
        kind: "postponed",
        why: `the chain gave no answer (${toldBy(answer.why)}); the same bytes go out again`,
      };
    case "rejected":
      if (answer.code === "nonce-too-low") return await findOurs(endpoint, request, txHash);
      return { kind: "postponed", why: `the chain did not take it yet: ${answer.code}, ${toldBy(answer.why)}` };
  }
}

/** The nonce is used: by one of our own transactions, or by one that is not ours. A new nonce is never taken. */
async function findOurs(endpoint: ChainEndpoint, request: Request, txHash: Sending["txHash"]): Promise<Event> {
  const receipt = await anyReceipt(
    endpoint,
    signedOn(request).map((one) => one.txHash),
  );
  if (receipt !== undefined) return minedBy(receipt);
  if (await endpoint.knows(txHash)) return { kind: "broadcast", answer: "already-known" };
  const ours = signedOn(request).map((one) => one.txHash);
  const used = `nonce ${request.nonce ?? "?"} of ${request.submission.account} is used, and by none of our transactions as far as the chain tells (${ours.join(", ")}); look there at what used it: if it is another one, somebody else has the key`;
  return request.attempts < looksInVain ? { kind: "postponed", why: used } : { kind: "escalated", why: used };
}
