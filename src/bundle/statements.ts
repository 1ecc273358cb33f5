/** Every statement of a bundle against the roster in force when it counted. */
import { isLeg } from "../gate/batch.ts";
import { outdated, unbound } from "../gate/binding.ts";
import type { Standing } from "../gate/standing.ts";
import type { Holder } from "../roster/membership.ts";
import type { Submission } from "../statement/message.ts";
import type { BatchPlace, StatementLeaf } from "./bundle.ts";
import * as expected from "./expected.ts";
import { differs, finding, type Finding } from "./finding.ts";
import { eraAt, type History } from "./history.ts";
import { join, joinText } from "./path.ts";
import { completedAt, type Roles, type Said } from "./roles.ts";
import { checkSigned, type Examiner, type Expected } from "./signer.ts";

/** Who signed which leaf, by position. */
export type Signers = ReadonlyMap<number, Holder>;

export type Attributed =
  | { readonly kind: "attributed"; readonly signers: Signers }
  | { readonly kind: "forged"; readonly findings: readonly Finding[] };

type Claim = { readonly leaf: StatementLeaf; readonly at: number; readonly expected: () => Expected };

/** The gate verifies what it counts again when it counts it, so that is the roster that matters. */
export function attribute(roles: Roles, history: History, examiner: Examiner): Attributed {
  const signers = new Map<number, Holder>();
  const findings: Finding[] = [];
  for (const { leaf, at, expected: wanted } of claims(roles, history)) {
    const era = eraAt(history, at);
    if (era === undefined) continue;
    const signed = checkSigned(leaf, era.standing, examiner, () => ({
      expected: wanted(),
      repairs: expected.repairsOf(leaf, roles.all),
    }));
    if (signed.kind === "signed") signers.set(leaf.position, signed.holder);
    else findings.push(signed.finding);
  }
  return findings.length === 0 ? { kind: "attributed", signers } : { kind: "forged", findings };
}

function claims(roles: Roles, history: History): readonly Claim[] {
  const {
    submission,
    approvals,
    batchApprovals,
    vetoes,
    attestations,
    words,
    seen,
    spends,
    seenAfter,
    allocation,
    outcome,
  } = roles;
  const { deliveries, cancellations, brought } = roles;
  const counted = allocation.position;
  const settled = outcome?.position ?? Number.MAX_SAFE_INTEGER;
  const standing = eraAt(history, counted)?.standing;
  const under = (wanted: (at: NonNullable<typeof standing>) => Expected) => (): Expected =>
    standing === undefined ? {} : wanted(standing);
  return [
    { leaf: submission, at: counted, expected: () => expected.ofSubmission(roles) },
    ...approvals.map((leaf) => ({
      leaf,
      at: counted,
      expected: under((now) => expected.ofApproval(leaf, roles, now)),
    })),
    ...batchApprovals.map((leaf) => ({
      leaf,
      at: counted,
      expected: under((now) => expected.ofBatchApproval(leaf, roles, now)),
    })),
    ...vetoes.map((leaf) => ({ leaf, at: counted, expected: () => expected.ofVeto(roles) })),
    ...attestations.map((leaf) => ({
      leaf,
      at: counted,
      expected: under((now) => expected.ofAttestation(leaf, roles, now)),
    })),
    ...words.map((leaf) => ({ leaf, at: counted, expected: () => expected.ofWord(leaf, roles) })),
    ...seen.map((leaf) => ({ leaf, at: counted, expected: () => expected.ofObservation(leaf, roles) })),
    ...spends.map((leaf) => ({ leaf, at: leaf.position, expected: () => expected.ofSpend(leaf, roles) })),
    ...(brought === undefined ? [] : [{ leaf: brought, at: brought.position, expected: () => ({}) }]),
    ...deliveries.map((leaf) => ({ leaf, at: leaf.position, expected: () => expected.ofDelivery(roles) })),
    ...cancellations.map((leaf) => ({
      leaf,
      at: countedAt(leaf, roles),
      expected: () => expected.ofCancellation(roles),
    })),
    ...seenAfter.map((leaf) => ({ leaf, at: settled, expected: () => expected.ofOutcomeObservation(leaf, roles) })),
  ];
}

/** When the seats were filled, by the first filler that names it; what none names is refused anyway. */
function countedAt(leaf: Said<"Cancellation">, roles: Roles): number {
  const filler = roles.fillers.find(({ entry }) => entry.statements.includes(leaf.statement.hash));
  return filler === undefined ? leaf.position : completedAt(filler, roles);
}

