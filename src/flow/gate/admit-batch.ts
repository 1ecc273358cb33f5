/** Judges what people say of many requests at once: a batch is known to the gate, leg by leg, before anybody's word about it counts. */
import { batchOf, BatchTree, differingWeight, readBatch, weigh, type Leg, type Weight } from "../../gate/batch.ts";
import { outdated } from "../../gate/binding.ts";
import { amountText } from "../../intent/words.ts";
import type { BatchApproval, Submission } from "../../statement/message.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import { checkVoter, mostApprovals, submissionOf } from "./admit-request.ts";
import type { Core } from "./core.ts";
import type { StoredBatch } from "./journal.port.ts";
import { statementIn } from "./reading.ts";
import { batchRejections, ownRejections, spendKey, wordsOnBatch } from "./request.ts";

/**
 * Stored only when every number of it is what the gate's own requests come to; a rejection counts from here, for each of them. Whoever
 * brings a batch to approve brings requests that may all go on; later words about it are about the same requests, and what ended among
 * them meanwhile has ended, and takes nothing with it.
 */
export function admitBatch(core: Core, found: Case<"BatchApproval">): Admission {
  const { message } = found.statement;
  const { author, service, attachment, now } = found;
  // Whatever costs little comes first: nobody makes the gate look at ten thousand requests for a word that counts for nothing.
  if (service) throw new InvalidValue("approval.service", `${author} is a service and approves nothing`, "credential");
  const stale = outdated(message, author, core.standing());
  if (stale !== undefined)
    throw new InvalidValue(stale.code, stale.why, `message.${stale.code.slice("approval.".length)}`);
  checkVoter(core, { message, author, now });
  checkRepetition(core, message, author);
  const known = core.journal.batch(message.merkleRoot);
  const batch = known === undefined ? bring(core, message, found) : held(core, known, attachment);
  const wrong = differingWeight(message, batch.weight);
  if (wrong !== undefined) {
    const why = `the statement says ${wrong} \`${String(message[wrong])}\`, its requests come to \`${String(batch.weight[wrong])}\``;
    throw new InvalidValue(`batch.${wrong}`, why, `message.${wrong}`);
  }
  if (batch.initiators.includes(author))
    throw new InvalidValue("approval.initiator", `${author} made a request of this batch`, "credential");
  const { put } = batch;
  return {
    kind: "store",
    about: message.merkleRoot,
    bare: true,
    ...(put === undefined ? {} : { before: put }),
    then: () => {
      core.journal.spendApproval(spendKey(author, message.batchId), message.merkleRoot);
    },
  };
}

type Found = {
  readonly weight: Weight;
  readonly initiators: readonly Name[];
  /** Writes it down, of one that is new. */
  readonly put?: () => void;
};

/** Whatever is brought for a batch that the gate has must be that very batch. */
function held(core: Core, stored: StoredBatch, attachment: Json | undefined): Found {
  if (attachment !== undefined) checkRoot(readBatch(attachment).legs, stored.merkleRoot);
  const { operation, asset, total } = stored;
  const totalText = amountText({ operation, asset, amount: total }, decimalsOf(core, asset));
  return { weight: { ...stored, totalText }, initiators: stored.initiators };
}

type Brought = Pick<Case<"BatchApproval">, "author" | "attachment" | "now">;

function bring(
  core: Core,
  { asset, count, decision, merkleRoot }: BatchApproval,
  { author, attachment, now }: Brought,
): Found {
  if (attachment === undefined)
    throw new InvalidValue("batch.unknown", "nobody brought the requests under this root yet", "attachment");
  const { legs } = readBatch(attachment);
  if (legs.length !== count)
    throw new InvalidValue(
      "batch.count",
      `the statement says count \`${count}\`, ${legs.length} are brought`,
      "message.count",
    );
  checkRoot(legs, merkleRoot);
  const admitted = admittedLegs(core, legs);
  const { requests, initiators } = together(admitted);
  const rejected = rejectedBatches(core);
  for (const request of admitted) {
    const batches = core.journal.batchesWith(request.request.requestId);
    checkBrought(request, batches, author);
    if (decision === "approve") checkOpen(core, request, { batches: batches.filter(rejected), now });
  }
  const weight = weigh(requests, decimalsOf(core, asset));
  return {
    weight,
    initiators,
    put: () => {
      putBatch(core, { weight, initiators, legs, by: author, now });
    },
  };
}

function checkRoot(legs: readonly Leg[], merkleRoot: Bytes32): void {
  const { root } = new BatchTree(legs);
  if (root !== merkleRoot)
    throw new InvalidValue("batch.merkleRoot", `the legs have root \`${root}\``, "message.merkleRoot");
}

type AdmittedLeg = { readonly request: Submission; readonly initiator: Name };

