/** The requests that somebody has to look at, for health and figures. */
import { alarming, alarmOf } from "../../request/alarm.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import type { Instant } from "../../values/instant.ts";
import type { Store } from "./store.port.ts";

export type Alarm = { readonly requestId: Bytes32; readonly state: string; readonly why: string };

const most = 500;

/** At most five hundred of each state. */
export async function alarmsOf(store: Pick<Store, "requests">, now: Instant): Promise<readonly Alarm[]> {
  const found = await Promise.all(alarming.map((state) => store.requests({ state, limit: most })));
  return found.flat().flatMap((request) => {
    const why = alarmOf(request, now);
    return why === null ? [] : [{ requestId: request.requestId, state: request.state, why }];
  });
}
