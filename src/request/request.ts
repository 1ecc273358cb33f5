/** A request as the service keeps it, and the one function that changes it. */
import { z } from "zod";
import { intentSchema } from "../intent/intent.ts";
import { decisionSchema } from "../policy/decision.ts";
import type { Submission } from "../statement/message.ts";
import { InvariantViolation } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import { bytes32Schema, countSchema, hexSchema, instantSchema, nameSchema } from "../values/schema.ts";
import type { Event } from "./event.ts";
import { next } from "./moves.ts";
import { redemptionSchema } from "./redemption.ts";
import { retryAt } from "./retry.ts";
import { stateSchema } from "./state.ts";
import { sentenceAfter } from "./waits.ts";

const submissionSchema = intentSchema.extend({
  requestId: bytes32Schema,
  amountText: z.string(),
  details: z.string(),
  intentHash: bytes32Schema,
});

const signedSchema = z.strictObject({ raw: hexSchema, txHash: bytes32Schema });

/** The nonce of a request that ended without using it; `closing.ts` says how it goes on. */
const closingSchema = z.strictObject({
  /** What closing waits for, or that it is done. */
  why: z.string(),
  /** The filler, once there is one. */
  signed: signedSchema.nullable(),
  sent: z.boolean(),
  /** Enough observers saw the nonce used in a final block. */
  closed: z.boolean(),
});

export type Closing = z.output<typeof closingSchema>;

export const requestSchema = z.strictObject({
  requestId: bytes32Schema,
  /** Index of the submission in the gate's log. */
  leaf: countSchema,
  initiator: nameSchema,
  submission: submissionSchema,
  state: stateSchema,
  waitsFor: z.string(),
  /** The last one the gate gave. */
  decision: decisionSchema.nullable(),
  nonce: countSchema.nullable(),
  /** The newest signed bytes; only dearer ones on the same nonce follow them. */
  signed: signedSchema.nullable(),
  /** What was signed on its nonce before the newest, fillers too: any of them may still be mined. */
  earlier: z.array(signedSchema).default([]),
  /** Somebody cancelled it after it was signed, so the gate is asked for what closes its nonce. */
  contested: z.boolean().default(false),
  /** When the newest of them was first sent, or tried. */
  sentAt: instantSchema.nullable().default(null),
  /** Without `txHash` it is the newest. */
  mined: z
    .strictObject({ blockNumber: countSchema, blockHash: bytes32Schema, txHash: bytes32Schema.optional() })
    .nullable(),
  /** Which transaction the gate's log says enough observers saw, finally. */
  settled: z.strictObject({ txHash: bytes32Schema, blockNumber: countSchema }).nullable().default(null),
  /** What becomes of its nonce when the request ended without using it. */
  closing: closingSchema.nullable().default(null),
  /** What becomes of its second leg, when it is a redemption with a destination and its burn is final. */
  redemption: redemptionSchema.nullable().default(null),
  /** Tries in vain since something was last learned. */
  attempts: countSchema,
  /** When its duty is next tried. */
  dueAt: instantSchema,
  createdAt: instantSchema,
  updatedAt: instantSchema,
  /** Grows by one with every change, so that two writers notice each other. */
  revision: countSchema,
});

export type Request = z.output<typeof requestSchema>;

export type Opening = {
  readonly submission: Submission;
  readonly initiator: Name;
  readonly leaf: number;
  readonly at: Instant;
};

/** A request as it is when the gate has just stored its submission. */
export function opened({ submission, initiator, leaf, at }: Opening): Request {
  return {
    requestId: submission.requestId,
    leaf,
    initiator,
    submission,
    state: "submitted",
    waitsFor: "waits for the gate to decide",
    decision: null,
    nonce: null,
    signed: null,
    earlier: [],
    contested: false,
    sentAt: null,
    mined: null,
    settled: null,
    closing: null,
    redemption: null,
    attempts: 0,
    dueAt: at,
    createdAt: at,
    updatedAt: at,
    revision: 0,
  };
}

export type Applied =
  /** `noted` is false when nothing that a reader would see has changed. */
  | { readonly kind: "moved"; readonly request: Request; readonly noted: boolean }
  /** The event does not happen in this state; the request stays as it is. */
  | { readonly kind: "ignored" };

