/** Permits, fillers and signatures against the intent, the allocated nonce and the pinned key. */
import { attach, digest as digestOf } from "../chain/transaction.ts";
import { buildFiller } from "../gate/filler.ts";
import { build, notDearer, wrongReplacement, type Built } from "../gate/transaction.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { concat, toBytes } from "../values/hex.ts";
import { toWire } from "../values/wire.ts";
import type { LeafOf } from "./bundle.ts";
import { differs, finding, shown, type Finding } from "./finding.ts";
import { eraAt } from "./history.ts";
import type { Matter } from "./matter.ts";
import { firstDifference } from "./path.ts";

type Permit = LeafOf<"permit"> | LeafOf<"filler">;
type Signature = LeafOf<"signature">;

export function checkSigning(matter: Matter): readonly Finding[] {
  const { signatures, submission } = matter.roles;
  const { requestId } = submission.statement.message;
  const permits = permitsOf(matter);
  const pairs = pairUp(permits, signatures);
  const built = [
    ...[...permits, ...signatures].flatMap((leaf) =>
      differs(`${leaf.field}.entry.requestId`, leaf.entry.requestId, requestId, "the submission"),
    ),
    ...permits.flatMap((permit) => checkPermit(matter, permit, pairs)),
  ];
  // What cannot be built has no digest to compare.
  if (built.length > 0) return built;
  return [
    ...pairs.flatMap((pair) => checkPair(matter, pair)),
    ...signatures.filter((one) => !pairs.some(({ signature }) => signature === one)).map(withoutPermit),
    ...permits.filter((one) => !pairs.some(({ permit }) => permit === one)).flatMap(checkWaiting),
    ...checkReplacements(permits, pairs),
  ];
}

/** In the order of the log. */
function permitsOf({ roles }: Matter): readonly Permit[] {
  return [...roles.permits, ...roles.fillers].sort((one, other) => one.position - other.position);
}

/**
 * A later permit replaces one that was signed, and is dearer; only the newest may still wait for its signature. A filler beside a
 * transaction that was signed is dearer too, and is judged apart; nothing of the request comes after one.
 */
function checkReplacements(permits: readonly Permit[], pairs: readonly Pair[]): readonly Finding[] {
  return permits.slice(1).flatMap((next, position) => {
    const last = permits[position];
    if (last === undefined) return [];
    const isSigned = pairs.some(({ permit }) => permit === last);
    if (last.entry.kind === "filler" && next.entry.kind === "permit")
      return [finding(next.field, "its nonce was closed by a filler before")];
    const closes = last.entry.kind !== next.entry.kind;
    if (closes && !isSigned) return [];
    if (!isSigned) return [finding(last.field, "it was replaced, and its signature is not in the bundle")];
    const { transaction: before } = last.entry;
    const wrong = closes
      ? notDearer(before, next.entry.transaction)
      : wrongReplacement(ordinalOf(permits, next), before, next.entry.transaction);
    return wrong === undefined ? [] : [finding(`${next.field}.entry.transaction.maxFeePerGas`, wrong.why)];
  });
}

/** The how manieth of its kind. */
function ordinalOf(permits: readonly Permit[], one: Permit): number {
  return permits.filter(({ entry, position }) => entry.kind === one.entry.kind && position <= one.position).length;
}

type Pair = { readonly permit: Permit; readonly signature: Signature };

/** By digest; what is left over is paired in the order of the log, since one of the two may have been changed. */
function pairUp(permits: readonly Permit[], signatures: readonly Signature[]): readonly Pair[] {
  const exact = signatures.flatMap((signature) => {
    const permit = permits.find((one) => one.entry.digest === signature.entry.digest);
    return permit === undefined ? [] : [{ permit, signature }];
  });
  const alone = permits.filter((one) => !exact.some(({ permit }) => permit === one));
  const unpaired = signatures.filter((one) => !exact.some(({ signature }) => signature === one));
  const guessed = unpaired.flatMap((signature) => {
    const permit = alone.findLast((one) => one.position < signature.position);
    return permit === undefined ? [] : [{ permit, signature }];
  });
  return [...exact, ...guessed];
}

function withoutPermit(signature: Signature): Finding {
  return finding(`${signature.field}.entry.digest`, "no permit of the bundle is for this digest");
}

/** What nobody signed yet is known by its digest alone. */
function checkWaiting({ field, entry }: Permit): readonly Finding[] {
  return differs(`${field}.entry.digest`, entry.digest, digestOf(entry.transaction), "the transaction");
}

