/** The filler of a request that ended with its nonce taken: without quorum while no token may have signed for the request, by its quorum's cancellation after. */
import { frozen } from "../../gate/freeze.ts";
import { buildFiller } from "../../gate/filler.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import { notDearer, wrongReplacement, type FeeProposal } from "../../gate/transaction.ts";
import { digest as digestOf } from "../../chain/transaction.ts";
import type { Core } from "./core.ts";
import type { StoredPermit } from "./journal.port.ts";
import { momentOf } from "./log-head.ts";
import { cancelledEnd, endOf, type End, type Request } from "./request.ts";

type Filling = { readonly fees: FeeProposal; readonly replace?: boolean | undefined };
type Filler =
  { readonly kind: "permit"; readonly permit: StoredPermit } | { readonly kind: "refused"; readonly refusal: Refusal };

/** The filler's permit: the one there is, a dearer one when that is asked for, or the first; its leaf and row come before any token. */
export function fillerOf(core: Core, request: Request, asked: Filling): Filler {
  return core.journal.transaction(() => {
    const open = openNonce(core, request);
    if (open.kind === "refused") return open;
    const last = open.permits.at(-1);
    const before = last?.filler === true ? last : undefined;
    if (before !== undefined && (before.signed === undefined || asked.replace !== true))
      return { kind: "permit", permit: before };
    // Fillers are counted by themselves: the first of them may stand beside ten signatures, and is made dearer all the same.
    const ordinal = open.permits.filter(({ filler }) => filler).length + 1;
    const wrong =
      before === undefined
        ? tooCheap(open.permits, asked.fees)
        : wrongReplacement(ordinal, before.transaction, asked.fees);
    return wrong === undefined ? write(core, request, open, asked.fees) : { kind: "refused", refusal: wrong };
  });
}

type OpenNonce = {
  readonly kind: "open";
  readonly nonce: number;
  readonly end: End;
  readonly permits: readonly StoredPermit[];
};

/** Whether there is a nonce that a filler may close now. */
function openNonce(core: Core, request: Request): OpenNonce | Extract<Filler, { kind: "refused" }> {
  const { requestId } = request.statement.message;
  const allocation = core.journal.allocation(requestId);
  if (allocation === undefined) return refused("gate.no-nonce", "the request has no nonce that could be open");
  if (allocation.outcome !== "open") return { kind: "refused", refusal: used };
  const permits = core.journal.permits(requestId);
  const overruled = permits.some((permit) => mayBeOut(permit)) ? cancelledEnd(core, request) : undefined;
  const end = overruled ?? endOf(core, request, core.now());
  if (end === undefined) return refused("gate.not-ended", "the request may still be signed");
  const stopped = frozenKey(core, request);
  if (stopped !== undefined) return { kind: "refused", refusal: stopped };
  if (!mayBeClosed(core, permits, overruled)) return { kind: "refused", refusal: doubtful };
  const unquiet = whileUnquiet(core, permits);
  if (unquiet !== undefined) return { kind: "refused", refusal: unquiet };
  return { kind: "open", nonce: allocation.nonce, end, permits };
}

function write(
  core: Core,
  { intent, statement }: Request,
  { nonce, end, permits }: OpenNonce,
  fees: FeeProposal,
): Filler {
  const { journal } = core;
  const { requestId } = statement.message;
  const key = core.standing().roster.index.keyByAccount(intent.account);
  if (key === undefined) return refused("gate.unknown-account", `${intent.account} is no managed key of the roster`);
  const built = buildFiller(intent, nonce, fees);
  if (built.kind === "refused") return built;
  const { transaction } = built;
  const digest = digestOf(transaction);
  const now = core.now();
  const ending = { ...end.refusal, statements: [...end.statements] };
  const epoch = journal.epoch();
  journal.append({ kind: "filler", epoch, instant: now, requestId, key: key.id, transaction, digest, ...ending });
  const permit = { digest, requestId, ordinal: permits.length + 1, transaction, filler: true };
  journal.putPermit(permit);
  journal.advance(now);
  return { kind: "permit", permit: { ...permit, asked: false, doubt: false, declined: undefined, signed: undefined } };
}

/** Of the request's own transaction there is a signature, or may be one. */
export function mayBeOut({ filler, doubt, signed }: StoredPermit): boolean {
  return !filler && (doubt || signed !== undefined);
}

/** What may be out is overruled by the quorum alone, once no token can answer any more. Which of the two is mined, the chain says. */
function mayBeClosed(core: Core, permits: readonly StoredPermit[], overruled: End | undefined): boolean {
  const out = permits.filter((permit) => mayBeOut(permit));
  if (out.length === 0) return true;
  return overruled !== undefined && out.every(({ digest }) => !core.inFlight.has(digest));
}

/** Beside a transaction that was handed out, a cheaper one is never mined. */
function tooCheap(permits: readonly StoredPermit[], fees: FeeProposal): Refusal | undefined {
  const last = permits.findLast(({ filler, signed }) => !filler && signed !== undefined);
  return last === undefined ? undefined : notDearer(last.transaction, fees);
}

const doubtful = refusal(
  "gate.doubt",
  "a token signed it, was asked to, or may have been before this start: its nonce is closed only by that transaction or by its approved cancellation",
);

/** A gate on a copy of this journal may still sign what was permitted before this run, until its own word of the witnesses has ended. */
function whileUnquiet(core: Core, permits: readonly StoredPermit[]): Refusal | undefined {
  const before = core.begun();
  const isInherited = ({ filler, doubt, digest }: StoredPermit): boolean =>
    !filler && doubt && (core.journal.permitLeaf(digest) ?? 0) < (before ?? 0);
  const ms = core.word.untilQuiet(momentOf(core));
  return ms > 0 && permits.some(isInherited)
    ? refusal(
        "gate.doubt",
        `another gate on a copy of this journal might still have it signed: its nonce may be closed in ${String(Math.ceil(ms / 1_000))} seconds`,
      )
    : undefined;
}

/** A filler moves nothing of an asset: only what stops the key stops it, and that its nonce is used, finally. */
export function barsFiller(core: Core, request: Request): Refusal | undefined {
  const { requestId } = request.statement.message;
  return core.journal.allocation(requestId)?.outcome === "open" ? frozenKey(core, request) : used;
}

const used = refusal("gate.ended", "its nonce is used, finally");

function frozenKey(core: Core, { intent }: Request): Refusal | undefined {
  const freezes = core.journal.freezes().filter((freeze) => !freeze.lifted);
  return frozen(freezes, undefined, core.standing().roster.index.keyByAccount(intent.account)?.id);
}

function refused(code: Parameters<typeof refusal>[0], why: string): Extract<Filler, { kind: "refused" }> {
  return { kind: "refused", refusal: refusal(code, why) };
}
