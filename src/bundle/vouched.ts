/** The recorded facts against the statements that vouch for them, and against what else the log tells. */
import { agree } from "../evidence/agreement.ts";
import { attestedFact, isAbout } from "../evidence/attested.ts";
import { reserveFact } from "../evidence/reserve.ts";
import type { BatchFact, Facts, Observed, Spend, Vote } from "../policy/facts.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Instant } from "../values/instant.ts";
import * as name from "../values/name.ts";
import { toWire } from "../values/wire.ts";
import type { StatementLeaf } from "./bundle.ts";
import { checkClaim } from "./claimed.ts";
import { checkDistribution } from "./distributed.ts";
import { differs, finding, shown, type Finding } from "./finding.ts";
import type { Era } from "./history.ts";
import { explains, type Matter } from "./matter.ts";
import { checkRounds } from "./rounds.ts";
import { firstDifference, join } from "./path.ts";
import { listOf, type Said } from "./roles.ts";
import type { Signers } from "./statements.ts";
import { checkUsage } from "./usage.ts";

export function checkFacts(matter: Matter): readonly Finding[] {
  return [
    ...checkTimes(matter),
    ...checkVotes(matter),
    ...checkBatches(matter),
    ...checkVetoes(matter),
    ...checkReserves(matter),
    ...checkWords(matter),
    ...checkObserved(matter),
    ...checkSpends(matter),
    ...checkUsage(matter),
    ...checkListed(matter),
    ...checkDistribution(matter),
    ...checkClaim(matter),
    ...checkRounds(matter),
  ];
}

function base({ roles }: Matter): string {
  return `${roles.allocation.field}.entry.facts`;
}

function recorded({ roles }: Matter): Facts {
  return roles.allocation.entry.facts;
}

/** The leaf a fact names; when none has that hash, the fact's name for it was changed. */
function named<L extends StatementLeaf>(leaves: readonly L[], hash: Bytes32): L | undefined {
  return leaves.find((leaf) => leaf.statement.hash === hash);
}

const absent = "no leaf of the bundle holds this statement";

function checkVotes(matter: Matter): readonly Finding[] {
  const { approvals } = matter.roles;
  const { votes } = recorded(matter);
  const findings = votesFindings(matter, { votes, leaves: approvals, field: `${base(matter)}.votes` });
  return [...findings, ...unused(approvals, new Set(votes.map((vote) => vote.statement)))];
}

/** Every number of a batch is what each of its approvers signed, and no approval is counted in two of them. */
function checkBatches(matter: Matter): readonly Finding[] {
  const { batchApprovals } = matter.roles;
  const { batches = [] } = recorded(matter);
  const findings = batches.flatMap((batch, position) => {
    const field = join(`${base(matter)}.batches`, position);
    const { votes, firstSeen, ...weight } = batch;
    const leaves = batchApprovals.filter((leaf) => votes.some((vote) => vote.statement === leaf.statement.hash));
    const again = batches.findIndex(({ merkleRoot }) => merkleRoot === batch.merkleRoot) !== position;
    return [
      ...(again ? [finding(`${field}.merkleRoot`, "one batch is counted twice")] : []),
      ...leaves.flatMap(({ statement: { message } }) => {
        const { merkleRoot, count, total, largest } = message;
        return compared(weight, toWire({ merkleRoot, count, total, largest }), field, "the approval");
      }),
      ...seenFindings(matter, { firstSeen, leaves, field: `${field}.firstSeen` }),
      ...votesFindings(matter, { votes, leaves, field: `${field}.votes` }),
    ];
  });
  const named = new Set(batches.flatMap(({ votes }) => votes.map((vote) => vote.statement)));
  return [...findings, ...unused(batchApprovals, named)];
}

type Listed = Pick<BatchFact, "firstSeen"> & { readonly leaves: readonly ApprovalLeaf[]; readonly field: string };

/** The list of a batch comes after the requests in it, and before anybody's word about it; at which instant, only the whole log says. */
function seenFindings({ roles: { submission } }: Matter, { firstSeen, leaves, field }: Listed): readonly Finding[] {
  const late = leaves.find((leaf) => leaf.entry.instant < firstSeen);
  const outside = firstSeen < submission.entry.instant ? submission : late;
  if (outside === undefined) return [];
  return [finding(field, "the batch was stored at another time", [field, `${outside.field}.entry.instant`])];
}

type Counted = {
  readonly votes: readonly Vote[];
  readonly leaves: readonly ApprovalLeaf[];
  readonly field: string;
};

