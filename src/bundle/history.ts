/** The documents in force at every leaf, followed from the genesis by signed changes. */
import { enact, isAgreed, readProposal, standingFromGenesis, type Proposal } from "../gate/change.ts";
import type { Standing } from "../gate/standing.ts";
import { checkGenesis } from "../genesis/check.ts";
import type { GenesisFile } from "../genesis/genesis.ts";
import type { Ballot } from "../policy/decide/quorum.ts";
import type { Holder } from "../roster/membership.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as duration from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical, hash, type Json } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import type { LeafOf } from "./bundle.ts";
import { repairsOf } from "./expected.ts";
import { finding, shown, type Finding } from "./finding.ts";
import { joinText } from "./path.ts";
import type { ChangeLeaf, Roles } from "./roles.ts";
import { checkSigned, messageField, type Clues, type Examiner, type Expected } from "./signer.ts";

/** Documents in force from a leaf on; `opened` is the leaf that says so. */
export type Era = {
  readonly opened: LeafOf<"genesis"> | LeafOf<"activation">;
  readonly standing: Standing;
  /** What came into force; undefined for the genesis. */
  readonly proposal: Proposal | undefined;
};

export type History = { readonly eras: readonly Era[] };

export type Followed =
  { readonly kind: "followed"; readonly history: History } | { readonly kind: "broken"; readonly finding: Finding };

export function eraAt({ eras }: History, position: number): Era | undefined {
  return eras.findLast((era) => era.opened.position <= position);
}

/**
 * The genesis that these libraries last found to hold. Every bundle of a deployment brings the whole of it with everybody's proof
 * of possession; `openBundle` answers the very same file where it is the same to the last character.
 */
const checkedBefore = new WeakMap<SignatureChecks, { readonly file: GenesisFile; readonly standing: Standing }>();

/** The genesis against the pinned hash, and everything it holds. */
export function openGenesis(leaf: LeafOf<"genesis">, pinned: Bytes32, checks: SignatureChecks): Followed {
  const field = `${leaf.field}.entry.file`;
  const before = checkedBefore.get(checks);
  const known = before?.file === leaf.entry.file ? before.standing : undefined;
  const own = known?.deploymentId ?? hash(leaf.entry.file.genesis);
  if (own !== pinned) return broken(field, `this genesis is ${own}, you asked for ${pinned}`);
  try {
    const standing = known ?? standingFromGenesis(checkGenesis(leaf.entry.file, checks));
    checkedBefore.set(checks, { file: leaf.entry.file, standing });
    return { kind: "followed", history: { eras: [{ opened: leaf, standing, proposal: undefined }] } };
  } catch (error) {
    if (error instanceof InvalidValue) return broken(joinText(field, placed(error.field)), error.message);
    throw error;
  }
}

/** Errors of a document name the document's own fields; the file holds it under `genesis`, `policies` or `possessions`. */
function placed(field: string): string {
  return /^(genesis|policies|possessions)\b/.test(field) ? field : "";
}

/** Every activation in the order of the log. */
export function followChanges(roles: Roles, genesis: History, examiner: Examiner): Followed {
  const eras = [...genesis.eras];
  for (const activation of roles.activations) {
    const last = eras.at(-1);
    if (last === undefined) return broken("leaves", "no genesis is in force");
    const step = activate({ roles, activation, standing: last.standing, examiner });
    if ("finding" in step) return { kind: "broken", finding: step.finding };
    eras.push(step.era);
  }
  return { kind: "followed", history: { eras } };
}

type Activating = {
  readonly roles: Roles;
  readonly activation: LeafOf<"activation">;
  readonly standing: Standing;
  readonly examiner: Examiner;
};

