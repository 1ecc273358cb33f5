/** What about a request is an alarm: somebody has to look, though nothing is broken yet. */
import { toIso, type Instant } from "../values/instant.ts";
import { leavesOpen } from "./closing.ts";
import { lateAlarmOf } from "./releasing.ts";
import type { Request } from "./request.ts";
import type { State } from "./state.ts";

/** States in which a request may be an alarm; a list of them finds all. */
export const alarming = ["signed", "broadcast", "needs-operator"] as const satisfies readonly State[];

/** Of those that are final, the ones whose second leg is owed may be one. */
export const alarmingRedemptions = "final" satisfies State;

/** Ends that may leave a nonce open, which is one when others wait behind it. */
export const alarmingEnds = ["rejected", "vetoed", "expired", "cancelled"] as const satisfies readonly State[];

/** Of an ended request whose nonce later requests of its account wait for; null once its filler is out, or closed it. */
export function laneAlarmOf(request: Request): string | null {
  const { nonce, submission, closing } = request;
  if (!leavesOpen(request) || closing?.sent === true) return null;
  const why = closing === null ? "" : `: ${closing.why}`;
  return `it ended and its nonce ${nonce ?? "?"} is open, which later requests of ${submission.account} wait for${why}`;
}

/** One sentence, or null. A signed transaction whose time is over may still be mined, and stays counted until its nonce is used. */
export function alarmOf(request: Request, now: Instant): string | null {
  const { state, submission, nonce, mined, waitsFor } = request;
  if (state === "final") return lateAlarmOf(request, now);
  if (state === "needs-operator") return waitsFor;
  const isOut = alarming.some((one) => one === state) && mined === null;
  if (!isOut || now < submission.expiresAt) return null;
  const place = nonce === null ? "its nonce" : `nonce ${nonce}`;
  return `it expired at ${toIso(submission.expiresAt)} with its transaction signed: that may still be mined, and it counts until ${place} of ${submission.account} is used`;
}