/** The gate's own submissions, in the order of the legs. */
function admittedLegs(core: Core, legs: readonly Leg[]): readonly AdmittedLeg[] {
  return legs.map(({ requestId, intentHash }) => {
    const first = submissionOf(core, requestId);
    if (first === undefined)
      throw new InvalidValue("batch.unknown-request", `no request ${requestId} was admitted`, "attachment");
    if (first.statement.message.intentHash !== intentHash)
      throw new InvalidValue("batch.intentHash", `request ${requestId} has another intent`, "attachment");
    return { request: first.statement.message, initiator: first.stored.member };
  });
}

function together(legs: readonly AdmittedLeg[]): {
  readonly requests: readonly Submission[];
  readonly initiators: readonly Name[];
} {
  const initiators = new Set(legs.map(({ initiator }) => initiator));
  return { requests: legs.map(({ request }) => request), initiators: [...initiators].sort() };
}

/** Nobody begins to agree to what will not be signed, or is signed already; a frozen request waits, as it does by itself. */
function checkOpen(
  core: Core,
  { request: { requestId, expiresAt }, initiator }: AdmittedLeg,
  { batches, now }: { readonly batches: readonly StoredBatch[]; readonly now: Instant },
): void {
  const { journal } = core;
  const over = (what: string): InvalidValue =>
    new InvalidValue("batch.not-open", `request ${requestId} ${what}`, "attachment");
  if (journal.allocation(requestId) !== undefined) throw over("has its nonce already");
  if (now >= expiresAt) throw over("has expired");
  if (batches.length > 0 || ownRejections(core, requestId).length > 0) throw over("was rejected");
  if (journal.statementsAbout("Cancellation", requestId).some(({ member }) => member === initiator))
    throw over("was cancelled");
}

/** Whether somebody rejected a batch; of each its words are looked at once, however many requests stand in it. */
function rejectedBatches(core: Core): (batch: StoredBatch) => boolean {
  const known = new Map<Bytes32, boolean>();
  return ({ merkleRoot }) => {
    const answer = known.get(merkleRoot) ?? batchRejections(core, merkleRoot).length > 0;
    known.set(merkleRoot, answer);
    return answer;
  };
}

/** More batches of one person with one request than there are reasons to bring it again are noise. */
const mostBrought = 3;

function checkBrought({ request: { requestId } }: AdmittedLeg, batches: readonly StoredBatch[], author: Name): void {
  if (batches.filter(({ by }) => by === author).length < mostBrought) return;
  const why = `${author} brought request ${requestId} in ${String(mostBrought)} batches`;
  throw new InvalidValue("approval.too-many", why, "attachment");
}

type Putting = {
  readonly weight: Weight;
  readonly initiators: readonly Name[];
  readonly legs: readonly Leg[];
  readonly by: Name;
  readonly now: Instant;
};

function putBatch({ journal }: Core, { weight, initiators, legs, by, now }: Putting): void {
  const { operation, asset, chainId, count, total, largest, merkleRoot } = weight;
  const leaf = journal.append({
    kind: "batch",
    epoch: journal.epoch(),
    instant: now,
    root: merkleRoot,
    by,
    legs: [...legs],
  });
  journal.putBatch(
    { operation, asset, chainId, count, total, largest, merkleRoot, by, at: now, initiators, leaf },
    legs.map(({ requestId }) => requestId),
  );
}

/** The same from its leaf: whoever brought it, its legs were admitted before it. */
export function putBatchAgain(
  core: Core,
  { root, by, legs }: { readonly root: Bytes32; readonly by: Name; readonly legs: readonly Leg[] },
  now: Instant,
): void {
  const document = readBatch(batchOf(legs));
  checkRoot(document.legs, root);
  const { requests, initiators } = together(admittedLegs(core, document.legs));
  const [first] = requests;
  const weight = weigh(requests, first === undefined ? 0 : decimalsOf(core, first.asset));
  putBatch(core, { weight, initiators, legs, by, now });
}

function decimalsOf(core: Core, asset: Name): number {
  return core.standing().policies.get(asset)?.policy.token.decimals ?? 0;
}

/** A rejection is never held up by what anybody approved, and nobody uses up somebody else's batchId. */
function checkRepetition(core: Core, { merkleRoot, batchId, decision }: BatchApproval, author: Name): void {
  const own = wordsOnBatch(core, merkleRoot).flatMap(({ member, envelope }) => {
    const statement = statementIn(envelope);
    return member === author && statement.kind === "BatchApproval" ? [statement.message] : [];
  });
  if (decision === "reject") {
    if (!own.some((said) => said.decision === "reject")) return;
    throw new InvalidValue("approval.rejected-before", `${author} rejected this batch already`, "message.decision");
  }
  if (core.journal.approvalSpentBy(spendKey(author, batchId)) !== undefined)
    throw new InvalidValue("approval.id-used", "this batchId was used before", "message.batchId");
  if (own.length >= mostApprovals)
    throw new InvalidValue(
      "approval.too-many",
      `${author} signed this batch ${String(mostApprovals)} times`,
      "message.merkleRoot",
    );
}
