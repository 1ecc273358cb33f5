/** Gathers what a decision may know: signed evidence on which enough agree, and the journal's own counts. */
import { agree } from "../../evidence/agreement.ts";
import { isOfToken, reserveFact } from "../../evidence/reserve.ts";
import * as subject from "../../evidence/subject.ts";
import { boundsOf } from "../../gate/bounds.ts";
import { listsWith } from "../../gate/change.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import { claimSigner } from "../../intent/claim.ts";
import type { Intent } from "../../intent/intent.ts";
import { operations } from "../../intent/operation.ts";
import type { BatchFact, Facts, Observed, ReserveFact, Usage, VetoFact, Vote } from "../../policy/facts.ts";
import { needsOf } from "../../policy/profile.ts";
import { feedsFor } from "../../policy/decide/feed.ts";
import { roundsFor } from "../../policy/decide/rounds.ts";
import { measure, type Sum } from "../../policy/decide/measure.ts";
import { wantedUsage, type Counted, type UsageQuestion } from "../../policy/decide/usage.ts";
import type { StatementOf } from "../../statement/read.ts";
import * as address from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import * as name from "../../values/name.ts";
import { attestedFacts } from "./attested.ts";
import type { Core } from "./core.ts";
import { distributionFact } from "./distribution.ts";
import type { Allocation } from "./journal.port.ts";
import { verifiedAgain } from "./verified.ts";

export type Asked = {
  readonly intent: Intent;
  readonly policy: StandingPolicy;
  readonly initiator: Name;
  /** Absent for an intent nobody signed yet. */
  readonly requestId: Bytes32 | undefined;
  readonly firstSeen: Instant;
  readonly votes: readonly Vote[];
  readonly batches: readonly BatchFact[];
  readonly vetoes: readonly VetoFact[];
  readonly now: Instant;
};

export function gatherFacts(core: Core, asked: Asked): Facts {
  const { intent, policy, now } = asked;
  const token = subject.token(policy.policy.token.address);
  const distribution = distributionFact(core, intent);
  const own = asked.requestId === undefined ? undefined : core.journal.allocation(asked.requestId);
  const wanted = [
    [token, "codehash"],
    [token, "implementation"],
    [token, "supply"],
    [token, "paused"],
    ...needsOf(policy.policy, intent).map((need) => [need.subject, need.fact] as const),
    ...(distribution === undefined ? [] : [[subject.holders(distribution.token, distribution), "holders"] as const]),
    ...feedsFor(policy.policy, intent.operation).map(({ address: feed }) => [subject.feed(feed), "round"] as const),
    [subject.account(intent.account), "nonce"],
  ] as const;
  const observed: Record<string, Observed> = {};
  for (const [about, fact] of wanted) {
    const agreed = agreedFact(core, {
      chainId: intent.chainId,
      subject: about,
      fact,
      min: policy.policy.observersMin,
      now,
    });
    if (agreed !== undefined && !isOvertaken(core, { intent, own }, agreed))
      observed[subject.factKey(about, fact)] = agreed;
  }
  const attested = reserves(core, policy.policy);
  return {
    now,
    firstSeen: asked.firstSeen,
    votes: [...asked.votes],
    ...(asked.batches.length === 0 ? {} : { batches: [...asked.batches] }),
    ...(asked.vetoes.length === 0 ? {} : { vetoes: [...asked.vetoes] }),
    reserves: attested,
    ...attestedFacts(core, asked),
    observed,
    ...rounds(core, asked),
    outstanding: outstanding(core, asked, { supply: observed[subject.factKey(token, "supply")], attested }),
    ...(distribution === undefined ? {} : { distribution }),
    ...signer(core, intent),
    listedSince: listedSince(core, asked),
    usage: usage(core, asked, own),
  };
}

/** Of a claim, found out of its bytes alone. */
function signer({ checks }: Core, intent: Intent): Pick<Facts, "claimSigner"> {
  const found = intent.operation === "addClaim" ? claimSigner(intent, checks) : undefined;
  return found === undefined ? {} : { claimSigner: found };
}

