/** The verifier of bundles in Node: native signature checks, and independent JavaScript ones as a second opinion. */
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { nobleChecks } from "../adapters/crypto-noble/checks.ts";
import { recoverSecond } from "../adapters/crypto-second/checks.ts";
import { readReview, reviewFormat, type Review } from "../bundle/review.ts";
import { showBundle, type ShownBundle } from "../bundle/shown.ts";
import { strictly } from "../bundle/strict-text.ts";
import { verifyBundle, type Verdict } from "../bundle/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { hash, type Json } from "../values/json.ts";

type Wrong = Extract<Verdict, { kind: "wrong" }>;

/** Total: text that is no strict JSON is `wrong` too. */
export function verifyBundleText(text: string, genesisHash: Bytes32): Verdict {
  return strictly(text, (json) => verifyBundle(json, genesisHash, nativeChecks(), second()));
}

/** What a device shows of what a file holds. */
export type Digested =
  /** `name` is SHA-256 of the canonical form: the bundle's one name, however it is indented. */
  | { readonly kind: "bundle"; readonly name: Bytes32; readonly shown: ShownBundle }
  | { readonly kind: "review"; readonly review: Review };

/** Of a bundle whose signature may still be missing, or of a statement that is not signed yet. Total. */
export function digestText(text: string, genesisHash: Bytes32 | undefined): Digested | Wrong {
  return strictly(text, (json) => (isReview(json) ? digestReview(json, genesisHash) : digestBundle(json, genesisHash)));
}

function digestReview(json: Json, genesisHash: Bytes32 | undefined): Digested | Wrong {
  const review = readReview(json);
  if (genesisHash === undefined || review.deployment === genesisHash) return { kind: "review", review };
  return { kind: "wrong", field: "deployment", why: `it is of ${review.deployment}, you asked for ${genesisHash}` };
}

function digestBundle(json: Json, genesisHash: Bytes32 | undefined): Digested | Wrong {
  const first = showBundle(json, genesisHash, nativeChecks());
  if (first.kind === "wrong") return first;
  const again = showBundle(json, genesisHash, second());
  return again.kind === "wrong" ? again : { kind: "bundle", name: hash(json), shown: first.shown };
}

function isReview(json: Json): boolean {
  return typeof json === "object" && json !== null && "format" in json && json["format"] === reviewFormat;
}

function second(): typeof nobleChecks {
  return { ...nobleChecks, recoverSecp256k1: recoverSecond };
}
