/** Watches what observers say of a token's events: a transaction that changed it and that we never signed freezes the asset at once. */
import * as subject from "../../evidence/subject.ts";
import { readTokenEvent } from "../../evidence/token-event.ts";
import { holdersBurn } from "../../intent/standard.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import { readStranger, strangerText } from "../../gate/stranger.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import type { Observed } from "../../policy/facts.ts";
import type { Instant } from "../../values/instant.ts";
import { leafObservation } from "./allocate.ts";
import type { Core } from "./core.ts";
import { agreedFact } from "./facts.ts";
import { freezeByItself } from "./own-freeze.ts";

type Seen = { readonly chainId: number; readonly subject: string; readonly fact: string };

/** After an observation was kept; what was signed here is no stranger's, whatever is said of it. */
export function watchEvents(core: Core, seen: Seen, now: Instant): void {
  const about = seen.fact === "event" ? subject.eventIn(seen.subject) : undefined;
  if (about === undefined || core.journal.permitByTxHash(about.txHash) !== undefined) return;
  for (const policy of core.standing().policies.values()) {
    const { token, observersMin: min } = policy.policy;
    if (token.chain !== seen.chainId || token.address !== about.token) continue;
    const wanted = { chainId: seen.chainId, subject: seen.subject, fact: "event", min, now } as const;
    const agreed = agreedFact(core, wanted);
    if (agreed?.finalized === true) freeze(core, policy, { ...about, agreed, now });
  }
}

type Strange = NonNullable<ReturnType<typeof subject.eventIn>> & { readonly agreed: Observed; readonly now: Instant };

function freeze(core: Core, { policy }: StandingPolicy, { token, txHash, agreed, now }: Strange): void {
  const { journal } = core;
  const event = readTokenEvent(agreed.value);
  const [by] = agreed.statements.flatMap((statement) => journal.observation(statement)?.observer ?? []).sort();
  if (event === undefined || by === undefined || event.time <= watchedSince(core, policy)) return;
  const frozen = journal.freezes().filter(({ scope, target }) => scope === "asset" && target === policy.asset);
  const stands = frozen.some(({ lifted, reason }) => !lifted && readStranger(reason) !== undefined);
  // It only lowers the supply. Where holders do it themselves it would be anybody's way to stop the asset, again after each lifting.
  const isBurnAlone = event.what.every((change) => change === "a burn");
  if (isBurnAlone && (stands || holdersBurn(policy.token.standard))) return;
  const what = event.what.join(" and ");
  const reason = strangerText({ txHash, chainId: policy.token.chain, token, block: event.block, what });
  // Whoever lifts it has looked at this transaction: only a further one freezes the asset again.
  if (frozen.some((one) => one.reason === reason)) return;
  journal.transaction(() => {
    for (const statement of agreed.statements) leafObservation(core, statement, now);
    freezeByItself(core, { scope: "asset", target: policy.asset, reason, by, now });
  });
}

/** What was done to a token before a policy of ours named it is not ours: its own makers gave its roles out. */
function watchedSince({ journal }: Core, { asset, token }: StandingPolicy["policy"]): Instant {
  const naming = journal.activatedDocuments().find(({ kind, name, document }) => {
    if (kind !== "Policy" || name !== asset) return false;
    const { address, chain } = readPolicyDocument(document).token;
    return address === token.address && chain === token.chain;
  });
  return naming?.activeAt ?? journal.lastInstant();
}