type ApprovalLeaf = Said<"Approval"> | Said<"BatchApproval">;

/** Each vote is an approval that is shown, and none is counted twice. */
function votesFindings({ signers }: Matter, { votes, leaves, field: list }: Counted): readonly Finding[] {
  const isOrdered = votes.some((vote) => vote.position !== undefined);
  const findings = votes.flatMap((vote, position) => {
    const field = join(list, position);
    const leaf = named(leaves, vote.statement);
    const expected = leaf === undefined ? undefined : voteOf(leaf, signers);
    if (leaf === undefined || expected === undefined) return [finding(`${field}.statement`, absent)];
    const { position: index, ...said } = vote;
    return [...compared(said, expected, field, "the approval"), ...checkPosition(index, leaf, field, isOrdered)];
  });
  const twice = votes.findIndex(
    (vote, position) => votes.findIndex((one) => one.statement === vote.statement) !== position,
  );
  if (twice >= 0) findings.push(finding(join(list, twice), "one approval is counted twice"));
  return findings;
}

/** Where in the log the gate stored it; facts of the first release did not say. */
function checkPosition(
  index: number | undefined,
  leaf: ApprovalLeaf,
  field: string,
  isOrdered: boolean,
): readonly Finding[] {
  if (index === leaf.index || (index === undefined && !isOrdered)) return [];
  return [finding(`${field}.position`, "the approval stands elsewhere in the log")];
}

/** Objections that were too few, as they were signed and stored. */
function checkVetoes(matter: Matter): readonly Finding[] {
  const { roles, signers } = matter;
  const { vetoes = [] } = recorded(matter);
  const findings = vetoes.flatMap((veto, position) => {
    const field = join(`${base(matter)}.vetoes`, position);
    const leaf = named(roles.vetoes, veto.statement);
    const holder = leaf === undefined ? undefined : signers.get(leaf.position);
    if (leaf === undefined || holder === undefined) return [finding(`${field}.statement`, absent)];
    const stored = `${leaf.field}.entry.instant`;
    const at = `${field}.at`;
    return [
      ...differs(`${field}.person`, veto.person, holder.member.id, "the veto"),
      ...(veto.at === leaf.entry.instant ? [] : [finding(at, "the veto was stored at another time", [at, stored])]),
    ];
  });
  const twice = vetoes.findIndex(
    (veto, position) => vetoes.findIndex((one) => one.statement === veto.statement) !== position,
  );
  if (twice >= 0) findings.push(finding(join(`${base(matter)}.vetoes`, twice), "one veto is counted twice"));
  return [...findings, ...unused(roles.vetoes, new Set(vetoes.map((veto) => veto.statement)))];
}

function voteOf(leaf: ApprovalLeaf, signers: Signers): Vote | undefined {
  const holder = signers.get(leaf.position);
  if (holder === undefined) return undefined;
  const { member, credential } = holder;
  const { message } = leaf.statement;
  const approvalId = "batchId" in message ? message.batchId : message.approvalId;
  const { expiresAt } = message;
  return {
    person: member.id,
    credential: credential.id,
    credentialKind: credential.kind,
    approvalId,
    statement: leaf.statement.hash,
    expiresAt,
  };
}

function checkReserves(matter: Matter): readonly Finding[] {
  const { roles, signers, policy, intent } = matter;
  const { reserves } = recorded(matter);
  const findings = reserves.flatMap((fact, position) => {
    const field = join(`${base(matter)}.reserves`, position);
    const leaf = named(roles.attestations, fact.statement);
    const attestor = leaf === undefined ? undefined : signers.get(leaf.position);
    if (leaf === undefined || attestor === undefined) return [finding(`${field}.statement`, absent)];
    const { message } = leaf.statement;
    const said = `${leaf.field}.entry.statement.message`;
    return [
      ...compared(fact, reserveFact(leaf.statement, attestor.member.id), field, "the attestation"),
      ...differs(`${said}.asset`, message.asset, intent.asset, "the request"),
      ...differs(`${said}.chainId`, message.chainId, policy.policy.token.chain, "the policy"),
      ...differs(`${said}.token`, message.token, policy.policy.token.address, "the policy"),
      ...differs(`${said}.decimals`, message.decimals, policy.policy.token.decimals, "the policy"),
    ];
  });
  return [...findings, ...unused(roles.attestations, new Set(reserves.map((fact) => fact.statement)))];
}

