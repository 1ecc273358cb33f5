/** The requests that somebody has to look at, for health and figures. */
import { alarming, alarmOf, laneAlarmOf } from "../../request/alarm.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Store } from "./store.port.ts";

export type Alarm = { readonly requestId: Bytes32; readonly state: string; readonly why: string };

const most = 500;

/** At most five hundred of each state, of those that hold up their lane, and of redemptions that are not delivered. */
export async function alarmsOf(
  store: Pick<Store, "requests" | "holdingUp" | "owing">,
  now: Instant,
): Promise<readonly Alarm[]> {
  const found = await Promise.all(alarming.map((state) => store.requests({ state, limit: most })));
  const ended = await store.holdingUp(most);
  const owing = await store.owing(most);
  return [
    ...[...found.flat(), ...owing].map((request) => ({ request, why: alarmOf(request, now) })),
    ...ended.map((request) => ({ request, why: laneAlarmOf(request) })),
  ].flatMap(({ request, why }) => (why === null ? [] : [{ requestId: request.requestId, state: request.state, why }]));
}