/** Throws `InvariantViolation` when an event would replace bytes or a nonce that are already there. */
export function apply(request: Request, event: Event, at: Instant): Applied {
  const state = next(request.state, event);
  if (state === undefined || (isAnother(event) && holds(request, event.raw))) return { kind: "ignored" };
  const learned = { ...request, ...learnedFrom(request, event, at), state };
  const waitsFor = isAside(event) ? request.waitsFor : sentenceAfter(event);
  const moved = state !== request.state || event.kind === "mined";
  const noted = moved || waitsFor !== request.waitsFor;
  const attempts = moved || isAside(event) ? 0 : request.attempts + 1;
  const dueAt = dueAfter({ ...learned, attempts }, event, at);
  return {
    kind: "moved",
    noted,
    request: {
      ...learned,
      waitsFor,
      attempts,
      dueAt,
      updatedAt: noted ? at : request.updatedAt,
      revision: request.revision + 1,
    },
  };
}

/** Somebody said something: the duty is tried at once, and what is waited for stays what it is. */
function isAside({ kind }: Event): boolean {
  return kind === "woken" || kind === "contested";
}

/** Every transaction that was signed on its nonce, the newest first. */
export function signedOn({ signed, closing, earlier }: Request): readonly Signed[] {
  const newest = [signed, closing?.signed ?? null].filter((one) => one !== null);
  return [...newest, ...earlier.toReversed()];
}

/** A further transaction on the same nonce. */
function isAnother(event: Event): event is Extract<Event, { kind: "replaced" | "overruled" }> {
  return event.kind === "replaced" || event.kind === "overruled";
}

export type Signed = z.output<typeof signedSchema>;

function holds(request: Request, raw: Hex): boolean {
  return signedOn(request).some((one) => one.raw === raw);
}

function learnedFrom(request: Request, event: Event, at: Instant): Partial<Request> {
  switch (event.kind) {
    case "held":
    case "refused":
    case "cleared":
      return decidedBy(request, event);
    case "allocated":
      return { nonce: sameNonce(request, event.nonce), ...decidedBy(request, event) };
    case "signed":
      return signedBy(request, event);
    case "replaced":
    case "overruled":
      return replacedBy(request, event);
    case "broadcast":
    case "postponed":
      return sentFrom(request, at);
    case "mined":
      return { mined: { blockNumber: event.blockNumber, blockHash: event.blockHash, txHash: event.txHash } };
    case "orphaned":
      return { mined: null, sentAt: at };
    default:
      return toldBy(event);
  }
}

/** What the log says of a transaction that is out. */
function toldBy(event: Event): Partial<Request> {
  switch (event.kind) {
    case "contested":
      return { contested: true };
    case "finalized":
    case "reverted":
    case "mismatched":
    case "annulled":
      return { settled: { txHash: event.txHash, blockNumber: event.blockNumber } };
    default:
      return {};
  }
}

function decidedBy(request: Request, { decision }: Pick<Request, "decision">): Pick<Request, "decision"> {
  return { decision: decision ?? request.decision };
}

/** From the first time its newest bytes went out, or were meant to. */
function sentFrom({ state, sentAt }: Request, at: Instant): Partial<Request> {
  return state === "signed" && sentAt === null ? { sentAt: at } : {};
}

function signedBy(request: Request, { nonce, raw, txHash }: Signed & { readonly nonce: number }): Partial<Request> {
  if (request.signed !== null && request.signed.raw !== raw)
    throw new InvariantViolation(`request ${request.requestId} has other signed bytes already`);
  return { nonce: sameNonce(request, nonce), signed: { raw, txHash } };
}

function replacedBy({ signed, earlier }: Request, { raw, txHash }: Signed): Partial<Request> {
  return { signed: { raw, txHash }, earlier: signed === null ? earlier : [...earlier, signed], sentAt: null };
}

function sameNonce(request: Request, nonce: number | null): number | null {
  if (request.nonce !== null && nonce !== null && request.nonce !== nonce) {
    throw new InvariantViolation(`request ${request.requestId} has nonce ${request.nonce}, not ${nonce}`);
  }
  return nonce ?? request.nonce;
}

/** A new state has its duty at once; what was tried in vain, or needs people or a block, is tried later. */
function dueAfter(request: Request, event: Event, at: Instant): Instant {
  if (event.kind === "held") return heldUntil(request, at);
  if (request.attempts > 0 || event.kind === "permitted" || event.kind === "orphaned" || event.kind === "escalated") {
    return retryAt(request.state, Math.max(1, request.attempts), at);
  }
  return at;
}

/** People end a lack of seats and wake the request when they do; time and evidence are asked for. */
function heldUntil(request: Request, at: Instant): Instant {
  const late = retryAt(request.state, Number.MAX_SAFE_INTEGER, at);
  const { missing = [], notBefore = null } = request.decision ?? {};
  if (missing.length > 0) return late;
  if (notBefore !== null && notBefore > at) return notBefore < late ? notBefore : late;
  return retryAt(request.state, Math.max(1, request.attempts), at);
}
