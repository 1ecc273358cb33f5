/** What people outside are told: whom a request waits for, what is about to expire, and what somebody has to look at; amounts are left out. */
import { z } from "zod";
import { bytes32Schema, instantSchema, nameSchema } from "../values/schema.ts";
import { plus, toIso, type Instant } from "../values/instant.ts";
import { alarmOf } from "./alarm.ts";
import type { Request } from "./request.ts";

export const topics = [
  "approval-wanted",
  "expires-soon",
  "loud-rule",
  "needs-operator",
  "alarm",
  "change-proposed",
  "frozen",
  "unfrozen",
  "evidence-due",
  "reserves-thin",
  "reserves-short",
  "not-ready",
  "test",
] as const;

export type Topic = (typeof topics)[number];

export const topicSchema = z.enum(topics);

export const noticeSchema = z.strictObject({
  /** The same for the same news, however often it is sent: a receiver that saw it has heard it. */
  key: z.string().min(1).max(300),
  topic: topicSchema,
  at: instantSchema,
  /** One sentence, without an amount. */
  text: z.string().max(2_000),
  /** People of the roster who can do something about it; empty when it is for everybody. */
  people: z.array(nameSchema),
  requestId: bytes32Schema.nullable(),
});

export type Notice = z.output<typeof noticeSchema>;

/** What one event of a request tells; nothing, when nobody has to know. `event` is that of the history. */
export function noticeOf(request: Request, event: string, at: Instant): Notice | undefined {
  switch (event) {
    case "held":
      return wanted(request, at);
    case "allocated":
    case "permitted":
    case "signed":
      return loud(request, at);
    case "escalated":
      return notice(request, { topic: "needs-operator", at, text: "an operator has to look: see `request show`" });
    default:
      return undefined;
  }
}

/** A request that people can still save: nothing once nobody is waited for, or before its last `seconds`. */
export function expiringOf(request: Request, now: Instant, seconds: number): Notice | undefined {
  const { state, submission } = request;
  const isLate = now < submission.expiresAt && plus(now, seconds) >= submission.expiresAt;
  if (state !== "pending" || !isLate) return undefined;
  const text = `expires at ${toIso(submission.expiresAt)} and waits for ${lackText(request)}`;
  return notice(request, { topic: "expires-soon", at: now, text, people: candidates(request) });
}

/** A signed transaction whose time is over, or a release that nobody calls delivered. What is for an operator was told when it happened. */
export function alarmNotice(request: Request, now: Instant): Notice | undefined {
  if (request.state === "needs-operator" || alarmOf(request, now) === null) return undefined;
  const text =
    request.state === "final"
      ? "was released, and nobody said in time that it was delivered; see `request show`"
      : "expired with its transaction signed: that may still be mined; see `request show`";
  return notice(request, { topic: "alarm", at: now, text });
}

type Said = Pick<Notice, "topic" | "at" | "text"> & { readonly people?: Notice["people"]; readonly once?: string };

function notice({ requestId, submission }: Request, { topic, at, text, people = [], once = "" }: Said): Notice {
  const what = `the ${submission.operation} of ${submission.asset} ${requestId}`;
  return { key: `${topic} ${requestId}${once}`, topic, at, text: `${what} ${text}`, people: [...people], requestId };
}

/** One for each lack: fewer seats are news, the same seats asked for again are none. */
function wanted(request: Request, at: Instant): Notice | undefined {
  const missing = request.decision?.missing ?? [];
  if (missing.length === 0) return undefined;
  const once = ` ${missing.map(({ group, count }) => `${group}=${count}`).join(",")}`;
  const text = `waits for ${lackText(request)}`;
  const wants = notice(request, { topic: "approval-wanted", at, text, people: candidates(request), once });
  return ofBatch(request, wants, { text, once });
}

/** What many requests lack together is one piece of news: the first of them that lacks it tells for all. */
function ofBatch(
  { submission, decision }: Request,
  wants: Notice,
  { text, once }: Record<"text" | "once", string>,
): Notice {
  const batch = decision?.batch;
  if (batch === undefined) return wants;
  const { count, merkleRoot } = batch;
  const what = `a batch of ${count} requests, each a ${submission.operation} of ${submission.asset},`;
  return {
    ...wants,
    key: `${wants.topic} ${merkleRoot}${once}`,
    text: `${what} ${text}; one of them is ${wants.requestId ?? ""}`,
  };
}

function loud(request: Request, at: Instant): Notice | undefined {
  if (request.decision?.loud !== true) return undefined;
  return notice(request, {
    topic: "loud-rule",
    at,
    text: `is being signed under the rule ${request.decision.rule ?? "?"}`,
  });
}

function candidates({ decision }: Request): Notice["people"] {
  return [...new Set((decision?.missing ?? []).flatMap((one) => one.candidates ?? []))].sort();
}

function lackText({ decision }: Request): string {
  const missing = decision?.missing ?? [];
  if (missing.length === 0) return "evidence or time, not for people";
  return missing
    .map(
      ({ group, count, candidates: who = [] }) =>
        `${count} more of ${group}${who.length === 0 ? "" : ` (${who.join(", ")})`}`,
    )
    .join("; ");
}
