/** Makes the bundle of a request: picks the leaves a verifier needs and proves each under one checkpoint. */
import { BatchTree } from "../gate/batch.ts";
import { parse as parseCheckpoint } from "../log/checkpoint.ts";
import { entrySchema, type Receipt } from "../log/entry.ts";
import { inclusionProof, type ReadNode } from "../log/merkle.ts";
import * as bytes32 from "../values/bytes32.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { hash, type Json } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";
import type { EntryOf, BundleFile } from "./bundle.ts";
import { format } from "./bundle.ts";
import { namedInFacts } from "./named.ts";
import type { Stage } from "./roles.ts";

/** A leaf of the log as `decodeLeaf` gives it. */
export type LogLeaf = { readonly index: number; readonly entry: Json };

/** Submissions of earlier requests that are shown as signed; the others are vouched for by the journal alone. */
const maxSpends = 200;

/**
 * The leaves a bundle of this request is made of, in the order of the log. `leaves` is the log, or any part of it that holds the
 * genesis, every activation, promotion and change statement, everything about the request, the statements its allocation and outcome
 * name, and the leaves that brought the batches it was counted in. Throws `InvalidValue` with code `bundle.not-signed` before there is a signature (with `permitted`, a permit),
 * `bundle.missing-leaf` when the part is too small.
 */
export function selectLeaves(
  requestId: Bytes32,
  leaves: Iterable<LogLeaf>,
  stage: Stage = "signed",
): readonly LogLeaf[] {
  const log = [...leaves].sort((a, b) => a.index - b.index).map((leaf) => ({ ...leaf, statement: hashOf(leaf) }));
  const mine = log.flatMap((leaf) => own(leaf, requestId));
  const allocation = mine.map(({ entry }) => entry).find((entry) => entry.kind === "allocation");
  const outcome = mine.map(({ entry }) => entry).find((entry) => entry.kind === "outcome");
  if (allocation?.kind !== "allocation" || !mine.some(({ entry }) => entry.kind === lastOf[stage])) {
    throw new InvalidValue("bundle.not-signed", `nothing was signed for request ${requestId} yet`);
  }
  const promotions = log.flatMap((leaf) => (isPromotion(leaf) ? [readEntry(leaf.entry)] : []));
  const until = Math.max(...mine.map(({ leaf }) => leaf.index), ...log.filter(isPromotion).map(({ index }) => index));
  const changes = changesOf(log, assetOf(log, allocation), until);
  const seen = outcome?.kind === "outcome" ? outcome.statements : [];
  const wanted = new Set<string>([
    ...wantedBy(allocation),
    ...seen,
    ...overruledBy(mine),
    ...changes.statements,
    ...promotions.flatMap(promotedBy),
  ]);
  const spends = spendsOf(allocation);
  const chosen = new Set<number>([...mine.map(({ leaf }) => leaf.index), ...changes.activations]);
  const firsts = new Map(log.toReversed().map(({ statement = "", index }) => [statement, index]));
  for (const statement of wanted) {
    const index = firsts.get(statement);
    if (index === undefined) throw new InvalidValue("bundle.missing-leaf", `statement ${statement} has no leaf here`);
    chosen.add(index);
  }
  for (const leaf of log) if (isAlwaysShown(leaf) || isSubmissionOf(leaf, spends)) chosen.add(leaf.index);
  return log.filter(({ index }) => chosen.has(index)).map(({ index, entry }) => ({ index, entry }));
}

export type Assembly = {
  readonly requestId: Bytes32;
  /** As for `selectLeaves`. */
  readonly leaves: Iterable<LogLeaf>;
  /** Of a tree of at least the checkpoint's size. */
  readonly readNode: ReadNode;
  /** Text of the gate's newest checkpoint. */
  readonly checkpoint: string;
  readonly receipts?: readonly Receipt[];
  readonly stage?: Stage;
};

