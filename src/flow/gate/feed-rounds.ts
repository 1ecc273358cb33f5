/** Rounds of feeds that the gate knows: once enough observers agree on one, no decision reads an earlier one. */
import { readFeed } from "../../evidence/feed.ts";
import * as subject from "../../evidence/subject.ts";
import type { Intent } from "../../intent/intent.ts";
import { feedsFor, isPinned } from "../../policy/decide/feed.ts";
import { seenMultiplier } from "../../policy/decide/multiplier.ts";
import type { Facts } from "../../policy/facts.ts";
import type { Feed, Policy } from "../../policy/policy.ts";
import { readsMultiplier } from "../../policy/profile.ts";
import type { ChainObservation } from "../../statement/message.ts";
import type { Instant } from "../../values/instant.ts";
import type { Core } from "./core.ts";
import { agreedFact } from "./facts.ts";
import type { Journal } from "./journal.port.ts";

type Told = Pick<ChainObservation, "chainId" | "subject" | "fact">;

/** Feeds of policies in force that such an observation is about, and how many observers each policy wants. */
export function readersOf(
  core: Core,
  { chainId, subject: about }: Pick<Told, "chainId" | "subject">,
): readonly { readonly feed: Feed; readonly min: number }[] {
  return [...core.standing().policies.values()].flatMap(({ policy: { token, feeds, observersMin } }) =>
    token.chain === chainId
      ? feeds.flatMap((feed) => (subject.feed(feed.address) === about ? [{ feed, min: observersMin }] : []))
      : [],
  );
}

/**
 * After each observation of a feed. As many observers must agree as the most careful policy wants; what a contract says that is not
 * the pinned one shuts the pinned one out of nothing.
 */
export function noteRound(core: Core, { chainId, subject: about, fact }: Told, now: Instant): void {
  if (fact !== "round") return;
  const readers = readersOf(core, { chainId, subject: about });
  const min = Math.max(1, ...readers.map((reader) => reader.min));
  const agreed = agreedFact(core, { chainId, subject: about, fact, min, now });
  const seen = agreed === undefined ? undefined : readFeed(agreed.value);
  if (seen !== undefined && readers.some(({ feed }) => isPinned(seen, feed)))
    core.journal.raiseRound(chainId, about, BigInt(seen.round));
}

/**
 * What a decision knew and what it used is known from now on; a journal that is written again from the log learns it here. What a
 * contract said that is not the pinned one was used for nothing, though a guard that spared the request asks for it.
 */
export function raiseRounds(
  journal: Journal,
  {
    chainId,
    operation,
    policy,
  }: Pick<Intent, "chainId" | "operation"> & { readonly policy: Pick<Policy, "guards" | "token"> },
  { observed, rounds: known = {} }: Facts,
): void {
  if (readsMultiplier(policy, operation)) {
    const seen = seenMultiplier(policy.token, { observed });
    if (seen !== undefined) journal.raiseRound(chainId, subject.token(policy.token.address), seen.nonce);
  }
  for (const feed of feedsFor(policy, operation)) {
    const about = subject.feed(feed.address);
    journal.raiseRound(chainId, about, known[about] ?? 0n);
    const seen = readFeed(observed[subject.factKey(about, "round")]?.value ?? "");
    if (seen !== undefined && isPinned(seen, feed)) journal.raiseRound(chainId, about, BigInt(seen.round));
  }
}
