/** What other leaves say that the fields of a statement must be: only to name the changed field once its signature has failed. */
import { furtherIn } from "../intent/further-argument.ts";
import { intentHash, parse as parseIntent } from "../intent/intent.ts";
import { details } from "../intent/words.ts";
import type { Standing } from "../gate/standing.ts";
import type { Observed } from "../policy/facts.ts";
import type { Approval, BatchApproval, Submission } from "../statement/message.ts";
import { InvalidValue } from "../values/errors.ts";
import * as instant from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { isStatementLeaf, type BundleLeaf, type StatementLeaf } from "./bundle.ts";
import { listOf, type AttestedLeaf, type Roles, type Said } from "./roles.ts";
import type { Expected } from "./signer.ts";

/** Fields that submission and approval have in common; what is derived comes after what it is derived from. */
export const shared = [
  "requestId",
  "operation",
  "asset",
  "chainId",
  "account",
  "to",
  "amount",
  "feeCeilingWei",
  "amountText",
  "details",
  "intentHash",
] as const;

/** Approvers signed the same words; those of the details say the reference and the times. */
export function ofSubmission({ approvals }: Roles): Expected {
  const [approval] = approvals.map((leaf) => leaf.statement.message);
  if (approval === undefined) return {};
  const { details, intentHash, amountText, ...plain } = pick(approval);
  return { ...plain, amountText, ...inDetails(approval.details), details, intentHash };
}

export function ofApproval(leaf: Said<"Approval">, roles: Roles, standing: Standing): Expected {
  const { submission, allocation, approvals } = roles;
  const { message, hash, credential } = leaf.statement;
  const { votes } = allocation.entry.facts;
  const vote = votes.find((one) => one.statement === hash) ?? votes.find((one) => one.credential === credential);
  const policyHash = standing.policies.get(submission.statement.message.asset)?.hash;
  const { roster, earlierRosters } = standing;
  const peer = approvals.find((one) => one !== leaf)?.statement.message;
  const knownRoster = message.rosterHash === roster.hash || earlierRosters.has(message.rosterHash);
  return {
    decision: "approve",
    ...pick(submission.statement.message),
    ...(policyHash === undefined ? {} : { policyHash }),
    ...(knownRoster ? {} : { rosterHash: peer?.rosterHash ?? roster.hash }),
    ...(vote === undefined ? {} : { expiresAt: vote.expiresAt, approvalId: vote.approvalId }),
  };
}

/** What the request, the facts and the others who approved the batch say of it. */
export function ofBatchApproval(leaf: Said<"BatchApproval">, roles: Roles, standing: Standing): Expected {
  const { message } = leaf.statement;
  const { operation, asset, chainId } = roles.submission.statement.message;
  const peers = roles.batchApprovals.filter((one) => one !== leaf).map((one) => one.statement.message);
  const policyHash = standing.policies.get(asset)?.hash;
  const { roster, earlierRosters } = standing;
  const knownRoster = message.rosterHash === roster.hash || earlierRosters.has(message.rosterHash);
  return {
    ...{ decision: "approve", operation, asset, chainId },
    ...countedAs(leaf, roles, peers),
    ...(policyHash === undefined ? {} : { policyHash }),
    ...(knownRoster ? {} : { rosterHash: peers[0]?.rosterHash ?? roster.hash }),
  };
}

/** As the facts have it: by its own name, or else by whose it is. */
function countedAs(
  { statement: { hash, credential } }: Said<"BatchApproval">,
  { allocation }: Roles,
  peers: readonly BatchApproval[],
): Expected {
  const { batches = [] } = allocation.entry.facts;
  const counted = batches.flatMap((batch) => batch.votes.map((vote) => ({ batch, vote })));
  const found =
    counted.find(({ vote }) => vote.statement === hash) ?? counted.find(({ vote }) => vote.credential === credential);
  if (found === undefined) return {};
  const { batch, vote } = found;
  const peer = peers.find(({ merkleRoot }) => merkleRoot === batch.merkleRoot);
  return {
    ...without(batch, ["votes", "firstSeen"]),
    ...(peer === undefined ? {} : { totalText: peer.totalText }),
    ...{ expiresAt: vote.expiresAt, batchId: vote.approvalId },
  };
}

/** The request it stands beside. */
export function ofVeto({ submission }: Roles): Expected {
  const { requestId, intentHash } = submission.statement.message;
  return { target: requestId, intentHash };
}

export function ofAttestation(leaf: Said<"ReserveAttestation">, roles: Roles, standing: Standing): Expected {
  const { hash, credential } = leaf.statement;
  const { asset, chainId } = roles.submission.statement.message;
  const attestor = standing.roster.index.credential(credential)?.member.id;
  const { reserves } = roles.allocation.entry.facts;
  const fact = reserves.find((one) => one.statement === hash) ?? reserves.find((one) => one.attestor === attestor);
  const token = standing.policies.get(asset)?.policy.token;
  return {
    asset,
    chainId,
    ...(token === undefined ? {} : { token: token.address, decimals: token.decimals }),
    ...(fact === undefined ? {} : without(fact, ["attestor", "statement"])),
  };
}

