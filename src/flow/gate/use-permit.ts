/** Step 9 of signing: asked once more, then one permit, one token, one checked answer. */
import { attach, digest as digestOf, encode, type TransactionSignature } from "../../chain/transaction.ts";
import { SigningPermit } from "../../gate/permit.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import type { Standing } from "../../gate/standing.ts";
import { build } from "../../gate/transaction.ts";
import type { SignAnswer } from "../../gate/wire.ts";
import type { Decision } from "../../policy/decision.ts";
import type { ManagedKey } from "../../roster/roster.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvariantViolation } from "../../values/errors.ts";
import { concat, toBytes, type Hex } from "../../values/hex.ts";
import type { Instant } from "../../values/instant.ts";
import { failing, judge } from "./allocate.ts";
import type { BackendAnswer } from "./backend.port.ts";
import type { Core } from "./core.ts";
import { activateDue } from "./documents.ts";
import { barsFiller } from "./fill.ts";
import type { KeyPlace } from "./key-places.ts";
import type { StoredPermit } from "./journal.port.ts";
import { outdated, tooLate } from "./missing-word.ts";
import { loadRequest, standsInTheWay, type Request } from "./request.ts";
import { verifiedAgain } from "./verified.ts";

/** When the world was last looked at, by both clocks, and by which documents. */
type Look = { readonly at: Instant; readonly ticks: number; readonly standing: Standing };

type Using = {
  readonly request: Request;
  /** The newest one of a request that still needs its signature. */
  readonly permit: StoredPermit;
  /** What this very call decided. */
  readonly decided: Look | undefined;
};

/** Never waits for people or for a slow token. */
export async function usePermit(core: Core, { request, permit, decided }: Using): Promise<SignAnswer> {
  const key = core.standing().roster.index.keyByAccount(request.intent.account);
  const place = key === undefined ? undefined : core.places.next(key.id, core.now());
  if (key === undefined || place === undefined)
    return refuse(
      core,
      permit.requestId,
      refusal("gate.unknown-account", `no token here holds the key of ${request.intent.account}`),
    );
  const waiting: SignAnswer = { kind: "signing", on: key.id, needs: awaited(key) };
  if (core.inFlight.has(permit.digest)) return waiting;
  const work = askToken(core, { request, permit, decided, key, place });
  core.inFlight.set(permit.digest, work);
  try {
    return await Promise.race([work, core.patience().then(() => waiting)]);
  } finally {
    void work.then(
      () => core.inFlight.delete(permit.digest),
      (error: unknown) => {
        core.inFlight.delete(permit.digest);
        // Whoever asked may have gone with `signing` by now; a broken invariant stops the signing all the same.
        if (error instanceof InvariantViolation) core.stop(`the gate stopped signing: ${error.message}`);
      },
    );
  }
}

/** What the world sees a request wait for. */
function awaited({ id, backend }: ManagedKey): string {
  return backend === "ledger" ? `a person at ${id}` : "the token's answer";
}

type Asking = Using & { readonly key: ManagedKey; readonly place: KeyPlace };

async function askToken(core: Core, { request, permit, decided, key, place }: Asking): Promise<SignAnswer> {
  await core.faults.at("gate:permit-stored");
  const barred = barsToken(core, { request, permit, key, decided });
  if (barred !== undefined) return barred;
  const seen = lookNow(core);
  core.journal.markAsked(permit.digest);
  // All that this look saw, and that a token is asked, is on disk before the token hears of it; what came meanwhile is looked at again.
  await core.journal.durable();
  const meanwhile = barsToken(core, { request, permit, key, decided: seen });
  if (meanwhile !== undefined) {
    if (!permit.doubt) core.journal.markUnsigned(permit.digest);
    return meanwhile;
  }
  const asked = lookNow(core);
  // Nothing may await between the last look above and the call below.
  const answer = await lastWord(core, place, {
    key: key.id,
    address: key.account,
    publicKey: key.publicKey,
    digest: permit.digest,
    unsigned: encode(permit.transaction),
  });
  await core.faults.at("gate:token-answered");
  if (answer.kind !== "signed") return unsigned(core, permit, key, answer);
  const signed = checkedTransaction(core, permit, key, answer);
  if (signed === undefined) {
    core.stop(`the token of ${key.id} answered with a signature that is not over our digest`);
    return refuse(
      core,
      permit.requestId,
      refusal("gate.wrong-signature", `the token of ${key.id} answered with a signature that is not over our digest`),
    );
  }
  const unheld = tooLate(core, permit.transaction.nonce);
  if (unheld !== undefined) return unheld;
  activateDue(core);
  const late = store(core, { request, permit, decided: asked }, signed);
  if (late !== undefined) return late;
  await core.journal.durable();
  await core.faults.at("gate:signature-stored");
  const after = standsBefore(core, request, permit);
  return after === undefined
    ? signedAnswer(permit, { raw: signed.raw, txHash: signed.hash })
    : refuse(core, permit.requestId, after);
}

