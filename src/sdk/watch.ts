/** Waiting for a request by asking again: it needs no open connection, and survives a restart of the service. */
import type { RequestView } from "../request/api.ts";
import { ends } from "../request/state.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Found } from "./reader.ts";

export type Watching = {
  /** Default 500. */
  readonly everyMs?: number;
  /** Default ten minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** The first view for which `until` holds, or the last one of a request that ended. Throws `Fault` `client.watch-timeout`. */
export async function watchRequest(
  ask: (requestId: Bytes32) => Promise<Found<RequestView>>,
  requestId: Bytes32,
  until: (view: RequestView) => boolean,
  { everyMs = 500, timeoutMs = 600_000, signal }: Watching,
): Promise<RequestView> {
  const timedOut = AbortSignal.timeout(timeoutMs);
  let last = "the server has not told of it yet";
  while (!timedOut.aborted) {
    signal?.throwIfAborted();
    const found = await patiently(() => ask(requestId));
    if (found?.kind === "found") {
      const { value } = found;
      if (until(value) || ends.some((end) => end === value.state)) return value;
      last = `${value.state}: ${value.waitsFor}`;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Fault("client.watch-timeout", `waited ${timeoutMs / 1000} s for request ${requestId}; ${last}`, "safe");
}

/** A service that is being restarted is asked again. */
async function patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault && error.retry === "safe") return undefined;
    throw error;
  }
}
