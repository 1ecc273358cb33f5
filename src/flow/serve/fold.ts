/** What the entries of the gate's log say, folded into requests, statements and documents. */
import { attach } from "../../chain/transaction.ts";
import { assetOf, isAbout } from "../../evidence/attested.ts";
import { distributionHash, readDistribution } from "../../evidence/distribution.ts";
import { attachmentSchema } from "../../gate/change.ts";
import { documentHash } from "../../genesis/genesis.ts";
import { entrySchema, type Entry, type Unsigned } from "../../log/entry.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import { endingOf } from "../../request/answer.ts";
import type { ClosingEvent } from "../../request/closing.ts";
import type { Event } from "../../request/event.ts";
import { destinationOf, type ReleasingEvent } from "../../request/releasing.ts";
import { opened, type Request } from "../../request/request.ts";
import { indexRoster, type RosterIndex } from "../../roster/membership.ts";
import { rosterSchema } from "../../roster/roster.ts";
import { readStatement, type Statement } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { invariant } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import { parse as parseName } from "../../values/name.ts";
import { toWire } from "../../values/wire.ts";
import { aboutStatement } from "./about.ts";
import { transitionBy, type Happens } from "./happening.ts";
import type {
  MirroredBatch,
  MirroredDistribution,
  MirroredDocument,
  MirroredOutcome,
  MirroredStatement,
  Store,
  Transition,
  Wake,
} from "./store.port.ts";

type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;

/** Reads a roster document; keeps the last one, because reading checks every key in it. */
export type RosterReader = (document: MirroredDocument) => RosterIndex;

export function createRosterReader(): RosterReader {
  let last: { readonly hash: Bytes32; readonly index: RosterIndex } | undefined;
  return ({ hash, document }) => {
    if (last?.hash !== hash) last = { hash, index: indexRoster(rosterSchema.parse(document)) };
    return last.index;
  };
}

/** What was learned from the entries so far, on top of what the store holds. */
export type Folding = {
  readonly store: Pick<Store, "request" | "requests" | "leavesAbout">;
  readonly requests: Map<Bytes32, Request>;
  readonly documents: Map<Bytes32, MirroredDocument>;
  /** Of those, the ones that are not in the store as they are here. */
  readonly changed: Set<Bytes32>;
  readonly rosterOf: RosterReader;
  /** By digest, fillers too. */
  readonly permits: Map<Bytes32, Unsigned>;
  /** Digests of those that close a nonce. */
  readonly fillers: Set<Bytes32>;
  readonly transitions: Transition[];
  readonly statements: MirroredStatement[];
  readonly outcomes: MirroredOutcome[];
  readonly batches: MirroredBatch[];
  readonly distributions: MirroredDistribution[];
  readonly wakes: Wake[];
  roster: RosterIndex | undefined;
};

export async function beginFold(store: Store, rosterOf: RosterReader): Promise<Folding> {
  const documents = new Map((await store.documents()).map((document) => [document.hash, document]));
  const folding: Folding = {
    store,
    documents,
    changed: new Set(),
    rosterOf,
    requests: new Map(),
    permits: new Map(),
    fillers: new Set(),
    transitions: [],
    statements: [],
    outcomes: [],
    batches: [],
    distributions: [],
    wakes: [],
    roster: undefined,
  };
  folding.roster = rosterInForce(folding);
  return folding;
}

/** Folds one entry in; entries come in the order of the log. */
export async function foldEntry(folding: Folding, index: number, entry: Entry): Promise<void> {
  switch (entry.kind) {
    case "genesis":
      foldGenesis(folding, entry);
      return;
    case "statement":
      await foldStatement(folding, index, entry);
      return;
    case "batch":
      folding.batches.push({
        merkleRoot: entry.root,
        leaf: index,
        requestIds: entry.legs.map(({ requestId }) => requestId),
      });
      return;
    case "activation":
      foldActivation(folding, entry);
      return;
    case "allocation":
      await move(
        folding,
        entry.requestId,
        { kind: "allocated", nonce: entry.nonce, decision: entry.decision },
        entry.instant,
      );
      await move(folding, entry.requestId, { kind: "numbered", nonce: entry.nonce }, entry.instant);
      return;
    case "filler":
      await foldFiller(folding, entry);
      return;
    case "permit":
      folding.permits.set(entry.digest, entry.transaction);
      await move(folding, entry.requestId, { kind: "permitted", on: `the token of ${entry.key}` }, entry.instant);
      return;
    case "signature":
      await foldSignature(folding, entry);
      return;
    case "release":
      await move(folding, entry.requestId, releasedBy(index, entry), entry.instant);
      return;
    case "outcome":
      folding.outcomes.push({ txHash: entry.txHash, requestId: entry.requestId, status: entry.status });
      await foldOutcome(folding, entry);
      return;
    default:
    // Requests hear of the others from the gate's own answers.
  }
}

async function foldOutcome(folding: Folding, entry: EntryOf<"outcome">): Promise<void> {
  const request = await requestOf(folding, entry.requestId);
  const wasSigned = request !== undefined && request.signed !== null;
  await move(folding, entry.requestId, outcomeEvent(entry, wasSigned), entry.instant);
}

