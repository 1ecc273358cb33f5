/** The service, put together: a mirror, a worker and a desk over one store and one gate. */
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { bundleFrom } from "./bundle.ts";
import { createCosigner, type CosignerParts } from "./cosigner.ts";
import { createDesk, type ServeDesk } from "./desk.ts";
import { createLogView } from "./log-view.ts";
import { createMirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import { createWatch } from "./watch.ts";
import { countedStore, timedGate, type Heard } from "./watched.ts";
import { startWorker } from "./worker.ts";

export type ServeParts = Parts & {
  readonly checks: SignatureChecks;
  /** How many witnesses the genesis asks for, and those that are configured. */
  readonly witnessing: Pick<CosignerParts, "min" | "witnesses">;
  /** Hears what this replica does. */
  readonly heard?: Heard;
  /** How long the worker and the watch sleep when nothing happens. */
  readonly pollMs: number;
};

export type Serving = {
  readonly desk: ServeDesk;
  /** Rejects with the bug that ended the worker; resolves after `stop`. */
  readonly done: Promise<void>;
  /** Takes nothing new and waits for the steps under way; the store and the ports stay open. */
  readonly stop: () => Promise<void>;
};

export function startServing(given: ServeParts): Serving {
  const parts = given.heard === undefined ? given : watched(given, given.heard);
  const mirror = createMirror(parts);
  const watch = createWatch(parts.store, parts.pollMs);
  const cosigner = createCosigner({ ...parts, ...parts.witnessing, mirror, ticks });
  const worker = startWorker({ ...parts, mirror, cosigner, stepped: watch.stir });
  const { checkpoint } = createLogView({ ...parts, mirror, cosigner });
  const wake = (): void => {
    worker.wake();
    watch.stir();
  };
  return {
    desk: createDesk({
      ...parts,
      mirror,
      cosigner,
      watch,
      wake,
      bundle: bundleFrom({ store: parts.store, checkpoint }),
    }),
    done: worker.done,
    stop: async () => {
      await worker.stop();
      watch.close();
    },
  };
}

function watched(parts: ServeParts, heard: Heard): ServeParts {
  return { ...parts, store: countedStore(parts.store, heard), gate: timedGate(parts.gate, heard, ticks) };
}

function ticks(): number {
  return performance.now();
}