/** Prices, identities and documents, as services signed them of this very request. */
function checkWords(matter: Matter): readonly Finding[] {
  const { roles, signers, intent } = matter;
  const facts = recorded(matter);
  const used = new Set<Bytes32>();
  const findings = Object.values(listOf).flatMap((list) =>
    (facts[list] ?? []).flatMap((fact, position) => {
      const field = join(`${base(matter)}.${list}`, position);
      const leaf = named(roles.words, fact.statement);
      const attestor = leaf === undefined ? undefined : signers.get(leaf.position);
      if (leaf === undefined || attestor === undefined || listOf[leaf.statement.kind] !== list)
        return [finding(`${field}.statement`, absent)];
      used.add(fact.statement);
      const { statement } = leaf;
      const said = `${leaf.field}.entry.statement`;
      if (!attestor.service) return [finding(`${said}.credential`, "a person attests nothing")];
      if (!isAbout(statement.kind, statement.message.subject, intent))
        return [finding(`${said}.message.subject`, "this request is about something else")];
      return compared(fact, attestedFact(statement, attestor.member.id), field, "the attestation");
    }),
  );
  return [...findings, ...unused(roles.words, used)];
}

function checkObserved(matter: Matter): readonly Finding[] {
  const { observed } = recorded(matter);
  const findings = Object.entries(observed).flatMap(([key, fact]) => checkSeen(matter, key, fact));
  const used = new Set(Object.values(observed).flatMap((fact) => fact.statements));
  return [...findings, ...unused(matter.roles.seen, used)];
}

function checkSeen(matter: Matter, key: string, fact: Observed): readonly Finding[] {
  const field = join(`${base(matter)}.observed`, key);
  const leaves: Said<"ChainObservation">[] = [];
  for (const [position, statement] of fact.statements.entries()) {
    const leaf = named(matter.roles.seen, statement);
    if (leaf === undefined) return [finding(join(`${field}.statements`, position), absent)];
    leaves.push(leaf);
  }
  const foreign = foreignTo(leaves, matter);
  if (foreign !== undefined) return [foreign];
  const min = matter.policy.policy.observersMin;
  const agreed = agreedOn(leaves, matter, { min, now: recorded(matter).now });
  if (agreed === undefined) return [finding(field, "too few observers agree on this")];
  const about = `${agreed.subject} ${agreed.fact}`;
  return [
    ...compared(fact, agreed, field, "the observers' statements"),
    ...differs(field, key, about, "the observation"),
  ];
}

/** What the observers of these leaves agree on, by the gate's own rule. */
export function agreedOn(
  leaves: readonly Said<"ChainObservation">[],
  { signers }: Pick<Matter, "signers">,
  { min, now }: { readonly min: number; readonly now: Instant },
): Observed | undefined {
  const observations = leaves.flatMap((leaf) => {
    const holder = signers.get(leaf.position);
    const counts = holder?.service === true && holder.member.groups.includes(observers);
    return !counts ? [] : [{ observer: holder.member.id, hash: leaf.statement.hash, message: leaf.statement.message }];
  });
  const subjects = new Set(
    leaves.map(({ statement: { message } }) => `${message.chainId} ${message.subject} ${message.fact}`),
  );
  if (subjects.size !== 1) return undefined;
  return agree(observations, min, now);
}

const observers = name.parse("observers");

function foreignTo(leaves: readonly Said<"ChainObservation">[], { intent }: Matter): Finding | undefined {
  const leaf = leaves.find((one) => one.statement.message.chainId !== intent.chainId);
  if (leaf === undefined) return undefined;
  return finding(`${leaf.field}.entry.statement.message.chainId`, "the observation is of another chain");
}

/** Earlier requests that count in limits, as their initiators signed them. */
function checkSpends(matter: Matter): readonly Finding[] {
  const { roles, signers } = matter;
  const { spends = [], now } = recorded(matter);
  const counted = new Set(spends.map((spend) => spend.requestId));
  const orphan = roles.spends.find((leaf) => !counted.has(leaf.statement.message.requestId));
  const present = new Map(roles.spends.map((leaf) => [leaf.statement.message.requestId, leaf]));
  const findings = spends.flatMap((spend, position) => {
    const field = join(`${base(matter)}.spends`, position);
    const leaf = present.get(spend.requestId);
    if (spend.at > now) return [finding(`${field}.at`, "it counts something from the future")];
    if (leaf === undefined) {
      return orphan === undefined
        ? []
        : [finding(`${field}.requestId`, `the submission says ${shown(orphan.statement.message.requestId)}`)];
    }
    const { requestId, asset, operation, account, to, amount, feeCeilingWei } = leaf.statement.message;
    const sum = isReverted(matter, spend) ? spend.amount : amount;
    const initiator = signers.get(leaf.position)?.member.id ?? spend.initiator;
    return compared(
      spend,
      { requestId, asset, operation, initiator, account, to, amount: sum, feeCeilingWei, at: spend.at },
      field,
      "the submission",
    );
  });
  if (findings.length > 0 || orphan === undefined) return findings;
  return [finding(orphan.field, "nothing in the bundle needs this leaf")];
}

