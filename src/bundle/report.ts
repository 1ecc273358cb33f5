/** What a verified bundle tells: who agreed to what, under which clause, who vouches for each fact, and what it does not prove. */
import { batchWords } from "../gate/batch.ts";
import { sentence } from "../intent/words.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import type { Cosigner } from "../log/witnessed.ts";
import type { Clause, Seat } from "../policy/decision.ts";
import { inAsset, inEther } from "../policy/quantity.ts";
import { requests } from "../policy/decide/used.ts";
import { format, type Amount } from "../values/amount.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";
import type { Json } from "../values/json.ts";
import { toWire } from "../values/wire.ts";
import { format as bundleFormat, type Bundle } from "./bundle.ts";
import type { Matter } from "./matter.ts";
import { releaseTold, type Told } from "./release.ts";
import { listOf } from "./roles.ts";

export type Person = {
  readonly person: string;
  readonly name: string;
  readonly credential: string;
  readonly credentialKind: "wallet" | "key" | "passkey";
};

export type Report = {
  readonly format: string;
  readonly engine: string;
  readonly deployment: string;
  readonly requestId: string;
  /** The whole intent in words, as it was signed. */
  readonly intent: string;
  readonly intentHash: string;
  readonly initiator: Person & { readonly at: Instant; readonly leaf: number };
  /** Everybody whose approval was counted; `seat` is the group whose seat they fill, null when it was not needed. */
  readonly agreed: readonly (Person & {
    readonly seat: string | null;
    readonly reason: string;
    readonly at: Instant;
    readonly leaf: number;
  })[];
  readonly policy: {
    readonly asset: string;
    readonly version: number;
    readonly hash: string;
    readonly rule: string;
    readonly tier: number;
  };
  readonly roster: { readonly version: number; readonly hash: string };
  readonly clauses: readonly Clause[];
  /** Each fact with whoever vouches for it. */
  readonly facts: readonly { readonly fact: string; readonly value: string; readonly by: string }[];
  readonly key: { readonly id: string; readonly account: string; readonly backend: string };
  /** `closes` when it does nothing but use up the nonce of a request that ended. */
  readonly transactions: readonly {
    readonly txHash: string;
    readonly nonce: number;
    readonly leaf: number;
    readonly closes?: true;
  }[];
  readonly outcome: {
    readonly status: string;
    readonly txHash: string;
    readonly blockNumber: number;
    readonly by: string;
  } | null;
  /** The second leg of a redemption, where there is one. */
  readonly redemption?: Told;
  readonly log: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    /** Witnesses of the genesis who cosigned the checkpoint, by their own clocks. */
    readonly cosigned: readonly Cosigner[];
    readonly allocationLeaf: number;
    readonly decidedAt: Instant;
  };
  readonly doesNotProve: readonly string[];
};

type Sealed = { readonly checkpoint: Checkpoint; readonly cosigned: readonly Cosigner[] };

/** Of a bundle that passed every check. */
export function reportOf(bundle: Bundle, matter: Matter, { checkpoint, cosigned }: Sealed): Report {
  const { roles, policy, standing, intent, key } = matter;
  const { decision } = roles.allocation.entry;
  return {
    format: bundleFormat,
    engine: bundle.engine,
    deployment: standing.deploymentId,
    requestId: bundle.requestId,
    intent: sentence(intent, policy.policy.token.decimals),
    intentHash: decision.intentHash,
    initiator: {
      ...personAt(matter, roles.submission.position),
      at: roles.submission.entry.instant,
      leaf: roles.submission.index,
    },
    agreed: agreedBy(matter),
    policy: {
      asset: policy.policy.asset,
      version: policy.version,
      hash: policy.hash,
      rule: decision.rule ?? "",
      tier: decision.tier ?? 0,
    },
    roster: { version: standing.roster.version, hash: standing.roster.hash },
    clauses: decision.clauses,
    facts: factsOf(matter),
    key: { id: key.id, account: key.account, backend: key.backend },
    transactions: roles.signatures.map(({ entry, index }) => ({
      txHash: entry.txHash,
      nonce: roles.allocation.entry.nonce,
      leaf: index,
      ...(roles.fillers.some((filler) => filler.entry.digest === entry.digest) ? { closes: true as const } : {}),
    })),
    outcome: outcomeOf(matter),
    ...redemptionOf(matter),
    log: {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: checkpoint.root,
      cosigned,
      allocationLeaf: roles.allocation.index,
      decidedAt: roles.allocation.entry.instant,
    },
    doesNotProve: doesNotProve(matter, cosigned),
  };
}