/**
 * What the gate stops by itself holds from the allocation of the freeze or the pause, and a raise of the multiplier from its own: no
 * block from before shows that holder or that token as it will be when the next transaction of ours is mined, and an observation may be two minutes old and still fresh. What
 * comes behind this very request on its lane stops nothing of it: it is mined later, and would wait for it for ever.
 */
function isOvertaken(
  { journal }: Core,
  { intent: { asset, chainId }, own }: Owning,
  { subject: about, fact, blockNumber: block }: Observed,
): boolean {
  const on = { chainId, block, before: own } as const;
  const whole = fact === "paused" ? "pause" : fact === "multiplier" ? "raiseMultiplier" : undefined;
  if (whole !== undefined) return journal.isStoppedAfter(asset, { ...on, operation: whole, holder: address.zero });
  const holder = fact === "frozen" ? subject.holderIn(about)?.holder : undefined;
  return holder !== undefined && journal.isStoppedAfter(asset, { ...on, operation: "freeze", holder });
}

/** A request that has its nonce is asked about again with the allocation that is its own. */
type Owning = Pick<Asked, "intent"> & { readonly own: Allocation | undefined };

type FactAsked = {
  readonly chainId: number;
  readonly subject: string;
  readonly fact: subject.FactName;
  readonly min: number;
  readonly now: Instant;
};

/** What enough observers agree on, from statements that verify now, never older than a block already used. */
export function agreedFact(core: Core, asked: FactAsked): Observed | undefined {
  const seen = core.journal.observations(asked.chainId, asked.subject, asked.fact).flatMap((stored) => {
    const statement = verifiedAgain(core, { envelope: stored.envelope, member: stored.observer }, "ChainObservation");
    return statement === undefined || !isObservingService(core, statement)
      ? []
      : [{ observer: stored.observer, hash: stored.hash, message: statement.message }];
  });
  const notBelow = Math.max(0, core.journal.usedBlock(asked.chainId, asked.subject, asked.fact));
  return agree(seen, asked.min, asked.now, notBelow);
}

/** The group of services whose observations count, by the name every roster uses for it. */
const observers = name.parse("observers");

/** As when it was admitted: a member that became a person since observes no more. */
function isObservingService(core: Core, { credential }: StatementOf<"ChainObservation">): boolean {
  const holder = core.standing().roster.index.credential(credential);
  return holder?.service === true && isObserver(core, holder.member.id);
}

export function isObserver(core: Core, member: Name): boolean {
  return core.standing().roster.index.inGroup(member, observers);
}

/** The last word of each attestor; when it no longer verifies, or is of another token, an older word does not stand in for it. */
function reserves(core: Core, { asset, token }: StandingPolicy["policy"]): ReserveFact[] {
  return core.journal.latestStatements("ReserveAttestation", asset).flatMap((stored) => {
    const statement = verifiedAgain(core, stored, "ReserveAttestation");
    return statement === undefined || !isOfToken(statement.message, token)
      ? []
      : [reserveFact(statement, stored.member)];
  });
}

type Grounds = { readonly supply: Observed | undefined; readonly attested: readonly ReserveFact[] };

/**
 * Mints whose tokens the observed supply cannot hold yet: allocated and unseen, or mined above the observed block. Burns that a chain
 * may still take back: they left the observed supply, or will, and are out again when it does. And what is owed to those who redeemed:
 * their tokens are gone, what backed them is still among the reserves that were counted.
 */
function outstanding(core: Core, asked: Asked, { supply, attested }: Grounds): amount.Amount {
  const { intent, requestId } = asked;
  const minted = core.journal.mintsUnseen(intent.asset, {
    chainId: intent.chainId,
    above: supply?.blockNumber,
    except: requestId,
  });
  const sum = owed(core, asked, attested).reduce((all, one) => all + one, minted);
  // More than a uint256 holds is more than any reserves cover: the most there is says so too, and is an answer.
  return amount.fromBigInt(sum > amount.max ? amount.max : sum);
}

