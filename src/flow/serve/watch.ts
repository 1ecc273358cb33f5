/** Changes of requests as they happen: rows of the outbox, in order, to whoever listens now. */
import type { State } from "../../request/state.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import type { Store } from "./store.port.ts";

export type Heard = (event: { readonly id: number; readonly requestId: Bytes32; readonly state: State }) => void;

export type Watch = {
  /** Calls back on every change from now on; returns the way to stop. */
  readonly listen: (heard: Heard) => () => void;
  /** Looks at once, because something was just written. */
  readonly stir: () => void;
  readonly close: () => void;
};

const pageSize = 200;

/** Looks every `pollMs` while somebody listens, so that changes by other replicas are heard too. */
export function createWatch(store: Pick<Store, "outbox" | "lastOutboxRow">, pollMs: number): Watch {
  const listeners = new Set<Heard>();
  /** The last row that was told; begins where the outbox ends when the first listener comes. */
  let told = Promise.resolve(0);
  let looking = false;
  let again = false;

  const look = async (): Promise<void> => {
    for (
      let rows = await store.outbox(await told, pageSize);
      rows.length > 0;
      rows = await store.outbox(await told, pageSize)
    ) {
      for (const row of rows) for (const heard of listeners) heard(row);
      told = Promise.resolve(rows.at(-1)?.id ?? 0);
    }
  };

  const stir = (): void => {
    again = looking;
    if (looking || listeners.size === 0) return;
    looking = true;
    void look()
      // A store that does not answer is asked again at the next look.
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
      })
      .finally(() => {
        looking = false;
        if (again) stir();
      });
  };

  const timer = setInterval(stir, pollMs);
  timer.unref();
  return {
    listen: (heard) => {
      if (listeners.size === 0) told = store.lastOutboxRow();
      listeners.add(heard);
      return () => {
        listeners.delete(heard);
      };
    },
    stir,
    close: () => {
      clearInterval(timer);
      listeners.clear();
    },
  };
}
