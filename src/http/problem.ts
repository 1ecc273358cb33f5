/** What goes wrong, as RFC 9457 problems: one table from codes to statuses, kept equal to docs/problems.md by a test. */
import { proofCodes } from "../statement/verdict.ts";
import type { Problem } from "../request/api.ts";
import { Fault, InvalidValue } from "../values/errors.ts";

type Row = readonly [status: number, title: string];

/** Codes that have a status of their own. */
export const codes: Readonly<Record<string, Row>> = {
  "http.malformed": [400, "The body is not what this route takes"],
  "http.unknown-field": [400, "The body or the query has a field that this route does not know"],
  "http.malformed-path": [400, "The path is not understood"],
  "http.no-session": [401, "A session is needed"],
  "http.session-refused": [403, "The statement does not begin a session"],
  "http.challenge": [403, "The challenge is unknown, used or too old"],
  "http.origin": [403, "The statement was signed for another origin"],
  "http.not-for-you": [403, "This is for members of other groups"],
  "http.others-requests": [403, "An issuer reads their own requests only"],
  "http.not-found": [404, "There is nothing here"],
  "http.method": [405, "The path has other methods"],
  "http.timeout": [408, "The request took too long"],
  "http.body-too-large": [413, "The body is too long"],
  "http.content-type": [415, "A body is JSON, and not compressed"],
  "http.too-many-requests": [429, "Too many requests; wait a little"],
  "http.header-too-large": [431, "The headers are too long"],
  "http.broken": [500, "The service has a bug"],
  "http.too-many-sessions": [503, "Too many sessions begin at once"],
  "http.too-many-streams": [503, "Too many open event streams"],
  "statement.passkey-place": [403, "The passkey opens sessions only"],
  "statement.unknown-credential": [403, "The credential is not in the roster in force"],
  "statement.not-for-the-gate": [422, "Statements of this kind are not handed in by themselves"],
  ...Object.fromEntries(proofCodes.map((code) => [code, [403, "The credential did not sign this"] as const])),
  "submission.request-id-taken": [409, "The requestId belongs to another intent"],
  "distribution.part-taken": [409, "Another request is for this part of the distribution"],
  "distribution.not-permitted": [403, "No rule permits the person to ask for parts of a distribution"],
  "distribution.too-many": [409, "Too many distributions of the person are open with nothing paid of them"],
  "approval.service": [403, "A service approves nothing"],
  "approval.initiator": [403, "Who made a request does not decide on it"],
  "approval.no-seat": [403, "The person has no seat in any quorum of the asset"],
  "approval.id-used": [409, "The approvalId was used before"],
  "approval.rejected-before": [409, "The person rejected this request already"],
  "approval.too-many": [409, "The person signed this request, or batches with it, too often"],
  "batch.not-open": [409, "A request of the batch is over, or signed already"],
  "cancellation.not-initiator": [403, "Only who made a request takes it back"],
  "cancellation.signed": [409, "The transaction is signed already"],
  "cancellation.said-before": [409, "The person cancelled this request already"],
  "cancellation.final": [409, "The nonce of the request is used, finally"],
  "cancellation.released": [409, "What backs the redemption was released already"],
  "delivery.not-entitled": [403, "The person does not say what was delivered"],
  "delivery.not-released": [409, "Nothing was released for the request"],
  "delivery.said-before": [409, "The person said so already"],
  "delivery.closed": [409, "Enough people said so already"],
  "veto.not-entitled": [403, "The person has no veto"],
  "veto.said-before": [409, "The person vetoed this request already"],
  "veto.allocated": [409, "The request has its nonce already"],
  "freeze.not-entitled": [403, "The person may not freeze"],
  "freeze.known-id": [409, "The freezeId was used before"],
  "freeze.in-force": [409, "The person holds this freeze already"],
  "unfreeze.not-entitled": [403, "The person may not unfreeze"],
  "unfreeze.already-lifted": [409, "The freeze was lifted before"],
  "change.not-entitled": [403, "The person has no seat in the quorum that governs the change"],
  "change.ended": [409, "The document is in force, superseded or vetoed already"],
  "change.tests-fail": [422, "A test of the policy fails"],
  "change.claim-false": [422, "A claim of the policy is not true"],
  "change.cannot-decide": [422, "A claim of the policy cannot be decided"],
  "change.too-many-open": [409, "The person has too many open proposals"],
  "change.too-many": [409, "The person signed the document too often"],
  "attestation.not-an-attestor": [403, "The member is no attestor"],
  "attestation.conflict": [409, "Two attestations of one sequence or instant differ"],
  "attestation.lot-taken": [409, "A lot stands behind another asset"],
  "ceremony.not-entitled": [403, "The person holds no key ceremonies"],
  "ceremony.not-present": [403, "The record does not name the person"],
  "ceremony.signed-before": [409, "The person signed this record already"],
  "ceremony.too-many": [409, "The person signed too many ceremonies of this key"],
  "resumption.not-entitled": [403, "The person has no seat in the quorum that resumes"],
  "promotion.not-entitled": [403, "The person has no seat in the quorum that promotes"],
  "observation.not-an-observer": [403, "The member is no observer"],
};