/** From the allocation of a burn until it is final; with a second leg, until all who attest reserves counted them after the delivery. */
function owed(core: Core, { intent, requestId, now }: Asked, attested: readonly ReserveFact[]): amount.Amount[] {
  const current = attested.filter(({ expiresAt }) => expiresAt > now).map(({ asOf }) => asOf);
  const counted = instant.parse(current.length === 0 ? now : Math.min(...current));
  const open = core.journal.burnsUnderWay(intent.asset).filter((one) => one.requestId !== requestId);
  return [...open.map((one) => one.amount), ...core.journal.owed(intent.asset, counted)];
}

/** Of everything with rounds that the decision may read; left out where it reads none. */
function rounds({ journal }: Core, { intent, policy }: Asked): Pick<Facts, "rounds"> {
  const counted = roundsFor(policy.policy, intent.operation);
  if (counted.length === 0) return {};
  return { rounds: Object.fromEntries(counted.map((about) => [about, journal.highestRound(intent.chainId, about)])) };
}

/**
 * How much counts for each limit and ceiling that this request meets, from the journal's running sums. It is counted once, at its
 * allocation: what has its nonce is measured as of then, without itself, by the limits in force now.
 */
function usage(core: Core, { intent, policy, initiator, now }: Asked, own: Allocation | undefined): UsageFacts {
  const standing = core.standing();
  const one = { policy: policy.policy, bounds: boundsOf(standing, intent), intent };
  const at = own?.at ?? now;
  const questions = wantedUsage({ ...one, initiator }, at);
  return Object.fromEntries(questions.map((question) => [question.key, measured(core, question, at, own)]));
}

type UsageFacts = NonNullable<Facts["usage"]>;

/** The answer of the journal's running sums, up to an instant. */
export function measured(
  { journal }: Pick<Core, "journal">,
  question: UsageQuestion,
  to: Instant,
  own?: Allocation,
): Usage {
  const { added, removed = added } = question;
  const later = own === undefined ? nothing : journal.allocatedAfter(added, to);
  const removedLater = own === undefined ? nothing : journal.removedAfter(removed, to);
  const itself = own === undefined ? nothing : shareIn(added, own);
  const sums = {
    added: (since: number) => (since >= to ? nothing : less(less(journal.allocatedAfter(added, since), later), itself)),
    removed: (since: number) => (since >= to ? nothing : less(journal.removedAfter(removed, since), removedLater)),
  };
  return measure(question, sums, to);
}

const nothing: Sum = { sum: 0n, count: 0 };

function less(one: Sum, other: Sum): Sum {
  return { sum: one.sum - other.sum, count: one.count - other.count };
}

/** What one allocation adds to a sum of its own asset, initiator, recipient and account. */
function shareIn(counted: Counted, { operation, amount: sum, feeCeilingWei }: Allocation): Sum {
  if (counted.kind === "fees") return { sum: feeCeilingWei, count: 1 };
  const isCounted = counted.operations.includes(operation) && (counted.per !== "to" || operations[operation].recipient);
  return isCounted ? { sum, count: 1 } : nothing;
}

/** Since when, without a break up to the version in force, each list has had the recipient. */
function listedSince(core: Core, { intent, policy }: Asked): Record<string, Instant> {
  const history = core.journal
    .activatedDocuments()
    .filter((document) => document.kind === "Policy" && document.name === intent.asset)
    .map(({ document, activeAt }) => ({ activeAt, holding: listsWith(document, intent.to) }));
  const since: Record<string, Instant> = {};
  for (const list of policy.policy.lists.keys()) {
    let from: Instant | undefined;
    for (const { activeAt, holding } of history) from = holding.has(list) ? (from ?? activeAt) : undefined;
    if (from !== undefined) since[`${list} ${intent.to}`] = from;
  }
  return since;
}
