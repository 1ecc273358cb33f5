/** Which open requests may be agreed to together: those of one operation and one asset, or of one distribution, that wait for the reader. */
import { furtherIn } from "../intent/further-argument.ts";
import { operations } from "../intent/operation.ts";
import { maxPage, type RequestView } from "../request/api.ts";
import { readSubmission } from "../sdk/approval.ts";
import type { Client, RequestFilter } from "../sdk/client.ts";
import { isOpen } from "../sdk/shown-decision.ts";
import { maxLegs } from "../statement/message.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { turnOf, type Reader } from "./urgency.ts";

export type Kin = {
  /** `mint GLD on chain 31337`. */
  readonly name: string;
  /** Of which they are parts. */
  readonly distribution: Bytes32 | undefined;
  readonly views: readonly RequestView[];
};

/** The largest group first; what is not understood is in none, for its own page says why. */
export function kinOf(views: readonly RequestView[], reader: Reader): readonly Kin[] {
  const groups = new Map<string, Kin>();
  for (const view of views) {
    if (!isOpen(view.state) || turnOf(view, reader) !== "yours") continue;
    const kin = aloneIn(view);
    if (kin !== undefined) groups.set(kin.name, { ...kin, views: [...(groups.get(kin.name)?.views ?? []), view] });
  }
  return [...groups.values()].sort((one, other) => other.views.length - one.views.length);
}

function aloneIn(view: RequestView): Kin | undefined {
  try {
    const submission = readSubmission(view);
    const { operation, asset, chainId } = submission;
    if (!operations[operation].amount) return undefined;
    const { distribution } = furtherIn(submission);
    const name = `${operation} ${asset} on chain ${String(chainId)}`;
    return { name: distribution === undefined ? name : `${name}, of ${distribution}`, distribution, views: [view] };
  } catch (error) {
    if (error instanceof InvalidValue) return undefined;
    throw error;
  }
}

/** All that the service lists, or more than two batches of it. */
export async function readAll(client: Client, filter: RequestFilter): Promise<readonly RequestView[]> {
  const found: RequestView[] = [];
  let after: string | undefined;
  do {
    const page = await client.requests({ ...filter, limit: maxPage, ...(after === undefined ? {} : { after }) });
    found.push(...page.requests);
    after = page.next ?? undefined;
  } while (after !== undefined && found.length < 2 * maxLegs);
  return found;
}

/** Every open part that the service lists, whomever it waits for. Throws `InvalidValue` `client.untrue` where one is of another distribution. */
export async function readParts(client: Client, distribution: Bytes32): Promise<readonly RequestView[]> {
  const views = await readAll(client, { distribution });
  const stray = views.find((view) => furtherIn(readSubmission(view)).distribution !== distribution);
  if (stray !== undefined)
    throw new InvalidValue(
      "client.untrue",
      `nothing is signed: request ${stray.requestId} is no part of ${distribution}`,
    );
  return views.filter(({ state }) => isOpen(state));
}