/** Pure. Throws as `selectLeaves` does; `bundle.missing-leaf` too when the checkpoint is older than a leaf it must cover. */
export function assembleBundle({
  requestId,
  leaves,
  readNode,
  checkpoint,
  receipts = [],
  stage,
}: Assembly): BundleFile {
  const { size } = parseCheckpoint(checkpoint).checkpoint;
  const log = [...withinSize(leaves, size)];
  const chosen = selectLeaves(requestId, log, stage);
  const engine = chosen.map(({ entry }) => field(entry, "engine")).find((name) => typeof name === "string");
  const named = new Set(chosen.map((leaf) => hashOf(leaf)));
  const kept = receipts.filter((receipt) => named.has(receipt.statementHash));
  return {
    format,
    engine: engine ?? "",
    requestId,
    leaves: chosen.map(({ index, entry }) => ({ index, entry, proof: inclusionProof(index, size, readNode) })),
    checkpoint,
    ...placesIn(requestId, log, chosen),
    ...(kept.length === 0 ? {} : { receipts: kept }),
  };
}

/** Of each batch that the decision counted, by the leaf that brought it, which is no part of the bundle itself. */
function placesIn(
  requestId: Bytes32,
  log: readonly LogLeaf[],
  chosen: readonly LogLeaf[],
): Pick<BundleFile, "batches"> {
  const entry = chosen.map((leaf) => (kindOf(leaf) === "allocation" ? readEntry(leaf.entry) : undefined)).find(Boolean);
  const counted = entry?.kind === "allocation" ? (entry.facts.batches ?? []) : [];
  const batches = counted.map(({ merkleRoot }) => {
    const brought = log.find((leaf) => kindOf(leaf) === "batch" && field(leaf.entry, "root") === merkleRoot);
    const legs = brought === undefined ? undefined : readEntry(brought.entry);
    const index = legs?.kind === "batch" ? legs.legs.findIndex((leg) => leg.requestId === requestId) : -1;
    if (legs?.kind !== "batch" || index < 0)
      throw new InvalidValue("bundle.missing-leaf", `no leaf here brings the batch ${merkleRoot}`);
    return { merkleRoot, index, proof: [...new BatchTree(legs.legs).proof(index)] };
  });
  return batches.length === 0 ? {} : { batches };
}

/** The tree nodes that proofs of these leaves read, for a store that reads ahead. */
export function nodesToProve(indexes: readonly number[], size: number): readonly { level: number; index: number }[] {
  const nodes = new Map<string, { level: number; index: number }>();
  const note: ReadNode = (level, index) => {
    nodes.set(`${level}/${index}`, { level, index });
    return bytes32.zero;
  };
  for (const index of indexes) inclusionProof(index, size, note);
  return [...nodes.values()];
}

function* withinSize(leaves: Iterable<LogLeaf>, size: number): Generator<LogLeaf> {
  for (const leaf of leaves) if (leaf.index < size) yield leaf;
}

/** The leaf that shows how far the signing came. */
const lastOf = { permitted: "permit", signed: "signature" } as const satisfies Record<Stage, string>;

type Mine = { readonly leaf: LogLeaf; readonly entry: ReturnType<typeof readEntry> };

const ownKinds: ReadonlySet<unknown> = new Set(["allocation", "permit", "filler", "signature", "outcome", "release"]);

function own(leaf: LogLeaf, requestId: Bytes32): readonly Mine[] {
  if (isDeliveryOf(leaf, requestId)) return [{ leaf, entry: readEntry(leaf.entry) }];
  if (!ownKinds.has(kindOf(leaf)) || field(leaf.entry, "requestId") !== requestId) return [];
  return [{ leaf, entry: readEntry(leaf.entry) }];
}

function readEntry(entry: Json): ReturnType<typeof entrySchema.parse> {
  return parseWith(entrySchema, entry, "bundle.malformed-leaf");
}

/** The checkpoint is signed by the gate in office, whichever wrote the request's leaves: all of its succession is shown. */
function isPromotion(leaf: Pick<LogLeaf, "entry">): boolean {
  return kindOf(leaf) === "promotion";
}

function isAlwaysShown(leaf: LogLeaf): boolean {
  return kindOf(leaf) === "genesis" || isPromotion(leaf);
}

function promotedBy(entry: ReturnType<typeof readEntry>): readonly Bytes32[] {
  return entry.kind === "promotion" ? entry.statements : [];
}

/** Statements that the decision rests on. */
function wantedBy({ submission, facts }: EntryOf<"allocation">): readonly Bytes32[] {
  return [submission, ...namedInFacts(facts)];
}