/** All other codes of a stage. */
export const stages: Readonly<Record<string, Row>> = {
  json: [400, "The text is not the JSON we take"],
  value: [400, "A value is not in its one normal form"],
  statement: [400, "The statement is malformed"],
  requests: [400, "The filter is not understood"],
  intent: [422, "The intent is not one the house knows"],
  submission: [422, "The gate does not take this submission"],
  distribution: [422, "The gate does not take this part of a distribution"],
  approval: [422, "The approval does not bind this request"],
  batch: [422, "The requests of the batch are not what the statement says"],
  cancellation: [422, "The gate does not take this cancellation"],
  delivery: [422, "The gate does not take this delivery"],
  veto: [422, "The gate does not take this veto"],
  freeze: [422, "The gate does not take this freeze"],
  unfreeze: [422, "The gate does not take this unfreeze"],
  change: [422, "The document cannot follow what is in force"],
  policy: [422, "The policy document is refused"],
  roster: [422, "The roster is refused"],
  genesis: [422, "A proof of possession is missing or wrong"],
  attestation: [422, "The gate does not take this attestation"],
  observation: [422, "The gate does not take this observation"],
  ceremony: [422, "The gate does not take this key ceremony"],
  resumption: [422, "The gate does not take this resumption"],
  promotion: [422, "The gate does not take this promotion"],
  gate: [422, "The gate refuses"],
  log: [503, "The log as the service has it does not hold"],
};

const elsewhere: Row = [422, "Refused"];
const fault: Row = [503, "The service cannot answer at the moment"];
const broken: Row = codes["http.broken"] ?? fault;

/** What a code answers when it is the caller's to mend. */
export function rowOf(code: string): Row {
  return codes[code] ?? stages[code.slice(0, code.indexOf("."))] ?? elsewhere;
}

/** A refusal by code. */
export function refusalProblem(code: string, message: string, field: string): Problem {
  return problem(rowOf(code), { code, message, field });
}

/** Input answers 4xx, a world that does not answer 503, and a bug 500 without a word of detail. */
export function problemOf(error: unknown): Problem {
  if (error instanceof InvalidValue) return refusalProblem(error.code, error.message, error.field);
  if (error instanceof URIError)
    return refusalProblem("http.malformed-path", "the path is not percent-encoded UTF-8", "");
  if (error instanceof Fault) {
    const row = codes[error.code] ?? fault;
    return problem(row, { code: error.code, message: error.message, field: "" });
  }
  return problem(broken, { code: "http.broken", message: "the service has a bug; it is in its log", field: "" });
}

function problem(
  [status, title]: Row,
  { code, message, field }: { readonly code: string; readonly message: string; readonly field: string },
): Problem {
  return { type: `urn:countersign:problem:${code}`, title, status, detail: withoutBytes(message), code, field };
}

/** Hashes and addresses may be told; calldata, signatures and transactions may not. */
export function withoutBytes(text: string): string {
  return text.replace(/(?:0x)?[0-9a-fA-F]{65,}/g, "(bytes)");
}