function activate(at: Activating): { readonly era: Era } | { readonly finding: Finding } {
  const { activation, standing, examiner } = at;
  const named = namedChanges(at);
  if ("finding" in named) return named;
  const signers: Ballot[] = [];
  for (const leaf of named.leaves) {
    const signed = checkSigned(leaf, standing, examiner, () => cluesOf(leaf, named.leaves, at.roles));
    if (signed.kind === "unsigned") return { finding: documentChanged(leaf, at.roles) ?? signed.finding };
    signers.push(ballotOf(signed.holder));
  }
  const [first] = named.leaves;
  if (first === undefined)
    return { finding: finding(`${activation.field}.entry.statements`, "nobody signed this change") };
  const { documentHash } = first.statement.message;
  const other = named.leaves.find((leaf) => leaf.statement.message.documentHash !== documentHash);
  if (other !== undefined)
    return { finding: finding(messageField(other, "documentHash"), "it is another document than the first signer's") };
  if (activation.entry.document !== documentHash) {
    return { finding: finding(`${activation.field}.entry.document`, `the signers signed ${documentHash}`) };
  }
  return enacted(at, first, signers, named.leaves);
}

function enacted(
  { activation, standing, examiner }: Activating,
  first: ChangeLeaf,
  signers: readonly Ballot[],
  leaves: readonly ChangeLeaf[],
): { readonly era: Era } | { readonly finding: Finding } {
  const read = readChange(standing, first, examiner.checks);
  if ("finding" in read) return read;
  const { proposal } = read;
  for (const leaf of leaves.filter((one) => attached(one) !== attached(first))) {
    const other = readChange(standing, leaf, examiner.checks);
    if ("finding" in other) return other;
  }
  if (!isAgreed(standing, proposal, signers)) {
    const why = "these people are not the quorum that governs this change";
    return { finding: finding(`${activation.field}.entry.statements`, why) };
  }
  const early = tooEarly(activation, proposal, completing(standing, proposal, leaves));
  if (early !== undefined) return { finding: early };
  return { era: { opened: activation, standing: enact(standing, proposal), proposal } };
}

function attached(leaf: ChangeLeaf): string {
  return canonical(leaf.entry.attachment ?? null);
}

function readChange(
  standing: Standing,
  leaf: ChangeLeaf,
  checks: SignatureChecks,
): { readonly proposal: Proposal } | { readonly finding: Finding } {
  try {
    return { proposal: readProposal(standing, leaf.statement, leaf.entry.attachment, checks) };
  } catch (error) {
    if (error instanceof InvalidValue) return { finding: finding(placeOf(leaf, error.field), error.message) };
    throw error;
  }
}

/** The statement with which the quorum was first complete: from there the delay counts. */
function completing(standing: Standing, proposal: Proposal, leaves: readonly ChangeLeaf[]): ChangeLeaf | undefined {
  const signers: Ballot[] = [];
  return [...leaves]
    .sort((a, b) => a.position - b.position)
    .find((leaf) => {
      const holder = standing.roster.index.credential(leaf.statement.credential);
      if (holder !== undefined) signers.push(ballotOf(holder));
      return isAgreed(standing, proposal, signers);
    });
}

function ballotOf({ member, credential }: Pick<Holder, "member" | "credential">): Ballot {
  return { person: member.id, credential: credential.id, credentialKind: credential.kind };
}

function tooEarly(
  activation: LeafOf<"activation">,
  { rule }: Proposal,
  last: ChangeLeaf | undefined,
): Finding | undefined {
  if (last === undefined) return undefined;
  const delay = rule.delay === undefined ? 0 : duration.parse(rule.delay);
  if (activation.entry.instant >= last.entry.instant + delay) return undefined;
  const [own, other] = [`${activation.field}.entry.instant`, `${last.field}.entry.instant`];
  return finding(own, `it came into force before its delay of ${delay} seconds was over`, [own, other]);
}

