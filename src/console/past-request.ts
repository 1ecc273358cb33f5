/** Who agreed to what, read from the log: one line for each request, with everybody's word and what came of it. */
import type { Entry } from "../log/entry.ts";
import type { Logged } from "../gate/usage-from-log.ts";
import { readStatement, type StatementOf } from "../statement/read.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { Instant } from "../values/instant.ts";

/** `credential` is as it signed; whose it is, the roster says. */
export type Word = {
  readonly credential: string;
  readonly decision: string;
  readonly reason: string;
  readonly at: Instant;
};

export type PastRequest = {
  readonly submission: StatementOf<"Submission">;
  readonly askedAt: Instant;
  readonly words: readonly Word[];
  /** Set once the gate gave it a nonce. */
  readonly allocation: Extract<Entry, { kind: "allocation" }> | undefined;
  /** Of every signature, the newest last. */
  readonly txHashes: readonly Bytes32[];
  readonly outcome: Extract<Entry, { kind: "outcome" }> | undefined;
};

type Growing = { -readonly [K in keyof PastRequest]: PastRequest[K] };

/** In the order in which they were asked for. */
export function pastRequests(entries: readonly Logged[]): readonly PastRequest[] {
  const all = new Map<string, Growing>();
  for (const { entry } of entries) {
    if (entry.kind === "statement") hear(all, readStatement(entry.statement), entry.instant);
    else if ("requestId" in entry) note(all.get(entry.requestId), entry);
  }
  return [...all.values()];
}

/** Asked for, agreed to, signed or come to an end in the time from `from` to before `until`. */
export function within({ askedAt, words, allocation, outcome }: PastRequest, from: number, until: number): boolean {
  const moments = [askedAt, ...words.map(({ at }) => at), allocation?.instant, outcome?.instant];
  return moments.some((at) => at !== undefined && at >= from && at < until);
}

function hear(all: Map<string, Growing>, statement: ReturnType<typeof readStatement>, at: Instant): void {
  const { kind, credential } = statement;
  if (kind === "Submission") {
    const fresh = { words: [], allocation: undefined, txHashes: [], outcome: undefined };
    all.set(statement.message.requestId, { submission: statement, askedAt: at, ...fresh });
  } else if (kind === "Approval") {
    const { requestId, decision, reason } = statement.message;
    add(all.get(requestId), { credential, decision, reason, at });
  } else if (kind === "Cancellation" || kind === "Veto") {
    const { reason } = statement.message;
    const target = kind === "Veto" ? statement.message.target : statement.message.requestId;
    add(all.get(target), { credential, decision: kind.toLowerCase(), reason, at });
  }
}

function add(request: Growing | undefined, word: Word): void {
  if (request !== undefined) request.words = [...request.words, word];
}

function note(request: Growing | undefined, entry: Extract<Entry, { requestId: unknown }>): void {
  if (request === undefined) return;
  if (entry.kind === "allocation") request.allocation = entry;
  if (entry.kind === "signature") request.txHashes = [...request.txHashes, entry.txHash];
  if (entry.kind === "outcome") request.outcome = entry;
}