/** What fillers beside the request's own signature rest on; before any signature, an end is the log's word. */
function overruledBy(mine: readonly Mine[]): readonly Bytes32[] {
  const own = new Set(mine.flatMap(({ entry }) => (entry.kind === "permit" ? [entry.digest] : [])));
  const signed = mine.find(({ entry }) => entry.kind === "signature" && own.has(entry.digest));
  if (signed === undefined) return [];
  const after = mine.filter(({ leaf }) => leaf.index > signed.leaf.index);
  return after.flatMap(({ entry }) => (entry.kind === "filler" ? entry.statements : []));
}

function spendsOf({ facts }: EntryOf<"allocation">): ReadonlySet<string> {
  const newest = [...(facts.spends ?? [])].sort((a, b) => b.at - a.at).slice(0, maxSpends);
  return new Set(newest.map((spend) => spend.requestId));
}

function isSubmissionOf({ entry }: LogLeaf, requests: ReadonlySet<string>): boolean {
  const said = field(entry, "statement");
  const id = field(field(said, "message"), "requestId");
  return field(said, "kind") === "Submission" && typeof id === "string" && requests.has(id);
}

function isDeliveryOf({ entry }: LogLeaf, requestId: Bytes32): boolean {
  const said = field(entry, "statement");
  return field(said, "kind") === "Delivery" && field(field(said, "message"), "requestId") === requestId;
}

type HashedLeaf = LogLeaf & { readonly statement: Bytes32 | undefined };

function assetOf(log: readonly HashedLeaf[], { submission }: EntryOf<"allocation">): Json | undefined {
  const leaf = log.find(({ statement }) => statement === submission);
  return field(field(field(leaf?.entry, "statement"), "message"), "asset");
}

type Changes = { readonly activations: readonly number[]; readonly statements: readonly Bytes32[] };

/**
 * Activations of rosters and of the asset's policy before the last leaf of the request, and the statements they name. Whether a
 * roster only tightened depends on every policy in force, so one that says so brings those of the other assets too.
 */
function changesOf(log: readonly HashedLeaf[], asset: Json | undefined, last: number): Changes {
  const attached = new Map(log.map((leaf) => [leaf.statement, field(field(leaf.entry, "attachment"), "document")]));
  const tightened = lastTightenedRoster(log, last);
  const activations: number[] = [];
  const statements: Bytes32[] = [];
  for (const leaf of log) {
    const entry = kindOf(leaf) === "activation" && leaf.index < last ? readEntry(leaf.entry) : undefined;
    if (entry?.kind !== "activation") continue;
    const document = attached.get(entry.statements[0]);
    const isForeign = field(document, "kind") === "Policy" && field(document, "asset") !== asset;
    if (isForeign && leaf.index > tightened) continue;
    activations.push(leaf.index);
    statements.push(...entry.statements);
  }
  return { activations, statements };
}

/** Where the last roster came into force that was called a tightening; -1 when none did. */
function lastTightenedRoster(log: readonly HashedLeaf[], last: number): number {
  const said = log.map(({ statement, entry }) => ({ statement, said: field(entry, "statement") }));
  const tightening = new Set(
    said.flatMap((one) => {
      const isOne =
        field(one.said, "kind") === "RosterChange" && field(field(one.said, "message"), "class") === "tighten";
      return isOne && one.statement !== undefined ? [one.statement] : [];
    }),
  );
  const found = log.findLast((leaf) => {
    const entry = kindOf(leaf) === "activation" && leaf.index < last ? readEntry(leaf.entry) : undefined;
    return entry?.kind === "activation" && entry.statements.some((statement) => tightening.has(statement));
  });
  return found?.index ?? -1;
}

/** Hash of the statement a leaf holds: its words and who says them, without the proof. */
function hashOf({ entry }: LogLeaf): Bytes32 | undefined {
  const said = field(entry, "statement");
  if (kindOf({ entry }) !== "statement" || said === undefined) return undefined;
  return hash({ kind: field(said, "kind"), message: field(said, "message"), credential: field(said, "credential") });
}

function kindOf({ entry }: Pick<LogLeaf, "entry">): Json | undefined {
  return field(entry, "kind");
}

function field(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return Object.entries(json).find(([key]) => key === name)?.[1];
}
