/** What the log says of every request of an asset, with the documents of each moment: the history on which a draft is tried. */
import type { BatchFact, Facts, Vote } from "../policy/facts.ts";
import type { PastRequest } from "../policy/trial/replay.ts";
import type { Holder } from "../roster/membership.ts";
import { readStatement, type Statement, type StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { boundsOf } from "./bounds.ts";
import { withStanding } from "./recount.ts";
import type { Standing } from "./standing.ts";
import { intentOf } from "./submission.ts";
import { countLog, usageIn, type LogCount, type Logged } from "./usage-from-log.ts";

/** What was heard of one request so far. */
type Heard = {
  readonly statement: StatementOf<"Submission">;
  readonly initiator: Name;
  readonly firstSeen: Instant;
  readonly votes: Vote[];
  /** By the root of each batch that it stands in. */
  readonly batches: Map<Bytes32, BatchFact>;
  readonly vetoes: NonNullable<Facts["vetoes"]>;
};

export type LogHistory = {
  /** In force after the last leaf. */
  readonly standing: Standing;
  /** Requests of the asset: those that were allocated in the order of that, then the others in the order in which they were asked for. */
  readonly past: readonly PastRequest[];
};

/**
 * Reads leaves of one log from its genesis on, whose root the caller has checked: the gate verified each statement in them before
 * it stored it. A request without an allocation is taken at its expiry, or at the last leaf when that is earlier. Without an asset
 * no request is looked at. Throws `InvalidValue` when the leaves are no log of ours.
 */
export function historyOf(leaves: readonly Logged[], asset: Name | undefined, checks: SignatureChecks): LogHistory {
  const requests = new Requests(asset);
  const count = asset === undefined ? countLog([]) : countLog(leaves);
  const past: PastRequest[] = [];
  const steps = withStanding(leaves, checks);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    const { leaf, standing } = step.value;
    const { index, entry } = leaf;
    if (entry.kind === "batch") requests.bring(entry);
    if (entry.kind === "statement" && spoken.has(entry.statement.kind))
      requests.hear(readStatement(entry.statement), standing, { at: entry.instant, index });
    const heard = entry.kind === "allocation" ? requests.take(entry.requestId) : undefined;
    if (entry.kind !== "allocation" || heard === undefined) continue;
    const moment = { standing, count, before: index, at: entry.facts.now };
    past.push(...requestOf(heard, moment, entry.facts));
  }
  const standing = step.value;
  const end = leaves.at(-1)?.entry.instant ?? instant.parse(0);
  const open = requests.open().flatMap((heard) => {
    const last = Math.max(heard.firstSeen, heard.statement.message.expiresAt - 1);
    const at = instant.parse(Math.min(last, Math.max(end, heard.firstSeen)));
    return requestOf(heard, { standing, count, before: Number.MAX_SAFE_INTEGER, at }, undefined);
  });
  return { standing, past: [...past, ...open] };
}

/** The kinds that say something about a request; most leaves say something else, and reading a statement is most of the work. */
const spoken: ReadonlySet<string> = new Set(["Submission", "Approval", "BatchApproval", "Veto"]);

/** Requests of one asset that have no allocation yet. */
class Requests {
  readonly #asset: Name | undefined;
  readonly #heard = new Map<Bytes32, Heard>();
  readonly #brought = new Map<Bytes32, { readonly ids: readonly Bytes32[]; readonly firstSeen: Instant }>();

  constructor(asset: Name | undefined) {
    this.#asset = asset;
  }

  hear(statement: Statement, { roster }: Standing, place: { readonly at: Instant; readonly index: number }): void {
    const holder = roster.index.credential(statement.credential);
    if (holder === undefined) return;
    if (statement.kind === "Submission") this.#ask(statement, holder.member.id, place.at);
    if (holder.service) return;
    const { hash } = statement;
    if (statement.kind === "Approval" && statement.message.decision === "approve")
      this.#heard
        .get(statement.message.requestId)
        ?.votes.push(voteOf(statement, holder, statement.message.approvalId, place.index));
    if (statement.kind === "BatchApproval" && statement.message.decision === "approve")
      this.#agree(statement, voteOf(statement, holder, statement.message.batchId, place.index));
    if (statement.kind === "Veto")
      this.#heard
        .get(statement.message.target)
        ?.vetoes.push({ person: holder.member.id, statement: hash, at: place.at });
  }

  bring({ root, legs, instant: firstSeen }: Extract<Logged["entry"], { kind: "batch" }>): void {
    this.#brought.set(root, { ids: legs.map(({ requestId }) => requestId), firstSeen });
  }

  #agree({ message }: StatementOf<"BatchApproval">, vote: Vote): void {
    const { merkleRoot, count, total, largest } = message;
    const brought = this.#brought.get(merkleRoot);
    if (brought === undefined) return;
    const { ids, firstSeen } = brought;
    for (const requestId of ids) {
      const batches = this.#heard.get(requestId)?.batches;
      const known = batches?.get(merkleRoot)?.votes ?? [];
      batches?.set(merkleRoot, { merkleRoot, count, total, largest, firstSeen, votes: [...known, vote] });
    }
  }

  #ask(statement: StatementOf<"Submission">, initiator: Name, at: Instant): void {
    const { asset, requestId } = statement.message;
    if (asset !== this.#asset || this.#heard.has(requestId)) return;
    this.#heard.set(requestId, { statement, initiator, firstSeen: at, votes: [], batches: new Map(), vetoes: [] });
  }

  take(requestId: Bytes32): Heard | undefined {
    const heard = this.#heard.get(requestId);
    this.#heard.delete(requestId);
    return heard;
  }

  open(): readonly Heard[] {
    return [...this.#heard.values()];
  }
}

function voteOf(
  { message, hash }: StatementOf<"Approval"> | StatementOf<"BatchApproval">,
  { member, credential }: Holder,
  approvalId: Bytes32,
  index: number,
): Vote {
  return {
    person: member.id,
    credential: credential.id,
    credentialKind: credential.kind,
    approvalId,
    statement: hash,
    expiresAt: message.expiresAt,
    position: index,
  };
}

type Moment = {
  readonly standing: Standing;
  readonly count: LogCount;
  /** The leaf before which it is decided. */
  readonly before: number;
  readonly at: Instant;
};

/** Nothing when no policy of the asset was in force. */
function requestOf(
  { statement, initiator, firstSeen, votes, batches, vetoes }: Heard,
  { standing, count, before, at }: Moment,
  facts: Facts | undefined,
): readonly PastRequest[] {
  const own = standing.policies.get(statement.message.asset);
  if (own === undefined) return [];
  const intent = intentOf(statement.message, own.policy.token.decimals);
  return [
    {
      requestId: statement.message.requestId,
      at,
      intent,
      initiator,
      policy: own.policy,
      policyHash: own.hash,
      roster: standing.roster.index,
      rosterHash: standing.roster.hash,
      bounds: boundsOf(standing, intent),
      facts,
      heard: {
        firstSeen,
        votes,
        ...(batches.size === 0 ? {} : { batches: [...batches.values()] }),
        vetoes,
      },
      usage: (question) => usageIn(count, question, { now: at, before }),
    },
  ];
}
