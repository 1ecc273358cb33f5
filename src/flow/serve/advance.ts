/** One step of a request: the duty that is due, its one effect, the event, the move, the commit. */
import { propose } from "../../chain/fees.ts";
import * as amount from "../../values/amount.ts";
import { eventOf } from "../../request/answer.ts";
import type { ClosingEvent } from "../../request/closing.ts";
import { due, type Duty } from "../../request/due.ts";
import type { Event } from "../../request/event.ts";
import { isOwing } from "../../request/releasing.ts";
import type { Request } from "../../request/request.ts";
import { isEnd } from "../../request/state.ts";
import { Fault } from "../../values/errors.ts";
import { signCosigned } from "./cosigned.ts";
import type { Cosigner } from "./cosigner.ts";
import { checkFinality, lookForReceipt } from "./confirm.ts";
import { pass } from "./fault-points.ts";
import { fill, fillerWaits, lookForFiller, sendFiller } from "./fill.ts";
import { transitionBy, type Happens } from "./happening.ts";
import { refuseDoubt, type Mirror } from "./mirror.ts";
import { chainOf, type Parts } from "./parts.ts";
import { askRelease, remind } from "./release.ts";
import { isStuck, overrule, replace, replaceFiller } from "./replace.ts";
import { send, sendMeanwhile } from "./send.ts";
import { usualGas } from "./usual-gas.ts";

/** Events that say how things stood a moment ago: worth nothing once the request has moved on. */
const guesses: ReadonlySet<Happens["kind"]> = new Set(["held", "cleared", "postponed", "delayed", "withheld"]);
const mostTries = 5;

export type AdvanceParts = Parts & { readonly mirror: Mirror; readonly cosigner: Cosigner };

/** Resolves when the step is on disk. A world that does not answer postpones it; anything else that is thrown is a bug and leaves. */
export async function advance(parts: AdvanceParts, request: Request): Promise<void> {
  const event = await actOrPostpone(parts, request, due(request, parts.clock.now()));
  const recorded = event !== undefined && (await record(parts, request, event));
  if (!recorded) await parts.store.release(request.requestId);
}

async function actOrPostpone(parts: AdvanceParts, request: Request, duty: Duty): Promise<Happens | undefined> {
  try {
    return await act(parts, request, duty);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const why = `${error.message} (${error.code})`;
    if (isOwing(request)) return { kind: "withheld", why };
    return { kind: isEnd(request.state) ? "delayed" : "postponed", why };
  }
}

async function act(parts: AdvanceParts, request: Request, duty: Duty): Promise<Happens | undefined> {
  switch (duty.kind) {
    case "rest":
    case "await":
      return undefined;
    case "ask-gate":
      return await askGate(parts, request);
    case "sign":
      return await sign(parts, request);
    case "broadcast":
      return (await orOverruled(parts, request)) ?? (await send(parts, request, duty));
    case "look-for-receipt":
      return await orSent(parts, request, await lookForReceipt(parts, request, duty));
    case "check-finality":
      return await checkFinality(parts, request, duty);
    default:
      return await actAfter(parts, request, duty);
  }
}

type After = Extract<Duty, { kind: "fill" | "send-filler" | "look-for-filler" | "release" | "remind" }>;

/** What is left to do for a request that ended. */
async function actAfter(parts: AdvanceParts, request: Request, duty: After): Promise<Happens | undefined> {
  switch (duty.kind) {
    case "fill":
      return await fill(parts, request);
    case "send-filler":
      return await sendFiller(parts, request, duty);
    case "look-for-filler":
      return await orDearerFiller(parts, request, await lookForFiller(parts, request, duty));
    case "release":
      return await askRelease(parts, request);
    case "remind":
      return remind(request);
  }
}

async function orSent(parts: AdvanceParts, request: Request, seen: Event): Promise<Event | undefined> {
  const overruled = seen.kind === "postponed" ? await orOverruled(parts, request) : undefined;
  if (overruled !== undefined) return overruled;
  if (seen.kind === "postponed" && request.state === "needs-operator") return await sendMeanwhile(parts, request, seen);
  return await orDearer(parts, request, seen);
}

