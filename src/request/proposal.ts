/** What is put before people when an asset is frozen for a stranger's transaction: a pause of its token, prepared for whoever may ask for it and signed by nobody yet. */
import { readStranger } from "../gate/stranger.ts";
import type { Health } from "../gate/wire.ts";

type Freeze = Pick<Health["frozen"][number], "freezeId" | "scope" | "target" | "reason">;

export type Proposal = {
  readonly asset: string;
  readonly txHash: string;
  /** What happened, as the freeze has it. */
  readonly why: string;
  readonly operation: "pause";
  /** The same for everybody who asks for it because of this freeze, so that it is one request whoever does. */
  readonly requestId: string;
  readonly reference: string;
  /** Asks for it, in words, and waits for the quorum of the policy like any request. */
  readonly command: string;
};

/** One for each freeze that holds for a stranger's transaction; undefined for every other freeze. */
export function proposalOf({ freezeId, scope, target, reason }: Freeze): Proposal | undefined {
  const stranger = scope === "asset" ? readStranger(reason) : undefined;
  if (stranger === undefined) return undefined;
  const reference = `STOP-${stranger.txHash.slice(2, 14)}`;
  const options = `--operation pause --asset ${target} --reference ${reference} --request-id ${freezeId}`;
  return {
    asset: target,
    txHash: stranger.txHash,
    why: reason,
    operation: "pause",
    requestId: freezeId,
    reference,
    command: `countersign request submit ${options}`,
  };
}

export function proposalsOf(freezes: readonly Freeze[]): readonly Proposal[] {
  return freezes.flatMap((freeze) => proposalOf(freeze) ?? []);
}