/** Asks one place, once; a place that did not sign is passed over for a while where another one holds the key. */
async function lastWord(
  core: Core,
  place: KeyPlace,
  right: Parameters<typeof SigningPermit.issue>[0],
): Promise<BackendAnswer> {
  try {
    const answer = await place.backend.sign(SigningPermit.issue(right));
    if (answer.kind === "signed") core.places.signed(place);
    if (answer.kind === "unavailable" || (answer.kind === "busy" && !place.backend.health().ready))
      core.places.failed(place, core.now());
    return answer;
  } catch (error) {
    core.places.failed(place, core.now());
    throw error;
  }
}

/** One place lost of several is no news to whoever waits: the next call goes to another. */
function needsAfter(core: Core, key: ManagedKey, why: string): string {
  return core.places.isShared(key.id) ? (core.places.lack(key.id) ?? awaited(key)) : why;
}

/** A stop, another roster, all that stands in a request's way, a word of the witnesses that has grown old, and what the policy says of it now. */
function barsToken(core: Core, { request, permit, key, decided }: Omit<Asking, "place">): SignAnswer | undefined {
  const stands =
    stoppedMeanwhile(core) ?? changedMeanwhile(core, { request, permit, key }) ?? standsBefore(core, request, permit);
  if (stands !== undefined) return refuse(core, permit.requestId, stands);
  return outdated(core, permit.transaction.nonce) ?? decidedAnew(core, permit, decided);
}

export function lookNow(core: Core): Look {
  return { at: core.now(), ticks: core.ticks(), standing: core.standing() };
}

/** In the same second; while a clock that was put back stands still, the other one tells. */
function isOfNow(core: Core, { at, ticks, standing }: Look): boolean {
  return at === core.now() && core.ticks() - ticks < 1_000 && standing === core.standing();
}

/**
 * Undefined when the policy in force lets it be signed on what is known now, or did in the same second. Of what is out already there
 * is nothing left to hold back: any of its transactions may be mined, and a dearer one does nothing else.
 */
function decidedAnew(
  core: Core,
  { requestId, transaction, filler }: StoredPermit,
  last: Look | undefined,
): SignAnswer | undefined {
  if (filler || (last !== undefined && isOfNow(core, last))) return undefined;
  if (core.journal.permits(requestId).some(({ signed }) => signed !== undefined)) return undefined;
  const loaded = loadRequest(core, requestId);
  if (loaded.kind === "refused") return refuse(core, requestId, loaded.refusal);
  const { intent, policy } = loaded.request;
  const { decision } = judge(core, loaded.request, core.now());
  if (decision.verdict !== "allowed")
    return refuse(core, requestId, { code: decision.code, why: failing(decision) }, decision);
  const built = build(intent, policy.policy.token, transaction.nonce, transaction);
  return built.kind === "built" && digestOf(built.transaction) === digestOf(transaction)
    ? undefined
    : refuse(core, requestId, refusal("gate.document", "the policy in force would make another transaction of it"));
}

function stoppedMeanwhile(core: Core): Refusal | undefined {
  const stopped = core.stopped();
  return stopped === undefined ? undefined : refusal("gate.stopped", stopped);
}

