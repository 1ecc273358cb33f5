/** The message of an approval, a rejection or a cancellation, made from a request that is believed in nothing that can be computed. */
import type { Intent } from "../intent/intent.ts";
import { sentence } from "../intent/words.ts";
import { intentOf } from "../gate/submission.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import type { Policy } from "../policy/policy.ts";
import type { PolicyView, RequestView, RosterView } from "../request/api.ts";
import type { Submission } from "../statement/message.ts";
import { readStatement } from "../statement/read.ts";
import * as bytes32 from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import * as instant from "../values/instant.ts";
import { hash, type Json } from "../values/json.ts";
import * as line from "../values/line.ts";
import type { WireMessage } from "./wire-message.ts";

export type Vote = {
  readonly policies: readonly PolicyView[];
  readonly roster: RosterView;
  readonly decision: "approve" | "reject";
  readonly reason: string;
  readonly expiresAt: number;
  /** 32 random bytes, new for every approval. */
  readonly approvalId: string;
};

/** What the server shows of a request, as far as an approver needs it. */
export type Shown = Pick<RequestView, "requestId" | "initiator" | "submission" | "words">;

/** What an approver is asked to agree to, in our own words. */
export type Checked = {
  readonly submission: Submission;
  readonly intent: Intent;
  readonly policy: Policy;
  /** The sentence we computed; the server said the same, or this would not exist. */
  readonly words: string;
};

/**
 * Recomputes every word and hash of a request. Throws `InvalidValue` with code `client.untrue` when the server says anything
 * else than we compute: then nobody signs.
 */
export function checkRequest(view: Shown, policies: readonly PolicyView[]): Checked {
  const submission = readSubmission(view);
  if (submission.requestId !== view.requestId) throw untrue("requestId", "the request has another id inside");
  const policy = policyOf(policies, submission);
  const { chain, decimals } = policy.token;
  if (submission.chainId !== chain) throw untrue("submission.chainId", `the policy is for chain ${chain}`);
  const intent = believed("submission", () => intentOf(submission, decimals));
  const words = sentence(intent, decimals);
  if (view.words !== words) throw untrue("words", `the server says \`${view.words}\`, the request says \`${words}\``);
  return { submission, intent, policy, words };
}

export function approvalMessage(view: Shown, vote: Vote): WireMessage<"Approval"> {
  const { submission } = checkRequest(view, vote.policies);
  const { requestId, operation, asset, chainId, account, to, amountText, details, intentHash } = submission;
  return {
    decision: vote.decision,
    requestId,
    operation,
    asset,
    chainId,
    account,
    to,
    amount: submission.amount.toString(),
    amountText,
    details,
    feeCeilingWei: submission.feeCeilingWei.toString(),
    intentHash,
    ...documentHashes(vote, asset),
    reason: line.parse(vote.reason),
    expiresAt: instant.parse(vote.expiresAt),
    approvalId: bytes32.parse(vote.approvalId),
  };
}

/** Of the documents that whoever votes looks at. */
export function documentHashes(
  { policies, roster }: Pick<Vote, "policies" | "roster">,
  asset: Submission["asset"],
): Pick<WireMessage<"Approval">, "policyHash" | "rosterHash"> {
  return { policyHash: hashOf("policy", viewOf(policies, { asset })), rosterHash: hashOf("roster", roster) };
}

export function cancellationMessage(
  view: Shown,
  policies: readonly PolicyView[],
  reason: string,
): WireMessage<"Cancellation"> {
  const { requestId, intentHash } = checkRequest(view, policies).submission;
  return { requestId, intentHash, reason: line.parse(reason) };
}

/** Stops the request when enough of the group object that the policy gives a veto. */
export function requestVetoMessage(view: Shown, policies: readonly PolicyView[], reason: string): WireMessage<"Veto"> {
  const { requestId, intentHash } = checkRequest(view, policies).submission;
  return { target: requestId, intentHash, reason: line.parse(reason) };
}

/** As the gate reads it: exactly the fields of a submission; nothing is recomputed. Throws `InvalidValue` `client.untrue`. */
export function readSubmission({ submission, initiator }: Pick<Shown, "submission" | "initiator">): Submission {
  const unsigned = {
    kind: "Submission",
    message: submission,
    credential: initiator,
    proof: { kind: "key", signature: "0x" },
  };
  const statement = believed("submission", () => readStatement(unsigned));
  if (statement.kind !== "Submission") throw untrue("submission", "not a submission");
  return statement.message;
}

function viewOf(policies: readonly PolicyView[], { asset }: Pick<Submission, "asset">): PolicyView {
  const found = policies.find((policy) => policy.asset === asset);
  if (found === undefined) throw untrue("policies", `no policy of \`${asset}\` is shown`);
  return found;
}

/** What a document that was shown came to: ten thousand requests are held against the same one. */
const compiled = new WeakMap<PolicyView, Policy>();

function policyOf(policies: readonly PolicyView[], submission: Submission): Policy {
  const view = viewOf(policies, submission);
  const policy = compiled.get(view) ?? policyIn(view, submission);
  compiled.set(view, policy);
  return policy;
}

function policyIn(view: PolicyView, submission: Submission): Policy {
  hashOf("policy", view);
  const policy = believed("policy", () => compile(readPolicyDocument(view.document)));
  if (policy.asset !== submission.asset) throw untrue("policy", `the policy shown is of \`${policy.asset}\``);
  return policy;
}

/** The hash that the document has, which must be the one the server gives it. */
function hashOf(what: string, { hash: claimed, document }: { hash: bytes32.Bytes32; document: Json }): bytes32.Bytes32 {
  const computed = hash(document);
  if (computed !== claimed) throw untrue(what, `the ${what} does not hash to \`${claimed}\``);
  return computed;
}

function believed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValue) throw untrue(what, error.message);
    throw error;
  }
}

function untrue(field: string, why: string): InvalidValue {
  return new InvalidValue("client.untrue", `nothing is signed: what the server shows is not so; ${why}`, field);
}