function personAt({ signers }: Matter, position: number): Person {
  const holder = signers.get(position);
  if (holder === undefined) return { person: "", name: "", credential: "", credentialKind: "key" };
  const { member, credential } = holder;
  return { person: member.id, name: member.name, credential: credential.id, credentialKind: credential.kind };
}

/** Seats are filled in one way alone: by approvals of the request, or of one batch. */
function agreedBy(matter: Matter): Report["agreed"] {
  const { approvals, batchApprovals, allocation } = matter.roles;
  const { seats, batch } = allocation.entry.decision;
  const leaves = [...approvals, ...batchApprovals].sort((a, b) => a.index - b.index);
  return leaves.map((leaf) => {
    const who = personAt(matter, leaf.position);
    const { message } = leaf.statement;
    const root = "merkleRoot" in message ? message.merkleRoot : undefined;
    const taken = (seat: Seat): boolean =>
      root === batch?.merkleRoot && seat.person === who.person && seat.credential === who.credential;
    const reason = "merkleRoot" in message ? batchWords(message) : message.reason;
    return { ...who, seat: seats.find(taken)?.group ?? null, reason, at: leaf.entry.instant, leaf: leaf.index };
  });
}

const journal = "the gate's journal, under its log key";

function factsOf(matter: Matter): Report["facts"] {
  const { facts } = matter.roles.allocation.entry;
  const { observed, reserves, spends, outstanding, listedSince } = facts;
  const { asset, token } = matter.policy.policy;
  const inUnits = (value: Amount): string => `${format(value, token.decimals)} ${asset}`;
  const seen = Object.entries(observed).map(([fact, one]) => ({
    fact,
    value: `${one.value} at block ${one.blockNumber}`,
    by: `${one.statements.length} observers (${matter.policy.policy.observersMin} needed): ${namesOf(matter, one.statements)}`,
  }));
  const attested = reserves.map((one) => ({
    fact: "reserves",
    value: `${inUnits(one.reserves)}, attestation ${one.sequence} as of ${instant.toIso(one.asOf)}`,
    by: `attestor ${one.attestor}`,
  }));
  const words = Object.values(listOf).flatMap((list) => facts[list] ?? []);
  const said = words.map((one) => ({
    fact: one.subject,
    value: `${one.value} by ${one.source} as of ${instant.toIso(one.asOf)}`,
    by: `attestor ${one.attestor}`,
  }));
  const listed = Object.entries(listedSince).map(([entry, since]) => ({
    fact: `listed ${entry}`,
    value: `since ${instant.toIso(since)}`,
    by: "the policy's versions in the log",
  }));
  return [
    { fact: "time of the decision", value: instant.toIso(facts.now), by: journal },
    { fact: "submission first seen", value: instant.toIso(facts.firstSeen), by: journal },
    ...attested,
    ...said,
    ...seen,
    ...listed,
    { fact: "minted and not yet observed", value: inUnits(outstanding), by: journal },
    ...distributionLine(matter),
    ...(spends === undefined ? [] : [spendsLine(spends.length, matter)]),
    ...usesOf(matter),
    ...roundsOf(matter),
  ];
}

