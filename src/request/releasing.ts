/** The second leg of a redemption: its burn is final, and what backed the tokens is owed, released, delivered, or taken back. */
import type { Problem, SignAnswer } from "../gate/wire.ts";
import { furtherIn } from "../intent/further-argument.ts";
import type { Instruction } from "../log/entry.ts";
import { plus, toIso, type Instant } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import type { Delivered, Redemption, Release } from "./redemption.ts";
import type { Applied, Request } from "./request.ts";
import { closingAt } from "./retry.ts";

/** Past participles, as all events; none of them moves the request to another state. */
export type ReleasingEvent =
  /** The log says so. */
  | ({ readonly kind: "released" } & Release)
  /** The gate signed the instruction. */
  | { readonly kind: "instructed"; readonly instruction: Instruction }
  | ({ readonly kind: "delivered" } & Delivered)
  /** Whoever made it took it back before anything was released. */
  | { readonly kind: "reversed" }
  | { readonly kind: "withheld"; readonly why: string };

const kinds: ReadonlySet<string> = new Set<ReleasingEvent["kind"]>([
  "released",
  "instructed",
  "delivered",
  "reversed",
  "withheld",
]);

export function isReleasing(event: { readonly kind: string }): event is ReleasingEvent {
  return kinds.has(event.kind);
}

/** Where what backed the tokens goes; undefined before the burn is final, and for everything that has no second leg. */
export function destinationOf({ state, submission }: Pick<Request, "state" | "submission">): Name | undefined {
  if (state !== "final" || submission.operation !== "redeem") return undefined;
  return furtherIn(submission).destination;
}

const none: Redemption = {
  kind: "owed",
  why: "its burn is final; waits for the gate to release what backed it",
  release: null,
  instruction: null,
  deliveries: [],
};

/** Undefined where there is no second leg. */
export function redemptionOf(request: Request): Redemption | undefined {
  return destinationOf(request) === undefined ? undefined : (request.redemption ?? none);
}

/** Whether somebody still has to do something for it. */
export function isOwing(request: Request): boolean {
  const redemption = redemptionOf(request);
  return redemption?.kind === "owed" || redemption?.kind === "released";
}

/** How long after a reminder in vain the next one is due. */
const remindSeconds = 3_600;

export function release(request: Request, event: ReleasingEvent, at: Instant): Applied {
  const before = redemptionOf(request);
  const after = before === undefined ? undefined : redemptionAfter(before, event);
  if (before === undefined || after === undefined) return { kind: "ignored" };
  const isNews = event.kind !== "withheld";
  const attempts = isNews ? 0 : request.attempts + 1;
  const noted = isNews || after.why !== before.why;
  return {
    kind: "moved",
    noted,
    request: {
      ...request,
      redemption: after,
      attempts,
      dueAt: dueAfter(after, { isNews, attempts, at }),
      updatedAt: noted ? at : request.updatedAt,
      revision: request.revision + 1,
    },
  };
}

/** Undefined when it does not happen. */
function redemptionAfter(before: Redemption, event: ReleasingEvent): Redemption | undefined {
  switch (event.kind) {
    case "released":
      return releasedBy(before, event);
    case "instructed":
      return instructedBy(before, event.instruction);
    case "delivered":
      return deliveredBy(before, event);
    case "reversed":
      if (before.kind !== "owed") return undefined;
      return { ...before, kind: "reversed", why: "taken back after the burn: nothing is released for it" };
    case "withheld":
      return isOver(before) ? undefined : { ...before, why: event.why };
  }
}

/** The gate's answer may have come before its leaf was read, or after. */
function instructedBy(before: Redemption, instruction: Instruction): Redemption | undefined {
  if (before.instruction !== null) return undefined;
  const { leafIndex: leaf, burn, destination, deliverBefore, deliveredBy: by } = instruction;
  const terms = { leaf, burn, destination, deliverBefore, deliveriesMin: by.min };
  const after = before.release === null ? releasedBy(before, terms) : before;
  return after === undefined ? undefined : { ...after, instruction };
}

function releasedBy(
  before: Redemption,
  { leaf, burn, destination, deliverBefore, deliveriesMin }: Release,
): Redemption | undefined {
  if (before.release !== null || before.kind === "reversed") return undefined;
  const release = { leaf, burn, destination, deliverBefore, deliveriesMin };
  const why = `released to ${destination}; its delivery is to be said before ${toIso(deliverBefore)}`;
  return { ...before, kind: "released", why, release };
}

function deliveredBy(before: Redemption, { member, reference, asOf }: Delivered): Redemption | undefined {
  const { release, deliveries } = before;
  if (release === null || isOver(before) || deliveries.some((one) => one.member === member)) return undefined;
  const said = [...deliveries, { member, reference, asOf }];
  const lacking = release.deliveriesMin - said.length;
  if (lacking > 0)
    return { ...before, deliveries: said, why: `delivered, says ${member}; ${lacking} more have to say so` };
  const who = said.map((one) => one.member).join(", ");
  return { ...before, kind: "delivered", deliveries: said, why: `delivered to ${release.destination}, says ${who}` };
}

function isOver({ kind }: Redemption): boolean {
  return kind === "delivered" || kind === "reversed";
}

type Step = { readonly isNews: boolean; readonly attempts: number; readonly at: Instant };

/** The gate is asked soon; people are reminded once their time is over, and again. */
function dueAfter({ release, instruction }: Redemption, { isNews, attempts, at }: Step): Instant {
  if (release === null || instruction === null) return isNews ? at : closingAt(attempts, at);
  return isNews && release.deliverBefore > at ? release.deliverBefore : plus(at, remindSeconds);
}

/** What the gate's answer means; `witnesses` says which of them are waited for, once they were asked. */
export function releasingEventOf(
  answer: SignAnswer | Problem,
  witnesses = "waits for witnesses to cosign the log",
): ReleasingEvent {
  switch (answer.kind) {
    case "released":
      return { kind: "instructed", instruction: answer.instruction };
    case "needs-cosignature":
      return { kind: "withheld", why: `the release ${witnesses}` };
    case "refused":
      if (answer.code === "gate.release-reversed") return { kind: "reversed" };
      return { kind: "withheld", why: `nothing is released yet: ${answer.why} (${answer.code})` };
    case "problem":
      return {
        kind: "withheld",
        why: `nothing is released yet: the gate does not answer: ${answer.message} (${answer.code})`,
      };
    case "signed":
    case "signing":
    case "decided":
      return { kind: "withheld", why: "nothing is released yet: the gate answered to another question" };
  }
}

/** What people hear once their time is over. */
export function overdue({ release }: Pick<Redemption, "release">): ReleasingEvent {
  const since = release === null ? "" : ` since ${toIso(release.deliverBefore)}`;
  return { kind: "withheld", why: `nobody said that it was delivered, which is overdue${since}` };
}

/** One sentence, or null: what backed burned tokens was released, and its time is over. */
export function lateAlarmOf(request: Request, now: Instant): string | null {
  const redemption = isOwing(request) ? redemptionOf(request) : undefined;
  const release = redemption?.release ?? null;
  if (release === null || now < release.deliverBefore) return null;
  return `what backed it was released to ${release.destination} and is overdue since ${toIso(release.deliverBefore)}: nobody said that it was delivered`;
}