/** What closes the nonce of a request that was signed before is told apart from what closes one that was not. */
function outcomeEvent({ status, txHash, blockNumber }: EntryOf<"outcome">, wasSigned: boolean): Event | ClosingEvent {
  switch (status) {
    case "success":
      return { kind: "finalized", txHash, blockNumber };
    case "reverted":
      return { kind: "reverted", txHash, blockNumber };
    case "mismatch":
      return { kind: "mismatched", txHash, blockNumber };
    case "closed":
      return wasSigned ? { kind: "annulled", txHash, blockNumber } : { kind: "closed" };
  }
}

function releasedBy(leaf: number, entry: EntryOf<"release">): ReleasingEvent {
  const { burn, destination, deliverBefore, deliveredBy } = entry;
  return { kind: "released", leaf, burn, destination, deliverBefore, deliveriesMin: deliveredBy.min };
}

/** An event that does not happen in the request's state was told to us before, by the gate's own answer. */
async function move(folding: Folding, requestId: Bytes32, event: Happens, at: Instant): Promise<void> {
  const request = await requestOf(folding, requestId);
  const transition = request === undefined ? undefined : transitionBy(request, event, at);
  if (transition === undefined) return;
  folding.requests.set(requestId, transition.request);
  folding.transitions.push(transition);
}

async function requestOf({ requests, store }: Folding, requestId: Bytes32): Promise<Request | undefined> {
  return requests.get(requestId) ?? (await store.request(requestId));
}

function put({ documents, changed }: Folding, document: MirroredDocument): void {
  documents.set(document.hash, document);
  changed.add(document.hash);
}

function foldGenesis(folding: Folding, { file, instant }: EntryOf<"genesis">): void {
  const { roster } = file.genesis;
  const documents = [
    { kind: "Roster" as const, name: "roster", version: roster.version, document: toWire(roster) },
    ...file.policies.map((document) => policyOf(toWire(document))),
  ];
  for (const document of documents) {
    const hash = documentHash(document.document);
    put(folding, { ...document, hash, state: "active", at: instant });
  }
  folding.roster = rosterInForce(folding);
}

function policyOf(
  document: Json,
): Pick<MirroredDocument, "kind" | "name" | "version" | "document"> & { readonly kind: "Policy" } {
  const { asset, version } = readPolicyDocument(document);
  return { kind: "Policy", name: asset, version, document };
}

async function foldStatement(
  folding: Folding,
  leaf: number,
  { statement: envelope, attachment, instant }: EntryOf<"statement">,
): Promise<void> {
  const statement = readStatement(envelope);
  const member = folding.roster?.credential(statement.credential)?.member.id ?? statement.credential;
  const { kind, hash } = statement;
  folding.statements.push({
    hash,
    leaf,
    kind,
    about: aboutStatement(statement),
    member,
    at: instant,
    envelope: statement.envelope,
  });
  await foldSaid(folding, statement, { member, leaf, attachment, instant });
}

type Heard = Pick<EntryOf<"statement">, "attachment" | "instant"> & {
  readonly member: MirroredStatement["member"];
  readonly leaf: number;
};

async function foldSaid(folding: Folding, statement: Statement, heard: Heard): Promise<void> {
  const { member, leaf, attachment, instant } = heard;
  switch (statement.kind) {
    case "Submission":
      if (attachment !== undefined) folding.distributions.push(broughtBy(leaf, attachment));
      await foldSubmission(folding, opened({ submission: statement.message, initiator: member, leaf, at: instant }));
      return;
    case "Approval":
      await move(folding, statement.message.requestId, { kind: "woken" }, instant);
      return;
    case "BatchApproval":
      folding.wakes.push({ batch: statement.message.merkleRoot, at: instant });
      return;
    case "Cancellation":
      await foldCancellation(folding, statement.message.requestId, instant);
      return;
    case "Delivery": {
      const { requestId, reference, asOf } = statement.message;
      await move(folding, requestId, { kind: "delivered", member: parseName(member), reference, asOf }, instant);
      return;
    }
    case "Veto":
      // Of a document there is no request, and nothing to wake.
      await move(folding, statement.message.target, { kind: "woken" }, instant);
      return;
    case "PolicyChange":
    case "RosterChange":
      foldProposal(folding, statement, toWire(attachment), instant);
      return;
    default:
      await wakePending(folding, statement, instant);
  }
}

/** After a burn that is final it takes the redemption back; of what is signed, a quorum is being gathered. */
async function foldCancellation(folding: Folding, requestId: Bytes32, at: Instant): Promise<void> {
  const request = await requestOf(folding, requestId);
  const isLate = request !== undefined && destinationOf(request) !== undefined;
  const isOut = request !== undefined && request.signed !== null;
  await move(folding, requestId, { kind: isLate ? "reversed" : isOut ? "contested" : "woken" }, at);
}

/** The gate admits nothing else beside a submission. */
function broughtBy(leaf: number, attachment: Json): MirroredDistribution {
  const document = readDistribution(attachment);
  const { token, recordBlock, recordHash } = document;
  return { hash: distributionHash(document), leaf, token, recordBlock, recordHash };
}