/** The transaction is built again from the intent; only gas and fees are its own. */
function checkPermit(matter: Matter, permit: Permit, pairs: readonly Pair[]): readonly Finding[] {
  const { roles } = matter;
  const { entry } = permit;
  const field = `${permit.field}.entry.transaction`;
  const { allocation } = roles;
  const named = differs(`${permit.field}.entry.key`, entry.key, keyAt(matter, permit), "the roster");
  const built = rebuilt(matter, permit);
  if (built.kind === "refused") {
    const fees = [`${field}.gasLimit`, `${field}.maxFeePerGas`, `${field}.maxPriorityFeePerGas`] as const;
    const { code, why } = built.refusal;
    return [...named, code === "gate.gas-limit" ? finding(fees[0], why) : finding(fees[1], why, fees)];
  }
  const place = firstDifference(toWire(entry.transaction), built.transaction, field);
  if (place === undefined) return named;
  const pair = pairs.find((one) => one.permit === permit);
  const genuine = pair !== undefined && isSignedBy(matter, digestOf(entry.transaction), pair.signature);
  if (place === `${field}.nonce` && genuine) {
    return [...named, finding(`${allocation.field}.entry.nonce`, `the key signed nonce ${entry.transaction.nonce}`)];
  }
  return [...named, finding(place, "the intent and the allocated nonce make another transaction")];
}

/** What the roster called the account when the permit was written. */
function keyAt({ history, key }: Matter, { position }: Permit): string {
  return eraAt(history, position)?.standing.roster.index.keyByAccount(key.account)?.id ?? key.id;
}

function rebuilt({ intent, policy, roles }: Matter, { entry }: Permit): Built {
  const { nonce } = roles.allocation.entry;
  return entry.kind === "filler"
    ? buildFiller(intent, nonce, entry.transaction)
    : build(intent, policy.policy.token, nonce, entry.transaction);
}

function checkPair(matter: Matter, { permit, signature }: Pair): readonly Finding[] {
  const digest = digestOf(permit.entry.transaction);
  const [given, signed] = [`${permit.field}.entry`, `${signature.field}.entry`];
  if (isSignedBy(matter, digest, signature)) {
    const { r, s, yParity } = signature.entry;
    const { hash } = attach(permit.entry.transaction, { r, s, yParity });
    return [
      ...differs(`${given}.digest`, permit.entry.digest, digest, "the transaction"),
      ...differs(`${signed}.digest`, signature.entry.digest, digest, "the transaction"),
      ...differs(`${signed}.txHash`, signature.entry.txHash, hash, "the signed transaction"),
    ];
  }
  const why = `the key ${shown(matter.key.id)} did not sign this transaction`;
  const { yParity } = signature.entry;
  if (isSignedBy(matter, digest, signature, yParity === 0 ? 1 : 0)) return [finding(`${signed}.yParity`, why)];
  const repaired = otherFee(matter, permit, signature);
  if (repaired !== undefined) return [finding(`${given}.transaction.${repaired}`, why)];
  const fees = feeNames.map((name) => `${given}.transaction.${name}`);
  if (permit.entry.digest !== digest && isSignedBy(matter, permit.entry.digest, signature)) {
    return [finding(`${given}.transaction.gasLimit`, why, fees)];
  }
  return [finding(`${signed}.r`, why, [`${signed}.r`, `${signed}.s`, ...fees])];
}

const feeNames = ["gasLimit", "maxFeePerGas", "maxPriorityFeePerGas"] as const;

/** The fee that, with the value it has in another permit of the request, makes the signature hold. */
function otherFee(matter: Matter, permit: Permit, signature: Signature): (typeof feeNames)[number] | undefined {
  const { transaction } = permit.entry;
  return feeNames.find((name) =>
    permitsOf(matter).some(({ entry }) => {
      const other = { ...transaction, [name]: entry.transaction[name] };
      const sound = other.maxPriorityFeePerGas <= other.maxFeePerGas;
      return sound && isSignedBy(matter, digestOf(other), signature);
    }),
  );
}

/** Low-S is part of what the check asks. */
function isSignedBy(matter: Matter, digest: Bytes32, { entry }: Signature, yParity: 0 | 1 = entry.yParity): boolean {
  const bytes = concat(toBytes(entry.r), toBytes(entry.s), Uint8Array.of(27 + yParity));
  return matter.checks.recoverSecp256k1(toBytes(digest), bytes) === matter.key.account;
}
