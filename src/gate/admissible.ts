/** Step 2 of signing: the request is not frozen, cancelled, rejected, declined or expired; asked again right before a token is called. */
import type { StatementOf } from "../statement/read.ts";
import type { Instant } from "../values/instant.ts";
import { toIso } from "../values/instant.ts";
import type { Name } from "../values/name.ts";
import { frozen, type FreezeInForce } from "./freeze.ts";
import { refusal, type Refusal } from "./refusal.ts";

export type Said = {
  readonly submission: StatementOf<"Submission">;
  readonly rejections: readonly { readonly person: Name; readonly reason: string }[];
  readonly cancellations: readonly { readonly person: Name; readonly reason: string }[];
  /** What a person at a device said when they would not sign it. */
  readonly declined: string | undefined;
  readonly freezes: readonly FreezeInForce[];
  readonly key: Name | undefined;
  readonly now: Instant;
};

export function inadmissible(said: Said): Refusal | undefined {
  return (
    ended(said) ?? frozen(said.freezes, said.submission.message.asset, said.key, said.submission.message.operation)
  );
}

/** INVARIANT: what is said here is never taken back, for statements stay and time does not run backwards; a filler rests on it. */
export function ended({
  submission,
  rejections,
  cancellations,
  declined,
  now,
}: Omit<Said, "freezes" | "key">): Refusal | undefined {
  const [rejected] = rejections;
  const [cancelled] = cancellations;
  const { expiresAt } = submission.message;
  if (rejected !== undefined) return refusal("gate.rejected", `${rejected.person} rejected it: ${rejected.reason}`);
  if (cancelled !== undefined)
    return refusal("gate.cancelled", `${cancelled.person} cancelled it: ${cancelled.reason}`);
  if (declined !== undefined) return refusal("gate.declined", declined);
  return now >= expiresAt ? refusal("gate.expired", `it expired at ${toIso(expiresAt)}`) : undefined;
}