/** What the gate demands of an approval, and of a veto, beyond its signature. */
export function checkBinding(roles: Roles, history: History, signers: Signers): readonly Finding[] {
  const standing = eraAt(history, roles.allocation.position)?.standing;
  if (standing === undefined) return [];
  const { message } = roles.submission.statement;
  const vetoes = roles.vetoes.flatMap((leaf) => checkVeto(leaf, message, signers));
  return [...approvalFindings(roles, standing, signers), ...batchFindings(roles, standing, signers), ...vetoes];
}

/** It is of this request, and of a person. */
function checkVeto(leaf: Said<"Veto">, { requestId, intentHash }: Submission, signers: Signers): readonly Finding[] {
  const { message } = leaf.statement;
  const said = `${leaf.field}.entry.statement`;
  if (signers.get(leaf.position)?.service === true) return [finding(`${said}.credential`, "a service has no veto")];
  return [
    ...differs(`${said}.message.target`, message.target, requestId, "the request"),
    ...differs(`${said}.message.intentHash`, message.intentHash, intentHash, "the request"),
  ];
}

function approvalFindings(roles: Roles, standing: Standing, signers: Signers): readonly Finding[] {
  const { message } = roles.submission.statement;
  return roles.approvals.flatMap((leaf) => {
    const holder = signers.get(leaf.position);
    const said = `${leaf.field}.entry.statement.message`;
    if (holder === undefined) return [];
    if (holder.service) return [finding(`${leaf.field}.entry.statement.credential`, "a service has no vote")];
    if (leaf.statement.message.decision !== "approve") return [finding(`${said}.decision`, "this is a rejection")];
    const wrong = unbound(leaf.statement.message, message, holder.member.id, standing);
    return wrong === undefined ? [] : [finding(joinText(said, wrong.code.replace(/^approval\./, "")), wrong.why)];
  });
}

/** What the gate demands of an approval of many, and that this request is one of them. */
function batchFindings(roles: Roles, standing: Standing, signers: Signers): readonly Finding[] {
  const request = roles.submission.statement.message;
  const misplaced = roles.places.flatMap((place, position) => misplacedIn(roles, place, join("batches", position)));
  return [
    ...misplaced,
    ...roles.batchApprovals.flatMap((leaf) => batchFinding(leaf, { roles, standing, signers }, request)),
  ];
}

/** Each root once, and only one that somebody signed. */
function misplacedIn({ places, batchApprovals }: Roles, place: BatchPlace, field: string): readonly Finding[] {
  if (places.find(({ merkleRoot }) => merkleRoot === place.merkleRoot) !== place)
    return [finding(`${field}.merkleRoot`, "one batch has one place for the request")];
  const isSigned = batchApprovals.some(({ statement }) => statement.message.merkleRoot === place.merkleRoot);
  return isSigned ? [] : [finding(`${field}.merkleRoot`, "nobody signed a batch with this root")];
}

function batchFinding(
  leaf: Said<"BatchApproval">,
  { roles, standing, signers }: { readonly roles: Roles; readonly standing: Standing; readonly signers: Signers },
  request: Submission,
): readonly Finding[] {
  const holder = signers.get(leaf.position);
  const { message } = leaf.statement;
  const said = `${leaf.field}.entry.statement.message`;
  if (holder === undefined) return [];
  if (holder.service) return [finding(`${leaf.field}.entry.statement.credential`, "a service has no vote")];
  if (message.decision !== "approve") return [finding(`${said}.decision`, "this is a rejection")];
  for (const name of ["operation", "asset", "chainId"] as const)
    if (message[name] !== request[name]) return differs(`${said}.${name}`, message[name], request[name], "the request");
  if (request.amount > message.largest) return [finding(`${said}.largest`, "the request is larger than this")];
  if (message.largest > message.total) return [finding(`${said}.total`, "the largest of them is more than this")];
  const position = roles.places.findIndex(({ merkleRoot }) => merkleRoot === message.merkleRoot);
  const place = roles.places[position];
  if (place === undefined) return [finding("batches", "nothing shows that the request stands in this batch")];
  if (!isLeg(request, message, place))
    return [finding(join("batches", position), "the request does not stand here under the root that was signed")];
  const wrong = outdated(message, holder.member.id, standing);
  return wrong === undefined ? [] : [finding(joinText(said, wrong.code.replace(/^approval\./, "")), wrong.why)];
}
