/** Past requests under a draft: which would have come out otherwise, and why. */
import { intentHash, type Intent } from "../../intent/intent.ts";
import { sentence } from "../../intent/words.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Bounds } from "../ceiling.ts";
import { decide } from "../decide.ts";
import type { Clause, Decision } from "../decision.ts";
import type { Facts, Usage } from "../facts.ts";
import type { GuardEffect, Policy } from "../policy.ts";
import { wantedUsage, type UsageQuestion } from "../decide/usage.ts";
import { worldOf } from "./world.ts";

/** One request as the log has it, with the documents of the moment at which it was decided, or last could have been. */
export type PastRequest = {
  readonly requestId: Bytes32;
  readonly at: Instant;
  readonly intent: Intent;
  readonly initiator: Name;
  /** Of that moment. */
  readonly policy: Policy;
  readonly policyHash: Bytes32;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
  readonly bounds: Bounds;
  /** On which it was decided; undefined when it was never allocated, since nobody wrote them down then. */
  readonly facts: Facts | undefined;
  /** What people had said by then, and since when it was known. */
  readonly heard: Pick<Facts, "firstSeen" | "votes" | "batches" | "vetoes">;
  /** What counted in a limit or ceiling just before it, by the log. */
  readonly usage: (question: UsageQuestion) => Usage;
};

/** A policy by which past requests are decided again. */
export type Draft = { readonly policy: Policy; readonly hash: Bytes32 };

export type Flip = {
  readonly requestId: Bytes32;
  readonly at: Instant;
  readonly words: string;
  readonly from: Decision["verdict"];
  readonly to: Decision["verdict"];
  readonly code: string;
  /** Clauses that fail under the draft; none when it would be allowed. */
  readonly why: readonly Clause[];
  /** False when the facts of that moment are not in the log: then the best that could have been stand in for them, on both sides. */
  readonly recorded: boolean;
  /** True when nothing but evidence fails that nobody asked for at the time, so that none of it is on record. */
  readonly unasked: boolean;
};

export type Replay = { readonly tried: number; readonly flips: readonly Flip[] };

/** Every request is decided by the policy of its moment and by the draft, on the same facts. */
export function replay(past: readonly PastRequest[], draft: Draft): Replay {
  const flips = past.flatMap((one) => {
    const before = decideBy(one, { policy: one.policy, hash: one.policyHash });
    const after = decideBy(one, draft);
    return before.verdict === after.verdict ? [] : [flip(one, before, after, draft)];
  });
  return { tried: past.length, flips };
}

function flip(one: PastRequest, before: Decision, after: Decision, { policy }: Draft): Flip {
  const why = after.clauses.filter((clause) => !clause.ok);
  const known = new Set(one.policy.guards.map(({ then }) => then.kind));
  const fresh = policy.guards
    .filter(({ then }) => "by" in then && !known.has(then.kind))
    .map(({ id }) => `guard.${id}.`);
  const hadPrices = one.policy.guards.some(({ then }) => then.kind === "price" || hasPrice(then));
  const priced = hadPrices
    ? []
    : policy.guards.filter(({ then }) => hasPrice(then)).map(({ id }) => `guard.${id}.price.`);
  const isFresh = ({ id }: Clause): boolean => [...fresh, ...priced].some((guard) => `${id}.`.startsWith(guard));
  return {
    requestId: one.requestId,
    at: one.at,
    words: sentence(one.intent, policy.token.decimals),
    from: before.verdict,
    to: after.verdict,
    code: after.code,
    why,
    recorded: one.facts !== undefined,
    unasked: one.facts !== undefined && why.length > 0 && why.every(isFresh),
  };
}

/** Whether reserves are reckoned by a price. */
function hasPrice(then: GuardEffect): boolean {
  return then.kind === "reserves" && then.cover?.price !== undefined;
}

function decideBy(one: PastRequest, { policy, hash }: Draft): Decision {
  const { intent, initiator, roster, rosterHash, bounds } = one;
  const place = { policy, roster, bounds, intent, initiator };
  const questions = wantedUsage(place, one.at);
  const usage = Object.fromEntries(questions.map((question) => [question.key, one.usage(question)]));
  const facts = { ...(one.facts ?? assumed(one, policy)), usage };
  return decide({ ...place, facts, policyHash: hash, rosterHash, intentHash: intentHash(intent) });
}

/** What people had said, and all else as good as it can be. */
function assumed(one: PastRequest, policy: Policy): Facts {
  const { roster, intent, at, heard } = one;
  const { facts } = worldOf({ policy, roster, asked: intent, now: at });
  return { ...facts, ...heard };
}

/** One line for the count, then two for each request that comes out otherwise, up to as many as people read. */
export function replayLines({ tried, flips }: Replay, most = 20): readonly string[] {
  if (tried === 0) return ["no past request of this asset is in the log"];
  const head = `${flips.length} of ${tried} past ${tried === 1 ? "request" : "requests"} would have come out otherwise`;
  const left = flips.length - most;
  return [head, ...flips.slice(0, most).flatMap(flipLines), ...(left > 0 ? [`  and ${left} more`] : [])];
}

function flipLines(one: Flip): readonly string[] {
  const { at, words, from, to, why } = one;
  const [first] = why;
  const reason = first === undefined ? "every clause holds" : `${first.id}: ${first.observed}; must be: ${first.bound}`;
  return [`  ${instant.toIso(at)} ${words}`, `    ${from} before, ${to} now: ${reason}${basisText(one)}`];
}

function basisText({ recorded, unasked }: Flip): string {
  if (unasked) return " (nobody asked for this then, so none of it is on record)";
  return recorded ? "" : " (it was never allocated: judged as if all evidence had been there)";
}
