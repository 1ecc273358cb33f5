/** What a bundle is about, once its statements are known to be genuine: the intent, the documents in force, who asked. */
import { boundsOf } from "../gate/bounds.ts";
import type { Standing, StandingPolicy } from "../gate/standing.ts";
import { intentOf } from "../gate/submission.ts";
import { intentHash, type Intent } from "../intent/intent.ts";
import { decide } from "../policy/decide.ts";
import type { Decision } from "../policy/decision.ts";
import type { Facts } from "../policy/facts.ts";
import type { ManagedKey } from "../roster/roster.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import type { Holder } from "../roster/membership.ts";
import { finding, type Finding } from "./finding.ts";
import { eraAt, type History } from "./history.ts";
import { joinText } from "./path.ts";
import type { Roles } from "./roles.ts";
import type { Signers } from "./statements.ts";

export type Matter = {
  readonly roles: Roles;
  readonly history: History;
  readonly signers: Signers;
  readonly checks: SignatureChecks;
  /** When the request got its nonce. */
  readonly standing: Standing;
  readonly policy: StandingPolicy;
  readonly intent: Intent;
  readonly initiator: Holder;
  readonly key: ManagedKey;
};

export type Settled =
  { readonly kind: "settled"; readonly matter: Matter } | { readonly kind: "unsettled"; readonly finding: Finding };

export type Grounds = Pick<Matter, "roles" | "history" | "signers" | "checks">;

export function settleMatter(grounds: Grounds): Settled {
  const { roles, history, signers } = grounds;
  const { submission, allocation } = roles;
  const field = `${submission.field}.entry.statement`;
  const standing = eraAt(history, allocation.position)?.standing;
  const initiator = signers.get(submission.position);
  if (standing === undefined || initiator === undefined) return unsettled("leaves", "no genesis is in force");
  const { message } = submission.statement;
  const policy = standing.policies.get(message.asset);
  if (policy === undefined) return unsettled(`${field}.message.asset`, `no policy of ${message.asset} is in force`);
  const key = standing.roster.index.keyByAccount(message.account);
  if (key === undefined) return unsettled(`${field}.message.account`, "no managed key of the roster has this account");
  try {
    const intent = intentOf(message, policy.policy.token.decimals);
    return { kind: "settled", matter: { ...grounds, standing, policy, intent, initiator, key } };
  } catch (error) {
    if (error instanceof InvalidValue) return unsettled(joinText(field, inMessage(error.field)), error.message);
    throw error;
  }
}

function inMessage(field: string): string {
  return field.startsWith("message") ? field : `message.${field}`;
}

function unsettled(field: string, why: string): Settled {
  return { kind: "unsettled", finding: finding(field, why) };
}

/** The decision made again, by the gate's own code, on facts that may differ from the recorded ones. */
export function decideAgain({ standing, policy, intent, initiator }: Matter, facts: Facts): Decision {
  const { roster } = standing;
  return decide({
    policy: policy.policy,
    policyHash: policy.hash,
    roster: roster.index,
    rosterHash: roster.hash,
    bounds: boundsOf(standing, intent),
    intent,
    intentHash: intentHash(intent),
    initiator: initiator.member.id,
    facts,
  });
}

/** Whether these facts lead to the recorded decision, word for word. */
export function explains(matter: Matter, facts: Facts): boolean {
  const recorded = matter.roles.allocation.entry.decision;
  return canonical(toWire(decideAgain(matter, facts))) === canonical(toWire(recorded));
}
