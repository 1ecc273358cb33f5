/** The gate's `sign`: a request's own transaction, a dearer one, or the filler of a request that ended; cosigned if need be, then to the token. */
import { refusal, type Refusal } from "../../gate/refusal.ts";
import { rebuild, wrongReplacement } from "../../gate/transaction.ts";
import type { GateRequest, SignAnswer } from "../../gate/wire.ts";
import type { Decision } from "../../policy/decision.ts";
import { InvalidValue, InvariantViolation } from "../../values/errors.ts";
import { allocate, writePermit } from "./allocate.ts";
import type { Core } from "./core.ts";
import { activateDue } from "./documents.ts";
import { fillerOf } from "./fill.ts";
import type { StoredPermit } from "./journal.port.ts";
import { isConfirmed, missingWord, unconfirmed } from "./missing-word.ts";
import {
  isDeclinedReplacement,
  loadAdmitted,
  loadRequest,
  standsInTheWay,
  type LoadedRequest,
  type Request,
} from "./request.ts";
import { lookNow, refuse, signedAnswer, usePermit } from "./use-permit.ts";

const closing = refusal("gate.ended", "its nonce is being closed");

export type SignRequest = Extract<GateRequest, { fees: unknown }>;

/** Never waits for people or for a slow token; asked again, it answers the same for the same digest. */
export async function sign(core: Core, asked: SignRequest): Promise<SignAnswer> {
  const stopped = core.stopped();
  if (stopped !== undefined) return refuse(core, asked.requestId, refusal("gate.stopped", stopped));
  activateDue(core);
  const loaded = load(core, asked);
  if (loaded.kind === "refused") return refuse(core, asked.requestId, loaded.refusal);
  const { request } = loaded;
  const fills = asked.fill === true;
  const unheard = beforeWriting(core, request, asked);
  if (unheard !== undefined) return unheard;
  const isNew = core.journal.allocation(asked.requestId) === undefined;
  const wanted: Wanted = fills ? fillerOf(core, request, asked) : ownPermit(core, request, asked);
  if (wanted.kind === "refused") return refuse(core, asked.requestId, wanted.refusal, wanted.decision);
  const decided = isNew ? lookNow(core) : undefined;
  await core.journal.durable();
  await core.faults.at(fills ? "gate:filler-stored" : "gate:allocated");
  const current = newestPermit(core, asked.requestId) ?? wanted.permit;
  // Whoever asked for the request's own transaction is never handed the filler that came meanwhile.
  if (current.filler !== fills) return refuse(core, asked.requestId, closing);
  if (current.signed !== undefined) return signedAnswer(current, current.signed);
  return missingWord(core, current) ?? usePermit(core, { request, permit: current, decided });
}

/** What is only to be closed need not verify any more. */
function load(core: Core, { requestId, fill }: SignRequest): LoadedRequest {
  return fill === true ? loadAdmitted(core, requestId) : loadRequest(core, requestId);
}

/** What has no permit yet gets none before the witnesses have spoken since the start; what ended anyway is refused as ever. */
function beforeWriting(
  core: Core,
  request: Request,
  { requestId, fill, replace: dearer }: SignRequest,
): SignAnswer | undefined {
  const fills = fill === true;
  if (isConfirmed(core) || (!fills && standsInTheWay(core, request, core.now()) !== undefined)) return undefined;
  const written = core.journal.permits(requestId).some(({ filler }) => filler === fills);
  return written && dearer !== true ? undefined : unconfirmed(core);
}

type Wanted =
  | { readonly kind: "permit"; readonly permit: StoredPermit }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly decision?: Decision };

/** What cannot be written down is refused: a leaf that nobody could read back is no leaf. */
function ownPermit(core: Core, request: Request, asked: SignRequest): Wanted {
  const stands = standsInTheWay(core, request, core.now());
  if (stands !== undefined) return { kind: "refused", refusal: stands };
  try {
    return currentPermit(core, request, asked);
  } catch (error) {
    if (error instanceof InvalidValue) return { kind: "refused", refusal: { code: error.code, why: error.message } };
    throw error;
  }
}

/** The permit of this request: the one it has, a dearer one when a replacement is asked for, or a new allocation. */
function currentPermit(core: Core, request: Request, asked: SignRequest): Wanted {
  const { requestId } = asked;
  const allocation = core.journal.allocation(requestId);
  if (core.journal.permits(requestId).some(({ filler }) => filler)) return { kind: "refused", refusal: closing };
  if (allocation === undefined) {
    const allocated = allocate(core, request, asked.fees);
    if (allocated.kind === "refused") return allocated;
  } else if (asked.replace === true && allocation.outcome === "open") {
    const wrong = replace(core, request, asked);
    if (wrong !== undefined) return { kind: "refused", refusal: wrong };
  }
  const permit = newestPermit(core, requestId);
  if (permit === undefined) throw new InvariantViolation("an allocation always has a permit");
  return { kind: "permit", permit };
}

function newestPermit({ journal }: Core, requestId: SignRequest["requestId"]): StoredPermit | undefined {
  return journal.permits(requestId).findLast((permit, _, all) => !isDeclinedReplacement(permit, all));
}

/** Same intent, same nonce, higher fees under the same ceiling. */
function replace(core: Core, request: Request, { requestId, fees }: SignRequest): Refusal | undefined {
  return core.journal.transaction(() => {
    const before = core.journal.permits(requestId);
    const last = before.at(-1);
    if (last?.declined !== undefined && isDeclinedReplacement(last, before))
      return refusal("gate.declined", last.declined);
    const key = core.standing().roster.index.keyByAccount(request.intent.account);
    if (last?.signed === undefined || key === undefined) return undefined;
    const wrong = wrongReplacement(before.length + 1, last.transaction, fees);
    if (wrong !== undefined) return wrong;
    const built = rebuild(request.intent, request.policy.policy.token.standard, last.transaction, fees);
    if (built.kind === "refused") return built.refusal;
    const now = core.now();
    writePermit(core, { requestId, key, transaction: built.transaction, ordinal: before.length + 1, now });
    core.journal.advance(now);
    return undefined;
  });
}