function namedChanges(at: Activating): { readonly leaves: readonly ChangeLeaf[] } | { readonly finding: Finding } {
  const { roles, activation } = at;
  const leaves: ChangeLeaf[] = [];
  for (const [position, named] of activation.entry.statements.entries()) {
    const leaf = roles.changes.find((one) => one.statement.hash === named && one.position < activation.position);
    const field = `${activation.field}.entry.statements[${position}]`;
    if (leaf === undefined) return unnamed(at, field);
    leaves.push(leaf);
  }
  return { leaves };
}

/** A statement that an activation should name and does not: either its words were changed, or the name of it. */
function unnamed({ roles, activation, standing, examiner }: Activating, field: string): { readonly finding: Finding } {
  const named = new Set(roles.activations.flatMap((one) => one.entry.statements));
  const orphans = roles.changes.filter(
    (leaf) => !named.has(leaf.statement.hash) && leaf.position < activation.position,
  );
  for (const leaf of orphans) {
    const signed = checkSigned(leaf, standing, examiner, () => cluesOf(leaf, roles.changes, roles));
    if (signed.kind === "unsigned") return { finding: signed.finding };
  }
  return { finding: finding(field, "no leaf of the bundle holds this statement") };
}

function cluesOf(leaf: ChangeLeaf, leaves: readonly ChangeLeaf[], roles: Roles): Clues {
  return { expected: expectedOf(leaf, leaves, roles), repairs: repairsOf(leaf, roles.all) };
}

/** What the document and the other signers of the same change say. */
function expectedOf(leaf: ChangeLeaf, leaves: readonly ChangeLeaf[], roles: Roles): Expected {
  const document = documentOf(leaf);
  const known = document === undefined ? undefined : hash(document);
  const peer = leaves.find((one) => one !== leaf && sameDocument(one, leaf))?.statement.message;
  const version = memberOf(document, "version");
  const anchored = known !== undefined && anchors(roles).has(known) ? known : undefined;
  return { ...peer, ...(version === undefined ? {} : { version }), documentHash: anchored ?? peer?.documentHash };
}

function sameDocument(one: ChangeLeaf, other: ChangeLeaf): boolean {
  const [a, b] = [documentOf(one), documentOf(other)];
  return a !== undefined && b !== undefined && hash(a) === hash(b);
}

/** When a document was changed and its hash recomputed, later documents and approvals still name the right hash. */
function documentChanged(leaf: ChangeLeaf, roles: Roles): Finding | undefined {
  const document = documentOf(leaf);
  if (document === undefined) return undefined;
  const own = hash(document);
  if (own !== leaf.statement.message.documentHash || anchors(roles).has(own)) return undefined;
  return finding(
    `${leaf.field}.entry.attachment.document`,
    `${shown(leaf.statement.credential)} did not sign this document`,
  );
}

/** Hashes that approvals name, and those that documents with such a hash name as their previous one. */
function anchors(roles: Roles): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { statement } of [...roles.approvals, ...roles.batchApprovals]) {
    found.add(statement.message.policyHash);
    found.add(statement.message.rosterHash);
  }
  const documents = roles.changes.flatMap((leaf) => documentOf(leaf) ?? []);
  for (const document of [...documents].reverse()) {
    const previous = memberOf(document, "previous");
    if (found.has(hash(document)) && typeof previous === "string") found.add(`0x${previous.replace(/^sha256:/, "")}`);
  }
  return found;
}

function documentOf(leaf: ChangeLeaf): Json | undefined {
  return memberOf(leaf.entry.attachment, "document");
}

function memberOf(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}

/** Where an error of the gate's own reading stands inside the leaf. */
function placeOf(leaf: ChangeLeaf, field: string): string {
  const entry = `${leaf.field}.entry`;
  if (field.startsWith("message")) return joinText(`${entry}.statement`, field);
  if (field.startsWith("attachment")) return joinText(entry, field);
  if (field.startsWith("possessions")) return joinText(`${entry}.attachment`, field);
  return joinText(`${entry}.attachment.document`, field);
}

function broken(field: string, why: string): Followed {
  return { kind: "broken", finding: finding(field, why) };
}
