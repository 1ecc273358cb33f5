/** Intent to calldata and back, by the token's standard: the decoder is the exact inverse of the encoder and understands nothing else. */
import * as address from "../values/address.ts";
import * as amount from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as bytes32 from "../values/bytes32.ts";
import { keccak256, utf8 } from "../values/digest.ts";
import { InvariantViolation } from "../values/errors.ts";
import * as hex from "../values/hex.ts";
import * as instant from "../values/instant.ts";
import { claimIdOf } from "./claim.ts";
import type { FurtherArguments } from "./further-argument.ts";
import type { Intent } from "./intent.ts";
import { callKinds, signatureOf, type CallKind, type Signature, type Word } from "./signature.ts";
import { isOffered, type Standard } from "./standard.ts";

/** A call that the standard of the token knows, or `opaque`, which the policy denies. */
export type Call =
  | { readonly kind: "mint" | "transfer"; readonly to: address.Address; readonly amount: amount.Amount }
  /** Of what the sender holds. */
  | { readonly kind: "burn"; readonly amount: amount.Amount }
  /** By an agent of the token, of what `from` holds. */
  | { readonly kind: "agentBurn"; readonly from: address.Address; readonly amount: amount.Amount }
  | { readonly kind: "pause" | "unpause" }
  /** Of the minting role alone. */
  | { readonly kind: "grantRole" | "revokeRole"; readonly to: address.Address }
  /** Of everything the holder has. */
  | { readonly kind: "freeze" | "unfreeze"; readonly to: address.Address }
  | {
      readonly kind: "registerIdentity";
      readonly to: address.Address;
      readonly identity: address.Address;
      readonly country: number;
    }
  | {
      readonly kind: "forcedTransfer";
      readonly from: address.Address;
      readonly to: address.Address;
      readonly amount: amount.Amount;
    }
  | {
      readonly kind: "addClaim";
      readonly issuer: address.Address;
      readonly topic: amount.Amount;
      readonly claim: Bytes32;
      readonly signature: hex.Hex;
    }
  /** The claim by its name alone, which is a hash of issuer and topic. */
  | { readonly kind: "removeClaim"; readonly claimId: Bytes32 }
  /** Of both the unit is 10⁻¹⁸; the time is in seconds since 1970. */
  | ({ readonly kind: "raiseMultiplier" } & Raising)
  | { readonly kind: "opaque"; readonly why: string };

type Raising = {
  readonly newMultiplier: amount.Amount;
  readonly oldMultiplier: amount.Amount;
  readonly activationTime: instant.Instant;
};

export type KnownCall = Exclude<Call, { kind: "opaque" }>;
/** Every field that some call has. */
type Fields = {
  readonly kind: CallKind;
  readonly to?: address.Address | undefined;
  readonly from?: address.Address | undefined;
  readonly identity?: address.Address | undefined;
  readonly amount?: amount.Amount | undefined;
  readonly country?: number | undefined;
  readonly issuer?: address.Address | undefined;
  readonly topic?: amount.Amount | undefined;
  readonly claim?: Bytes32 | undefined;
  readonly claimId?: Bytes32 | undefined;
  readonly signature?: hex.Hex | undefined;
} & { readonly [name in keyof Raising]?: Raising[name] | undefined };

const largestCountry = 65_535n;

/** The call an intent stands for; redeem is a burn of what the account holds, distribute a mint. Undefined where the standard does not offer the operation. */
export function callOf(
  intent: Pick<Intent, "operation" | "account" | "to" | "amount"> & FurtherArguments,
  standard: Standard,
): KnownCall | undefined {
  const { operation, account, issuer, topic } = intent;
  if (!isOffered(standard, operation)) return undefined;
  const burns = operation === "burn" || operation === "redeem";
  const burn = signatureOf(standard, "burn") === undefined ? "agentBurn" : "burn";
  const kind: CallKind = burns ? burn : operation === "distribute" ? "mint" : operation;
  const claimId = issuer === undefined || topic === undefined ? undefined : claimIdOf(issuer, topic);
  const fields = { ...intent, kind, claimId, ...(burns ? { from: account } : {}) };
  return callFrom(fields, given(signatureOf(standard, kind)));
}

/** Of the standard's own signature; a call that the standard does not have is a bug of whoever asks. */
export function encode(call: KnownCall, standard: Standard): hex.Hex {
  const signature = given(signatureOf(standard, call.kind));
  return hex.parse(selector(signature) + signature.words.map((word) => writeWord(word, call)).join(""));
}

/** Which contract the call goes to. */
export function contractOf(call: KnownCall, standard: Standard): Signature["contract"] {
  return given(signatureOf(standard, call.kind)).contract;
}

