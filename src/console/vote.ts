/** Whether somebody may say yes or no to a request here, and the words that they would sign. */
import { isEnd, stateSchema } from "../request/state.ts";
import { approvalMessage } from "../sdk/approval.ts";
import { isOpen } from "../sdk/shown-decision.ts";
import type { WireMessage } from "../sdk/wire-message.ts";
import * as duration from "../values/duration.ts";
import { signingHere, type PageCredential } from "./usable-here.ts";
import type { Matter } from "./request-matter.ts";
import { seatLack } from "./seat-lack.ts";
import type { Visitor } from "./shell.ts";

export type Standing =
  | {
      readonly kind: "may";
      readonly credentials: readonly PageCredential[];
      /** Why an approval with a credential would fill no seat; nothing of those that do. */
      readonly lacks: ReadonlyMap<PageCredential, string>;
    }
  | { readonly kind: "may-not"; readonly why: string };

/** The gate counts by its own; this only saves a person a signature that counts for nothing. */
export function standingOf({ view, inForce, policy, decision }: Matter, { member }: Visitor, origin: string): Standing {
  const state = stateSchema.safeParse(view.state).data;
  if (state !== undefined && isEnd(state))
    return { kind: "may-not", why: "It is over: nobody's word changes it any more." };
  if (!isOpen(view.state)) return { kind: "may-not", why: "It has its nonce: people's words were counted." };
  if (view.initiator === member) return { kind: "may-not", why: "You asked for it, so your word does not count." };
  if (view.votes.some(({ person, decision }) => person === member && decision === "reject"))
    return { kind: "may-not", why: "You rejected it, for good." };
  const own = inForce.roster.member(member);
  if (own === undefined) return { kind: "may-not", why: "You are not in the roster in force." };
  const credentials = signingHere(own.credentials, origin);
  if (credentials.length === 0)
    return {
      kind: "may-not",
      why: "None of your credentials signs on this page; use countersign request approve.",
    };
  const house = { roster: inForce.roster, groups: policy.policy.groups };
  const requires = decision?.requires ?? undefined;
  const lacks = credentials.flatMap((credential) => {
    const lack = requires === undefined ? undefined : seatLack({ person: member, credential }, requires, house);
    return lack === undefined ? [] : [[credential, lack] as const];
  });
  return { kind: "may", credentials, lacks: new Map(lacks) };
}

/** What stays the same while somebody reads and writes: their word is one, however often they look. */
export type Slip = { readonly approvalId: string; readonly now: number };

export type Choice = { readonly decision: "approve" | "reject"; readonly reason: string };

/** Throws `InvalidValue` for a reason that is no line, and `client.untrue`. */
export function voteMessage(matter: Matter, visitor: Visitor, slip: Slip, choice: Choice): WireMessage<"Approval"> {
  const { checked, inForce, view } = matter;
  const { approval } = visitor.deployment.standing.genesis.lifetimes;
  return approvalMessage(view, {
    policies: [...inForce.documents.policies.values()],
    roster: inForce.documents.roster,
    decision: choice.decision,
    reason: choice.reason.trim() === "" ? `${choice.decision}d`.replace("rejectd", "rejected") : choice.reason.trim(),
    expiresAt: Math.min(checked.submission.expiresAt, slip.now + duration.parse(approval)),
    approvalId: slip.approvalId,
  });
}