function changedMeanwhile(
  core: Core,
  { request, permit, key }: Pick<Asking, "request" | "permit" | "key">,
): Refusal | undefined {
  const { account } = request.intent;
  const now = core.standing().roster.index.keyByAccount(account);
  if (now?.id !== key.id || now.publicKey !== key.publicKey)
    return refusal("gate.unknown-account", `${account} is no longer the managed key \`${key.id}\``);
  return permit.filler || verifiedAgain(core, request.stored, "Submission") !== undefined
    ? undefined
    : refusal("gate.unknown-request", "the submission does not verify under the roster in force");
}

/** Asked at the last moment, again before a signature is written, and once more before it is handed out. A filler touches no asset. */
function standsBefore(core: Core, request: Request, { filler }: StoredPermit): Refusal | undefined {
  return filler ? barsFiller(core, request) : standsInTheWay(core, request, core.now());
}

/** A token that is certain of its no leaves no doubt, unless an earlier asking left one. */
function unsigned(
  core: Core,
  permit: StoredPermit,
  key: ManagedKey,
  answer: Exclude<BackendAnswer, { kind: "signed" }>,
): SignAnswer {
  const { journal } = core;
  const isCertain = answer.kind === "busy" || answer.kind === "declined";
  const { declined, doubt } = permit;
  journal.transaction(() => {
    if (isCertain && !doubt) journal.markUnsigned(permit.digest);
    if (answer.kind === "declined" && declined === undefined) journal.markDeclined(permit.digest, answer.why);
  });
  return answer.kind === "declined" && !permit.filler
    ? refuse(core, permit.requestId, refusal("gate.declined", answer.why))
    : { kind: "signing", on: key.id, needs: needsAfter(core, key, answer.why) };
}

type SignedTransaction = ReturnType<typeof attach>;

/** Recovers over the digest as the journal has it; the backend's own check is not taken on its word. */
function checkedTransaction(
  core: Core,
  permit: StoredPermit,
  key: ManagedKey,
  answer: Extract<BackendAnswer, { kind: "signed" }>,
): SignedTransaction | undefined {
  const { r, s, yParity } = answer.signature;
  const bytes = concat(toBytes(r), toBytes(s), Uint8Array.of(27 + yParity));
  if (core.checks.recoverSecp256k1(toBytes(permit.digest), bytes) !== key.account) return undefined;
  return attach(permit.transaction, { r, s, yParity } satisfies TransactionSignature);
}

/**
 * Nothing of a signature is written that came after an end, a freeze, or something that the policy does not let pass: whoever reads the
 * log could send it. The permit stays in doubt; its digest may be signed again once nothing stands in the way any more.
 */
function store(
  core: Core,
  { request, permit, decided }: Using,
  { raw, hash, signature }: SignedTransaction,
): SignAnswer | undefined {
  const { journal } = core;
  return journal.transaction(() => {
    const stands = standsBefore(core, request, permit);
    if (stands !== undefined) return refuse(core, permit.requestId, stands);
    const undone = decidedAnew(core, permit, decided);
    if (undone !== undefined) return undone;
    const now = core.now();
    journal.append({
      kind: "signature",
      epoch: journal.epoch(),
      instant: now,
      requestId: permit.requestId,
      digest: permit.digest,
      ...signature,
      txHash: hash,
    });
    journal.storeSignature(permit.digest, { raw, txHash: hash });
    journal.advance(now);
    return undefined;
  });
}

export function signedAnswer(
  { digest, transaction }: StoredPermit,
  { raw, txHash }: { readonly raw: Hex; readonly txHash: Bytes32 },
): SignAnswer {
  return { kind: "signed", raw, txHash, nonce: transaction.nonce, digest };
}

export function refuse(core: Core, requestId: Bytes32, { code, why }: Refusal, decision?: Decision): SignAnswer {
  core.journal.recordRefusal({ verb: "sign", about: requestId, code, why, at: core.now() });
  return { kind: "refused", code, why, ...(decision === undefined ? {} : { decision }) };
}
