/** Which leaf of a bundle plays which part; every leaf has one, or it does not belong here. */
import type { Kind } from "../statement/message.ts";
import type { StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import {
  isOf,
  isStatementLeaf,
  type BatchPlace,
  type Bundle,
  type BundleLeaf,
  type LeafOf,
  type StatementLeaf,
} from "./bundle.ts";
import { finding, type Finding } from "./finding.ts";

export type Said<K extends Kind> = StatementLeaf & { readonly statement: StatementOf<K> };
export type AttestedLeaf = Said<"PriceAttestation"> | Said<"IdentityAttestation"> | Said<"DocumentAttestation">;
export type ChangeLeaf = Said<"PolicyChange"> | Said<"RosterChange">;

/** The list of the facts in which words of a kind stand. */
export const listOf = {
  PriceAttestation: "prices",
  IdentityAttestation: "identities",
  DocumentAttestation: "documents",
} as const;

export type Roles = {
  readonly all: readonly BundleLeaf[];
  readonly genesis: LeafOf<"genesis">;
  readonly changes: readonly ChangeLeaf[];
  readonly activations: readonly LeafOf<"activation">[];
  /** Of the gates that took over before the checkpoint, and who signed for them. */
  readonly promotions: readonly LeafOf<"promotion">[];
  readonly promoting: readonly Said<"GatePromotion">[];
  readonly submission: Said<"Submission">;
  readonly approvals: readonly Said<"Approval">[];
  /** Of batches that the request stands in. */
  readonly batchApprovals: readonly Said<"BatchApproval">[];
  /** Where it does. */
  readonly places: readonly BatchPlace[];
  /** Of the request; too few to stop it. */
  readonly vetoes: readonly Said<"Veto">[];
  readonly attestations: readonly Said<"ReserveAttestation">[];
  /** About prices, holders and documents. */
  readonly words: readonly AttestedLeaf[];
  /** Observations that the decision used. */
  readonly seen: readonly Said<"ChainObservation">[];
  /** Submissions of earlier requests that count in limits. */
  readonly spends: readonly Said<"Submission">[];
  /** The submission of another part, with which the document of the distribution came. */
  readonly brought: Said<"Submission"> | undefined;
  readonly allocation: LeafOf<"allocation">;
  readonly permits: readonly LeafOf<"permit">[];
  /** Of the nonce, after the request had ended. */
  readonly fillers: readonly LeafOf<"filler">[];
  readonly signatures: readonly LeafOf<"signature">[];
  readonly outcome: LeafOf<"outcome"> | undefined;
  /** Observations of what became of the transaction. */
  readonly seenAfter: readonly Said<"ChainObservation">[];
  /** The second leg of a redemption, and who said that it was delivered. */
  readonly release: LeafOf<"release"> | undefined;
  readonly deliveries: readonly Said<"Delivery">[];
  /** Of the request's quorum, by which a transaction that was signed was overruled. */
  readonly cancellations: readonly Said<"Cancellation">[];
};

/** How far the signing must have come: a permit may still wait for its signature, such as for a person at a device. */
export type Stage = "permitted" | "signed";

export type Cast =
  { readonly kind: "cast"; readonly roles: Roles } | { readonly kind: "miscast"; readonly finding: Finding };

export function castRoles(bundle: Bundle, stage: Stage = "signed"): Cast {
  const { leaves } = bundle;
  const [genesis] = leaves;
  if (genesis === undefined || !isOf(genesis, "genesis"))
    return miscast("leaves[0].entry", "the first leaf is the genesis");
  const stray = leaves.find((leaf) => !belongs(leaf) || (leaf !== genesis && isOf(leaf, "genesis")));
  if (stray !== undefined) return miscast(stray.field, "nothing in a bundle needs this leaf");
  const [allocation, second] = entriesOf(leaves, "allocation");
  if (allocation === undefined) return miscast("leaves", "no allocation is among the leaves");
  if (second !== undefined) return miscast(second.field, "one request has one allocation");
  const [outcome] = entriesOf(leaves, "outcome");
  const [release] = entriesOf(leaves, "release");
  const again = secondOf(leaves);
  if (again !== undefined) return again;
  const submissions = said(leaves, "Submission");
  const submission = ownSubmission(bundle, submissions, allocation);
  if (submission === undefined) return miscast("leaves", "the submission of the request is not among the leaves");
  const observations = said(leaves, "ChainObservation");
  const others = submissions.filter((leaf) => leaf !== submission);
  const brought = bringerOf(others, allocation);
  const roles = {
    all: leaves,
    genesis,
    changes: [...said(leaves, "PolicyChange"), ...said(leaves, "RosterChange")],
    activations: entriesOf(leaves, "activation"),
    promotions: entriesOf(leaves, "promotion"),
    promoting: said(leaves, "GatePromotion"),
    submission,
    approvals: said(leaves, "Approval"),
    batchApprovals: said(leaves, "BatchApproval"),
    places: bundle.batches,
    vetoes: said(leaves, "Veto"),
    attestations: said(leaves, "ReserveAttestation"),
    words: [
      ...said(leaves, "PriceAttestation"),
      ...said(leaves, "IdentityAttestation"),
      ...said(leaves, "DocumentAttestation"),
    ],
    seen: observations.filter((leaf) => leaf.position < allocation.position),
    spends: others.filter((leaf) => leaf !== brought),
    brought,
    allocation,
    permits: entriesOf(leaves, "permit"),
    fillers: entriesOf(leaves, "filler"),
    signatures: entriesOf(leaves, "signature"),
    outcome,
    seenAfter: observations.filter((leaf) => leaf.position > allocation.position),
    release,
    deliveries: said(leaves, "Delivery"),
    cancellations: said(leaves, "Cancellation"),
  };
  if (roles.permits.length === 0) return miscast("leaves", "no permit is among the leaves");
  if (stage === "signed" && roles.signatures.length === 0) return miscast("leaves", "no signature is among the leaves");
  return { kind: "cast", roles };
}

/** What a request has once. */
function secondOf(leaves: readonly BundleLeaf[]): Cast | undefined {
  const [, outcome] = entriesOf(leaves, "outcome");
  if (outcome !== undefined) return miscast(outcome.field, "one request has one outcome");
  const [, release] = entriesOf(leaves, "release");
  return release === undefined ? undefined : miscast(release.field, "one burn has one release");
}

type Own = "activation" | "promotion" | "allocation" | "permit" | "filler" | "signature" | "outcome" | "release";

export function entriesOf<K extends Own>(leaves: readonly BundleLeaf[], kind: K): readonly LeafOf<K>[] {
  return leaves.filter((leaf): leaf is LeafOf<K> & BundleLeaf => isOf(leaf, kind));
}

export function said<K extends Kind>(leaves: readonly BundleLeaf[], kind: K): readonly Said<K>[] {
  return leaves.filter((leaf): leaf is Said<K> => isStatementLeaf(leaf) && leaf.statement.kind === kind);
}

const statementKinds: ReadonlySet<Kind> = new Set<Kind>([
  "Submission",
  "Approval",
  "BatchApproval",
  "Veto",
  "PolicyChange",
  "RosterChange",
  "ReserveAttestation",
  "ChainObservation",
  "PriceAttestation",
  "IdentityAttestation",
  "DocumentAttestation",
  "Delivery",
  "GatePromotion",
  "Cancellation",
]);

function belongs(leaf: BundleLeaf): boolean {
  return !isStatementLeaf(leaf) || statementKinds.has(leaf.statement.kind);
}

/** By the request id that most leaves name; when its own id was changed, the one that no earlier use of a limit accounts for. */
function ownSubmission(
  bundle: Bundle,
  submissions: readonly Said<"Submission">[],
  allocation: LeafOf<"allocation">,
): Said<"Submission"> | undefined {
  const id = namedMost([
    bundle.requestId,
    allocation.entry.requestId,
    ...said(bundle.leaves, "Approval").map((leaf) => leaf.statement.message.requestId),
    ...entriesOf(bundle.leaves, "permit").map((leaf) => leaf.entry.requestId),
  ]);
  const counted = new Set((allocation.entry.facts.spends ?? []).map((spend) => spend.requestId));
  return (
    submissions.find((leaf) => leaf.statement.message.requestId === id) ??
    submissions.find((leaf) => leaf.statement.hash === allocation.entry.submission) ??
    submissions.find((leaf) => !counted.has(leaf.statement.message.requestId))
  );
}

function bringerOf(
  others: readonly Said<"Submission">[],
  { entry: { facts } }: LeafOf<"allocation">,
): Said<"Submission"> | undefined {
  return others.find(({ statement }) => statement.hash === facts.distribution?.statement);
}

function namedMost(ids: readonly Bytes32[]): Bytes32 | undefined {
  const count = (id: Bytes32): number => ids.filter((one) => one === id).length;
  return [...ids].sort((a, b) => count(b) - count(a))[0];
}

function miscast(field: string, why: string): Cast {
  return { kind: "miscast", finding: finding(field, why) };
}

/** Where the last of the cancellations stands that a filler names: from there on the request is cancelled, whoever leaves the roster since. */
export function completedAt(
  { entry, position }: LeafOf<"filler">,
  { cancellations }: Pick<Roles, "cancellations">,
): number {
  const named = cancellations.filter(({ statement }) => entry.statements.includes(statement.hash));
  return named.length === 0 ? position : Math.max(...named.map((leaf) => leaf.position));
}