function distributionLine(matter: Matter): Report["facts"] {
  const { distribution } = matter.roles.allocation.entry.facts;
  if (distribution === undefined) return [];
  const { entitlement, pool, recordBlock, recordHash, escrow, treasury, hash } = distribution;
  const text = (value: Amount): string => inAsset(value, matter.policy.policy);
  const value = `${text(entitlement)} of ${text(pool)}, by what was held at block ${recordBlock} (${recordHash}); escrow ${escrow}, treasury ${treasury}`;
  return [{ fact: "part of the distribution", value, by: `its document ${hash}, which is in this bundle` }];
}

function spendsLine(count: number, { roles }: Matter): Report["facts"][number] {
  const value = `${count}, ${roles.spends.length} of them shown as signed`;
  return { fact: "uses of limits", value, by: journal };
}

function roundsOf({ roles }: Matter): Report["facts"] {
  return Object.entries(roles.allocation.entry.facts.rounds ?? {}).map(([feed, round]) => ({
    fact: `highest round of ${feed}`,
    value: round.toString(),
    by: journal,
  }));
}

/** The gate's own word, since no bundle holds what everybody else was allocated. */
function usesOf(matter: Matter): Report["facts"] {
  const { usage = {} } = matter.roles.allocation.entry.facts;
  const { policy } = matter.policy;
  return Object.entries(usage).map(([key, { added, removed, count }]) => {
    const text = (value: bigint): string => (key === "ceiling.fees" ? inEther(value) : inAsset(value, policy));
    const sum = added === 0n && count > 0 ? "" : `${text(added)} by `;
    const less = removed === 0n ? "" : `, less ${text(removed)} burned`;
    return {
      fact: `used of ${key}`,
      value: `${sum}${requests(count)}${less}`,
      by: `${journal}; the whole log lets anybody count it again`,
    };
  });
}

function namesOf(matter: Matter, statements: readonly string[]): string {
  const leaves = [...matter.roles.seen, ...matter.roles.seenAfter].filter((leaf) =>
    statements.includes(leaf.statement.hash),
  );
  return [...new Set(leaves.map((leaf) => personAt(matter, leaf.position).person))].join(", ");
}

function outcomeOf(matter: Matter): Report["outcome"] {
  const { outcome } = matter.roles;
  if (outcome === undefined) return null;
  const { status, txHash, blockNumber, statements } = outcome.entry;
  return { status, txHash, blockNumber, by: `observers ${namesOf(matter, statements)}` };
}

function redemptionOf(matter: Matter): Pick<Report, "redemption"> {
  const redemption = releaseTold(matter);
  return redemption === undefined ? {} : { redemption };
}

function doesNotProve({ roles }: Matter, cosigned: readonly Cosigner[]): readonly string[] {
  return [
    "that nobody rejected, cancelled or froze the request without the gate's log showing it: what is absent is shown by the whole log only",
    "times, earlier uses of limits and mints still unobserved: the gate's journal vouches for them alone, under its log key",
    cosigned.length === 0
      ? "that there is one log only: ask a witness, or compare checkpoints with somebody else"
      : "that there is one log only, should the log key and the witnesses who cosigned it lie together",
    ...(roles.signatures.length === 0 ? ["that anything was signed: the permit waits for its signature"] : []),
    ...(roles.outcome === undefined ? ["that the transaction was mined: no outcome is in this bundle yet"] : []),
    ...(roles.batchApprovals.length === 0
      ? []
      : [
          "what the other requests of a batch are, and who asked for them: their number and sum are what people signed and the gate recomputed",
          "when the gate had the list of a batch, from where its waits run: only that it was between the request and the first word; the whole log says when",
        ]),
    ...(roles.promotions.length === 0
      ? []
      : ["that the log before a promotion is the one that people promoted: whoever has all of it sees that"]),
    ...(roles.release === undefined ? [] : ["that what was released is there: those who said so vouch for it"]),
    "that observers and attestors told the truth: only that these signed it",
  ];
}

/** As JSON, for programs. */
export function reportJson(report: Report): Json {
  return toWire(report);
}
