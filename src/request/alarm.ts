/** What about a request is an alarm: somebody has to look, though nothing is broken yet. */
import { toIso, type Instant } from "../values/instant.ts";
import type { Request } from "./request.ts";
import type { State } from "./state.ts";

/** States in which a request may be an alarm; a list of them finds all. */
export const alarming = ["signed", "broadcast", "needs-operator"] as const satisfies readonly State[];

/** One sentence, or null. A signed transaction whose time is over may still be mined, and stays counted until its nonce is used. */
export function alarmOf({ state, submission, nonce, mined, waitsFor }: Request, now: Instant): string | null {
  if (state === "needs-operator") return waitsFor;
  const isOut = alarming.some((one) => one === state) && mined === null;
  if (!isOut || now < submission.expiresAt) return null;
  const place = nonce === null ? "its nonce" : `nonce ${nonce}`;
  return `it expired at ${toIso(submission.expiresAt)} with its transaction signed: that may still be mined, and it counts until ${place} of ${submission.account} is used`;
}
