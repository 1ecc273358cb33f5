/** What a recipient got before, and which earlier recipients a hurried eye takes for them. */
import type { Logged } from "../gate/usage-from-log.ts";
import type { RequestView } from "../request/api.ts";
import { readSubmission } from "../sdk/approval.ts";
import type { Submission } from "../statement/message.ts";
import type { Address } from "../values/address.ts";
import type { Instant } from "../values/instant.ts";
import { lookAlikes } from "./look-alike.ts";
import { pastRequests } from "./past-request.ts";
import { recipientTerm } from "./recipient.ts";

/** Tokens that came to somebody; `units` are base units. */
export type Sending = { readonly to: Address; readonly units: bigint; readonly at: Instant };

export type SentBefore = {
  readonly times: number;
  readonly units: bigint;
  readonly last: Instant | undefined;
  /** Other addresses that look like this one and got something. */
  readonly alike: readonly { readonly address: Address; readonly times: number }[];
};

export function sentBefore(to: Address, sendings: readonly Sending[]): SentBefore {
  const own = sendings.filter((sending) => sending.to === to);
  const known = new Map<Address, number>();
  for (const sending of sendings) known.set(sending.to, (known.get(sending.to) ?? 0) + 1);
  return {
    times: own.length,
    units: own.reduce((sum, { units }) => sum + units, 0n),
    last: own.reduce<Instant | undefined>((last, { at }) => (last !== undefined && last > at ? last : at), undefined),
    alike: lookAlikes(to, known.keys()).map((address) => ({ address, times: known.get(address) ?? 0 })),
  };
}

/** Of requests that ended well, as a service shows them. Throws `InvalidValue` `client.untrue` for one that is none. */
export function sendingsOf(views: readonly RequestView[]): readonly Sending[] {
  return views.flatMap((view) => sending(readSubmission(view), view.updatedAt));
}

/** Of one asset, by the leaves of a log: what enough observers saw to have succeeded. */
export function sendingsIn(entries: readonly Logged[], asset: string): readonly Sending[] {
  return pastRequests(entries).flatMap(({ submission: { message }, outcome }) =>
    outcome?.status === "success" && message.asset === asset ? sending(message, outcome.instant) : [],
  );
}

function sending({ operation, to, amount }: Submission, at: Instant): readonly Sending[] {
  return recipientTerm(operation) === "to" ? [{ to, units: amount, at }] : [];
}
