/** What this replica does itself, told to whoever counts: events that were stored, and how long the gate took to sign. */
import type { Gate } from "./gate.port.ts";
import type { Store } from "./store.port.ts";

export type Heard = {
  /** A happening that is on disk. */
  readonly happened: (event: string) => void;
  /** `kind` is that of the gate's answer, or `away`. */
  readonly asked: (kind: string, seconds: number) => void;
};

export function countedStore(store: Store, { happened }: Pick<Heard, "happened">): Store {
  return {
    ...store,
    commit: async (change) => {
      const done = await store.commit(change);
      if (done === "committed")
        for (const { happening } of change.transitions) if (happening !== undefined) happened(happening.event);
      return done;
    },
  };
}

/** Dry runs are no signing and are not timed. */
export function timedGate(gate: Gate, { asked }: Pick<Heard, "asked">, ticks: () => number): Gate {
  return {
    ...gate,
    sign: async (request) => {
      if (!("fees" in request)) return await gate.sign(request);
      const begun = ticks();
      let kind = "away";
      try {
        const answer = await gate.sign(request);
        kind = answer.kind;
        return answer;
      } finally {
        asked(kind, (ticks() - begun) / 1_000);
      }
    },
  };
}
