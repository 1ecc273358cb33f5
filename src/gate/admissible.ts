/** Step 2 of signing: the request is not frozen, cancelled, rejected or expired; asked again right before a token is called. */
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
  readonly freezes: readonly FreezeInForce[];
  readonly key: Name | undefined;
  readonly now: Instant;
};

export function inadmissible({ submission, rejections, cancellations, freezes, key, now }: Said): Refusal | undefined {
  const [rejected] = rejections;
  const [cancelled] = cancellations;
  const { asset, expiresAt } = submission.message;
  if (rejected !== undefined) return refusal("gate.rejected", `${rejected.person} rejected it: ${rejected.reason}`);
  if (cancelled !== undefined)
    return refusal("gate.cancelled", `${cancelled.person} cancelled it: ${cancelled.reason}`);
  if (now >= expiresAt) return refusal("gate.expired", `it expired at ${toIso(expiresAt)}`);
  return frozen(freezes, asset, key);
}
