/** Watches what observers say of a managed account: a nonce that is used and that we never signed freezes its key at once. */
import { readNonce } from "../../evidence/fact-value.ts";
import * as subject from "../../evidence/subject.ts";
import type { ManagedKey } from "../../roster/roster.ts";
import type { Instant } from "../../values/instant.ts";
import type { Core } from "./core.ts";
import { agreedFact } from "./facts.ts";
import { freezeByItself } from "./own-freeze.ts";

/** After an observation was kept. Somebody else's transaction on our lane, or a journal that forgot some of its own, stops the key. */
export function watchLane(
  core: Core,
  seen: { readonly chainId: number; readonly subject: string; readonly fact: string },
  now: Instant,
): void {
  if (seen.fact !== "nonce") return;
  const key = core.standing().roster.roster.keys.find(({ account }) => subject.account(account) === seen.subject);
  const first = key === undefined ? undefined : firstUnsigned(core, seen.chainId, key);
  const min = observersOf(core, seen.chainId);
  if (key === undefined || first === undefined || min === 0) return;
  const agreed = agreedFact(core, { chainId: seen.chainId, subject: seen.subject, fact: "nonce", min, now });
  const used = agreed === undefined ? undefined : readNonce(agreed.value);
  if (used === undefined || used <= first) return;
  const what = `nonce ${String(first)} of ${key.account} was used by a transaction that this gate did not sign`;
  const reason = `${what}; the chain has ${String(used)} of this account`;
  // Whoever lifts it has looked at so many transactions: only a further one freezes the key again.
  const isKnown = core.journal
    .freezes()
    .some(
      ({ target, lifted, reason: said }) =>
        target === key.id && (said === reason || (!lifted && said.startsWith(what))),
    );
  if (isKnown) return;
  freezeByItself(core, { scope: "key", target: key.id, reason, by: key.id, now });
}

/** The lowest nonce for which no signature can exist; undefined on a lane where nothing was allocated yet. */
function firstUnsigned({ journal }: Core, chainId: number, { account }: ManagedKey): number | undefined {
  const highest = journal.highestNonce(chainId, account);
  if (highest === undefined) return undefined;
  return Math.min(highest + 1, journal.lowestUnsigned(chainId, account) ?? Infinity);
}

/** As many as the strictest policy on the chain asks for. */
function observersOf(core: Core, chainId: number): number {
  const policies = [...core.standing().policies.values()].map(({ policy }) => policy);
  return Math.max(
    0,
    ...policies.filter(({ token }) => token.chain === chainId).map(({ observersMin }) => observersMin),
  );
}
