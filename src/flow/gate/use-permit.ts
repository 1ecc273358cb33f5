/** Step 9 of signing: asked once more, then one permit, one token, one checked answer. */
import { attach, encode, type TransactionSignature } from "../../chain/transaction.ts";
import { SigningPermit } from "../../gate/permit.ts";
import { refusal, type Refusal } from "../../gate/refusal.ts";
import type { SignAnswer } from "../../gate/wire.ts";
import type { Decision } from "../../policy/decision.ts";
import type { ManagedKey } from "../../roster/roster.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvariantViolation } from "../../values/errors.ts";
import { concat, toBytes, type Hex } from "../../values/hex.ts";
import type { BackendAnswer } from "./backend.port.ts";
import type { Core } from "./core.ts";
import { frozenKey } from "./fill.ts";
import type { KeyPlace } from "./key-places.ts";
import type { StoredPermit } from "./journal.port.ts";
import { outdated, tooLate } from "./missing-word.ts";
import { standsInTheWay, type Request } from "./request.ts";
import { verifiedAgain } from "./verified.ts";

/** Never waits for people or for a slow token. The newest permit of a request that still needs its signature. */
export async function usePermit(core: Core, request: Request, permit: StoredPermit): Promise<SignAnswer> {
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
  const work = askToken(core, { request, permit, key, place });
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

type Asking = {
  readonly request: Request;
  readonly permit: StoredPermit;
  readonly key: ManagedKey;
  readonly place: KeyPlace;
};

async function askToken(core: Core, { request, permit, key, place }: Asking): Promise<SignAnswer> {
  await core.faults.at("gate:permit-stored");
  const barred = barsToken(core, { request, permit, key });
  if (barred !== undefined) return barred;
  core.journal.markAsked(permit.digest);
  // All that this look saw, and that a token is asked, is on disk before the token hears of it; what came meanwhile is looked at again.
  await core.journal.durable();
  const meanwhile = barsToken(core, { request, permit, key });
  if (meanwhile !== undefined) {
    if (!permit.doubt) core.journal.markUnsigned(permit.digest);
    return meanwhile;
  }
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
  const late = store(core, request, permit, signed);
  if (late !== undefined) return refuse(core, permit.requestId, late);
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

/** A stop, another roster, all that stands in a request's way, and a word of the witnesses that has grown old. */
function barsToken(core: Core, { request, permit, key }: Omit<Asking, "place">): SignAnswer | undefined {
  const stands =
    stoppedMeanwhile(core) ?? changedMeanwhile(core, { request, permit, key }) ?? standsBefore(core, request, permit);
  return stands === undefined ? outdated(core, permit.transaction.nonce) : refuse(core, permit.requestId, stands);
}

function stoppedMeanwhile(core: Core): Refusal | undefined {
  const stopped = core.stopped();
  return stopped === undefined ? undefined : refusal("gate.stopped", stopped);
}

function changedMeanwhile(core: Core, { request, permit, key }: Omit<Asking, "place">): Refusal | undefined {
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
  return filler ? frozenKey(core, request) : standsInTheWay(core, request, core.now());
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
 * Nothing of a signature is written that came after an end or a freeze: whoever reads the log could send it. The permit stays in doubt;
 * after a freeze its digest may be signed again.
 */
function store(
  core: Core,
  request: Request,
  permit: StoredPermit,
  { raw, hash, signature }: SignedTransaction,
): Refusal | undefined {
  const { journal } = core;
  return journal.transaction(() => {
    const stands = standsBefore(core, request, permit);
    if (stands !== undefined) return stands;
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