/** Of a request that was reverted the fees alone count; that it was, only the log key says, and the decision when it depends on it. */
function isReverted(matter: Matter, { amount }: Spend): boolean {
  return amount === 0n && explains(matter, recorded(matter));
}

/** The gate's own times are written twice; which of two is the changed one, the decision tells when it depends on them. */
function checkTimes(matter: Matter): readonly Finding[] {
  const { allocation, submission } = matter.roles;
  const facts = recorded(matter);
  const findings: Finding[] = [];
  if (facts.now !== allocation.entry.instant) {
    const paths: Pair = [`${base(matter)}.now`, `${allocation.field}.entry.instant`];
    findings.push(
      oneOf(
        matter,
        paths,
        { ...facts, now: allocation.entry.instant },
        "the time of the decision is not the time of its leaf",
      ),
    );
  }
  if (facts.firstSeen !== submission.entry.instant) {
    const paths: Pair = [`${base(matter)}.firstSeen`, `${submission.field}.entry.instant`];
    findings.push(
      oneOf(
        matter,
        paths,
        { ...facts, firstSeen: submission.entry.instant },
        "the submission was stored at another time",
      ),
    );
  }
  return findings;
}

type Pair = readonly [fact: string, other: string];

/** `otherwise` are the facts as the other place has them. */
function oneOf(matter: Matter, [fact, other]: Pair, otherwise: Facts, why: string): Finding {
  const asRecorded = explains(matter, recorded(matter));
  const asOther = explains(matter, otherwise);
  if (asRecorded && !asOther) return finding(other, why);
  if (asOther && !asRecorded) return finding(fact, why);
  return finding(fact, why, [fact, other]);
}

/** Since when a list has held the recipient, by the versions of the policy in the log. */
function checkListed(matter: Matter): readonly Finding[] {
  const { listedSince } = recorded(matter);
  const wrong = Object.entries(listedSince).flatMap(([key, since]) => {
    const opened = listedBy(matter, key);
    if (opened?.entry.instant === since) return [];
    return [{ field: join(`${base(matter)}.listedSince`, key), key, opened }];
  });
  const [first] = wrong;
  if (first === undefined) return [];
  const { field, key, opened } = first;
  if (opened === undefined) return [finding(field, "no version of the policy in force lists it")];
  const why = `the version of the policy that lists it came into force at another time`;
  const otherwise = { ...recorded(matter), listedSince: { ...listedSince, [key]: opened.entry.instant } };
  const place = `${opened.field}.entry.instant`;
  const all = Object.keys(listedSince).length;
  if (all > 1 && wrong.length === all) return [finding(place, why, [place, ...wrong.map((one) => one.field)])];
  if (all > 1) return [finding(field, why)];
  return [oneOf(matter, [field, place], otherwise, why)];
}

/** The leaf since which a list has held the intent's recipient without a break. */
function listedBy({ history, intent, roles, policy }: Matter, key: string): Era["opened"] | undefined {
  const list = [...policy.policy.lists.keys()].find((one) => key === `${one} ${intent.to}`);
  let since: Era["opened"] | undefined;
  for (const { opened, standing, proposal } of history.eras) {
    if (list === undefined || opened.position > roles.allocation.position || proposal?.kind === "Roster") continue;
    const entries = standing.policies.get(intent.asset)?.policy.lists.get(list)?.entries;
    since = entries?.has(intent.to) === true ? (since ?? opened) : undefined;
  }
  return since;
}

/** The first field in which a recorded fact differs from what its statement establishes. */
function compared(given: unknown, expected: unknown, field: string, what: string): Finding[] {
  const place = firstDifference(toWire(given), expected, field);
  return place === undefined ? [] : [finding(place, `${what} says something else`)];
}

function unused(leaves: readonly StatementLeaf[], used: ReadonlySet<Bytes32>): readonly Finding[] {
  return leaves
    .filter((leaf) => !used.has(leaf.statement.hash))
    .map((leaf) => finding(leaf.field, "nothing in the bundle needs this leaf"));
}