/** The fact that names it; when its own words were changed, the one whose statement is not there. */
export function ofWord(leaf: AttestedLeaf, { words, allocation }: Roles): Expected {
  const { hash, kind } = leaf.statement;
  const facts = allocation.entry.facts[listOf[kind]] ?? [];
  const present = new Set(words.map((one) => one.statement.hash));
  const fact = facts.find((one) => one.statement === hash) ?? facts.find((one) => !present.has(one.statement));
  return fact === undefined ? {} : without(fact, ["attestor", "statement"]);
}

export function ofObservation(leaf: Said<"ChainObservation">, roles: Roles): Expected {
  const { hash } = leaf.statement;
  const present = new Set(roles.seen.map((one) => one.statement.hash));
  const facts = Object.values(roles.allocation.entry.facts.observed);
  const fact =
    facts.find((one) => one.statements.includes(hash)) ??
    facts.find((one) => one.statements.some((named) => !present.has(named)));
  if (fact === undefined) return {};
  const peer = roles.seen.find((one) => one !== leaf && fact.statements.includes(one.statement.hash));
  const { chainId } = roles.submission.statement.message;
  return {
    chainId,
    ...seenFields(fact),
    ...(peer === undefined ? {} : { blockHash: peer.statement.message.blockHash }),
  };
}

/** The other observers of the outcome, and the transaction that we signed. */
export function ofOutcomeObservation(leaf: Said<"ChainObservation">, roles: Roles): Expected {
  const peer = roles.seenAfter.find((one) => one !== leaf)?.statement.message;
  const expected = { fact: "outcome", finalized: true };
  if (peer === undefined) return expected;
  return { ...without(peer, ["expiresAt", "finalized"]), ...expected };
}

/** What was released, and for which burn. */
export function ofCancellation({ submission }: Roles): Expected {
  const { requestId, intentHash } = submission.statement.message;
  return { requestId, intentHash };
}

export function ofDelivery({ submission, release }: Roles): Expected {
  const { requestId } = submission.statement.message;
  return release === undefined ? { requestId } : { requestId, burn: release.entry.burn };
}

/** An earlier request that counts in a limit, as the facts have it. */
export function ofSpend(leaf: Said<"Submission">, roles: Roles): Expected {
  const { requestId } = leaf.statement.message;
  const { spends = [] } = roles.allocation.entry.facts;
  const present = new Set(roles.spends.map((one) => one.statement.message.requestId));
  const spend = spends.find((one) => one.requestId === requestId) ?? spends.find((one) => !present.has(one.requestId));
  if (spend === undefined) return {};
  const own = roles.submission.statement.message;
  return { ...without(spend, ["initiator", "at"]), ...(spend.asset === own.asset ? { chainId: own.chainId } : {}) };
}

function pick(message: Submission | Approval): Record<(typeof shared)[number], unknown> {
  const { requestId, operation, asset, chainId, account, to } = message;
  const { amount, feeCeilingWei, amountText, details, intentHash } = message;
  return { requestId, operation, asset, chainId, account, to, amount, feeCeilingWei, amountText, details, intentHash };
}

function without(value: object, names: readonly string[]): Expected {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function seenFields({ subject: about, fact, value, blockNumber, blockTime, finalized }: Observed): Expected {
  const key = { subject: about, fact, value, blockNumber, blockTime };
  return finalized ? { ...key, finalized } : key;
}

/** The arguments that `details` says in words. */
function inDetails(details: string): Expected {
  const parts =
    /^(?:(?:role|from|identity|country|destination|distribution|issuer|topic|claim|signature) \S+; )*reference (\S+); not before (\S+); expires (\S+)$/.exec(
      details,
    );
  if (parts === null) return {};
  const [, reference = "", notBefore = "", expiresAt = ""] = parts;
  try {
    return { reference, notBefore: instant.fromIso(notBefore), expiresAt: instant.fromIso(expiresAt) };
  } catch (error) {
    if (error instanceof InvalidValue) return { reference };
    throw error;
  }
}

/**
 * Other values that single fields may have had: those of the same field in the bundle's other statements, the other of two
 * booleans, and the words and hash that follow from a submission's own fields.
 */
export function repairsOf(leaf: StatementLeaf, leaves: readonly BundleLeaf[]): readonly Expected[] {
  const own = leaf.statement.envelope.message;
  const repairs = new Map<string, Expected>();
  const propose = (name: string, value: Json): void => {
    if (own[name] !== undefined && own[name] !== value)
      repairs.set(`${name} ${JSON.stringify(value)}`, { [name]: value });
  };
  for (const [name, value] of Object.entries(own)) if (typeof value === "boolean") propose(name, !value);
  for (const other of leaves.filter(isStatementLeaf)) {
    for (const [name, value] of Object.entries(other.statement.envelope.message)) propose(name, value);
  }
  const derived = leaf.statement.kind === "Submission" ? derivedFrom(leaf.statement.message) : undefined;
  return [...repairs.values(), ...(derived === undefined ? [] : [derived])];
}

function derivedFrom(message: Submission): Expected | undefined {
  const { operation, asset, chainId, account, to, amount, reference, feeCeilingWei, notBefore, expiresAt } = message;
  const fields = { operation, asset, chainId, account, to, amount, reference, feeCeilingWei, notBefore, expiresAt };
  try {
    const intent = parseIntent(toWire({ ...fields, ...furtherIn(message) }));
    return { details: details(intent), intentHash: intentHash(intent) };
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