/** Refuses trailing bytes, dirty padding and unknown selectors by answering `opaque`. */
export function decode(data: hex.Hex, standard: Standard): Call {
  const head = data.slice(0, 10);
  const meant = callKinds.flatMap((kind) => {
    const signature = signatureOf(standard, kind);
    return signature !== undefined && selector(signature) === head ? [{ kind, signature }] : [];
  });
  const [first] = meant;
  if (first === undefined) return { kind: "opaque", why: `unknown selector ${head}` };
  // Two calls of one signature differ in a word that is always the same: at most one of them is this one.
  const read = meant.map(({ kind, signature }) => readCall(kind, signature, data.slice(10)));
  return read.find((call) => call.kind !== "opaque") ?? read[0] ?? { kind: "opaque", why: `unknown selector ${head}` };
}

/** First four bytes of the Keccak-256 of the signature (Solidity ABI). */
function selector({ text }: Signature): string {
  return keccak256(utf8(text)).slice(0, 10);
}

function writeWord(word: Word, fields: Fields): string {
  if (typeof word === "object")
    return "always" in word
      ? padded(word.always.toString(16))
      : given(fields.signature)
          .slice(2)
          .padEnd(192, "0")
          .slice(word.signature * 64, word.signature * 64 + 64);
  const value = given(fields[word]);
  return padded(typeof value === "string" ? value.slice(2) : value.toString(16));
}

function padded(digits: string): string {
  return digits.padStart(64, "0");
}

function readCall(kind: CallKind, signature: Signature, data: string): Call {
  const { words } = signature;
  const opaque = (why: string): Call => ({ kind: "opaque", why: `${kind} ${why}` });
  if (data.length !== words.length * 64)
    return opaque(`takes ${String(words.length)} words, not ${String(data.length / 64)}`);
  let fields: Fields = { kind };
  let signed = "";
  for (const [index, word] of words.entries()) {
    const digits = data.slice(index * 64, index * 64 + 64);
    if (typeof word !== "object") {
      const field = readField(word, digits);
      if (field === undefined) return opaque(padding);
      fields = { ...fields, ...field };
    } else if (!("always" in word)) signed += digits;
    else if (BigInt(`0x${digits}`) !== word.always) return opaque(word.else);
  }
  if (/[^0]/.test(signed.slice(130))) return opaque(padding);
  if (kind === "raiseMultiplier" && !raises(fields)) return opaque("to no more than it is");
  return callFrom(signed === "" ? fields : { ...fields, signature: hex.parse(`0x${signed.slice(0, 130)}`) }, signature);
}

/** What takes from everybody who holds some is no yield, and from nothing no multiplier is raised. */
function raises({ newMultiplier = amount.zero, oldMultiplier = amount.zero }: Fields): boolean {
  return newMultiplier > oldMultiplier && oldMultiplier > amount.zero;
}

const padding = "with padding that is not zero";

/** Undefined for a word with more in it than its kind has room for. */
function readField(word: Extract<Word, string>, digits: string): Partial<Fields> | undefined {
  const value = BigInt(`0x${digits}`);
  switch (word) {
    case "amount":
    case "topic":
    case "newMultiplier":
    case "oldMultiplier":
      return { [word]: amount.fromBigInt(value) };
    case "claim":
    case "claimId":
      return { [word]: bytes32.parse(`0x${digits}`) };
    case "activationTime":
      return value > instant.last ? undefined : { [word]: instant.parse(Number(value)) };
    case "country":
      return value > largestCountry ? undefined : { country: Number(value) };
    default:
      return value >> 160n === 0n ? { [word]: address.parse(`0x${digits.slice(24)}`) } : undefined;
  }
}

/** A call has the fields that the words of its signature name, all of them and no other. */
function callFrom(fields: Fields, { words }: Signature): KnownCall {
  const names = new Set<string>(words.map((word) => (typeof word === "string" ? word : nameOf(word))).concat("kind"));
  const call = Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => names.has(name) && value !== undefined),
  );
  if (!isWhole(call, names)) throw new InvariantViolation("every word of a call has its field");
  return call;
}

/** What is always the same is said by the kind of the call. */
function nameOf(word: Extract<Word, object>): string {
  return "always" in word ? "kind" : "signature";
}

function isWhole(call: object, names: ReadonlySet<string>): call is KnownCall {
  return Object.keys(call).length === names.size;
}

/** What the table of signatures promises. */
function given<T>(value: T | undefined): T {
  if (value === undefined) throw new InvariantViolation("every word of a call has its field");
  return value;
}
