/** Which open requests may be agreed to together: those of one operation and one asset that wait for the reader. */
import { operations } from "../intent/operation.ts";
import type { RequestView } from "../request/api.ts";
import { readSubmission } from "../sdk/approval.ts";
import { isOpen } from "../sdk/shown-decision.ts";
import { InvalidValue } from "../values/errors.ts";
import { turnOf, type Reader } from "./urgency.ts";

export type Kin = {
  /** `mint GLD on chain 31337`. */
  readonly name: string;
  readonly views: readonly RequestView[];
};

/** The largest group first; what is not understood is in none, for its own page says why. */
export function kinOf(views: readonly RequestView[], reader: Reader): readonly Kin[] {
  const groups = new Map<string, RequestView[]>();
  for (const view of views) {
    if (!isOpen(view.state) || turnOf(view, reader) !== "yours") continue;
    const name = nameOf(view);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), view]);
  }
  return [...groups]
    .map(([name, own]) => ({ name, views: own }))
    .sort((one, other) => other.views.length - one.views.length);
}

function nameOf(view: RequestView): string | undefined {
  try {
    const { operation, asset, chainId } = readSubmission(view);
    return operations[operation].amount ? `${operation} ${asset} on chain ${String(chainId)}` : undefined;
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}