/** What somebody cancelled after it was signed: its quorum may be complete. A gate that does not answer changes nothing. */
async function orOverruled(parts: AdvanceParts, request: Request): Promise<Event | undefined> {
  if (!request.contested) return undefined;
  try {
    return await overrule(parts, request);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  }
}

/** What waits for a block too long is replaced, where that is configured. */
async function orDearer(parts: AdvanceParts, request: Request, seen: Event): Promise<Event | undefined> {
  const waits = seen.kind === "postponed" && request.state === "broadcast" && isStuck(parts, request);
  return waits ? await replace(parts, request, seen.why) : seen;
}

async function orDearerFiller(
  parts: AdvanceParts,
  request: Request,
  seen: ClosingEvent,
): Promise<ClosingEvent | undefined> {
  const waits = seen.kind === "delayed" && seen.why === fillerWaits && isStuck(parts, request);
  return waits ? await replaceFiller(parts, request, seen.why) : seen;
}

async function askGate({ gate, faults, clock, mirror }: AdvanceParts, { requestId, state }: Request): Promise<Event> {
  refuseDoubt(mirror);
  await pass(faults, "serve:before-ask-gate");
  const answer = await gate.sign({ verb: "sign", dryRun: true, requestId });
  await pass(faults, "serve:after-ask-gate");
  return eventOf(answer, state, clock.now());
}

async function sign(parts: AdvanceParts, request: Request): Promise<Event> {
  const { faults, clock, mirror } = parts;
  const { requestId, state } = request;
  const { chainId, feeCeilingWei } = request.submission;
  const { baseFeePerGas, priorityFeePerGas } = await chainOf(parts, chainId).endpoint.fees();
  const proposal = propose({ baseFeePerGas, priorityFeePerGas }, await usualGas(parts.store, request), feeCeilingWei);
  if (proposal.kind === "over-ceiling") {
    const ether = (wei: amount.Amount): string => `${amount.format(wei, 18)} ETH`;
    return {
      kind: "postponed",
      why: `fees are ${ether(proposal.neededWei)} now, above the ceiling of ${ether(proposal.ceilingWei)}`,
    };
  }
  await pass(faults, "serve:before-gate-sign");
  const { answer, awaited } = await signCosigned(parts, { verb: "sign", requestId, fees: proposal.fees });
  await pass(faults, "serve:after-gate-sign");
  const event = eventOf(answer, state, clock.now(), awaited);
  // An ending may hide a nonce or a signature whose answer was lost; the log has it, and then this step is stale.
  if (answer.kind === "refused" && (state !== "ready" || event.kind !== "held")) await mirror.pull();
  return event;
}

/** Tries again on what is stored when the mirror or a replica was first; answers whether anything was written. */
async function record(parts: Parts, request: Request, event: Happens): Promise<boolean> {
  const { store, faults, clock } = parts;
  const signs = event.kind === "signed";
  let current: Request | undefined = request;
  for (let tries = 0; tries < mostTries && current !== undefined; tries += 1) {
    const transition = transitionBy(current, event, clock.now());
    if (transition === undefined) return false;
    await pass(faults, signs ? "serve:before-store-raw" : "serve:before-store-event");
    const stored = await store.commit({ transitions: [transition] });
    await pass(faults, signs ? "serve:after-store-raw" : "serve:after-store-event");
    if (stored === "committed") {
      await freeLane(parts, transition.request, event);
      return true;
    }
    if (guesses.has(event.kind)) return false;
    current = await store.request(request.requestId);
  }
  return false;
}

/** A nonce that went out, or never will for its request, lets the next one of its account go. */
async function freeLane({ store, clock }: Parts, { nonce, state, submission }: Request, event: Happens): Promise<void> {
  if (event.kind !== "broadcast" && (nonce === null || !isEnd(state))) return;
  await store.hasten(submission.chainId, submission.account, clock.now());
}