async function foldSubmission({ store, requests, transitions }: Folding, request: Request): Promise<void> {
  if (requests.has(request.requestId) || (await store.request(request.requestId)) !== undefined) return;
  requests.set(request.requestId, request);
  transitions.push({ request, happening: { at: request.createdAt, event: "submitted", detail: request.waitsFor } });
}

/** What somebody attests may be what a request waited for. */
async function wakePending(folding: Folding, statement: Statement, at: Instant): Promise<void> {
  const isMeant = concerns(statement);
  if (isMeant === undefined) return;
  const asset = assetNamed(statement);
  const filter = { state: "pending", limit: 200, ...(asset === undefined ? {} : { asset }) } as const;
  for (const { requestId, submission } of await folding.store.requests(filter)) {
    if (isMeant(submission)) await move(folding, requestId, { kind: "woken" }, at);
  }
}

type Wish = Request["submission"];

/** Which requests a statement is evidence for; undefined when it is none. */
function concerns({ kind, message }: Statement): ((wish: Wish) => boolean) | undefined {
  switch (kind) {
    case "ReserveAttestation":
      return ({ asset }) => asset === message.asset;
    case "PriceAttestation":
    case "IdentityAttestation":
    case "DocumentAttestation":
      return (wish) => isAbout(kind, message.subject, wish);
    default:
      return undefined;
  }
}

function assetNamed({ kind, message }: Statement): Wish["asset"] | undefined {
  if (kind === "ReserveAttestation") return message.asset;
  return kind === "PriceAttestation" ? assetOf(message.subject) : undefined;
}

function foldProposal(
  folding: Folding,
  statement: Extract<Statement, { kind: "PolicyChange" | "RosterChange" }>,
  attachment: Json,
  at: Instant,
): void {
  const { documentHash: hash, version } = statement.message;
  if (folding.documents.has(hash)) return;
  const { document } = attachmentSchema.parse(attachment);
  const proposed =
    statement.kind === "PolicyChange"
      ? policyOf(document)
      : { kind: "Roster" as const, name: "roster", version, document };
  put(folding, { ...proposed, hash, state: "proposed", at });
}

function foldActivation(folding: Folding, { document: hash, instant }: EntryOf<"activation">): void {
  const next = folding.documents.get(hash);
  invariant(next !== undefined, "a document was proposed before it came into force");
  for (const earlier of folding.documents.values()) {
    if (earlier.kind === next.kind && earlier.name === next.name && earlier.state === "active") {
      put(folding, { ...earlier, state: "superseded" });
    }
  }
  put(folding, { ...next, state: "active", at: instant });
  folding.roster = rosterInForce(folding);
}

function rosterInForce({ documents, rosterOf }: Folding): RosterIndex | undefined {
  const roster = [...documents.values()].find(({ kind, state }) => kind === "Roster" && state === "active");
  return roster === undefined ? undefined : rosterOf(roster);
}

/** A filler stands in the log only after its request has ended, which the gate's own answer may not have told us. */
async function foldFiller(folding: Folding, entry: EntryOf<"filler">): Promise<void> {
  const { requestId, digest, transaction, code, why, instant } = entry;
  folding.permits.set(digest, transaction);
  folding.fillers.add(digest);
  const kind = endingOf(code);
  invariant(kind !== undefined, "a filler follows an end");
  await move(folding, requestId, { kind, why }, instant);
}

/** The signed bytes are made again from the log: the transaction of the permit and the signature over it. */
async function foldSignature(
  folding: Folding,
  { requestId, digest, r, s, yParity, txHash, instant }: EntryOf<"signature">,
): Promise<void> {
  const transaction = folding.permits.get(digest) ?? (await permitOf(folding, requestId, digest));
  const signed = attach(transaction, { r, s, yParity });
  invariant(signed.hash === txHash, "the log names a signed transaction by its own hash");
  const { raw } = signed;
  const signs = { kind: "signed", nonce: transaction.nonce, raw, txHash } as const;
  const before = (await requestOf(folding, requestId))?.signed ?? null;
  const own: Event = before === null || before.raw === raw ? signs : { kind: "replaced", raw, txHash };
  const closes = { kind: before === null ? "filled" : "overruled", raw, txHash } as const;
  await move(folding, requestId, folding.fillers.has(digest) ? closes : own, instant);
}

async function permitOf(folding: Folding, requestId: Bytes32, digest: Bytes32): Promise<Unsigned> {
  for (const { leaf, kind } of await folding.store.leavesAbout([requestId])) {
    const entry = permitKinds.has(kind) ? entrySchema.parse(JSON.parse(leaf)) : undefined;
    if ((entry?.kind !== "permit" && entry?.kind !== "filler") || entry.digest !== digest) continue;
    if (entry.kind === "filler") folding.fillers.add(digest);
    return entry.transaction;
  }
  invariant(false, "a permit stands in the log before its signature");
}

const permitKinds: ReadonlySet<string> = new Set(["permit", "filler"]);
