/** The service, put together: a mirror, a worker and a desk over one store and one gate. */
import type { SignatureChecks } from "../../values/signature-checks.ts";
import { bundleFrom } from "./bundle.ts";
import { createCosigner, type CosignerParts } from "./cosigner.ts";
import { createDesk, type ServeDesk } from "./desk.ts";
import { createLogView } from "./log-view.ts";
import { createMirror } from "./mirror.ts";
import { startNotifier } from "./notifier.ts";
import { noticingStore } from "./noticing.ts";
import type { Parts } from "./parts.ts";
import type { Receiver } from "./receiver.port.ts";
import { createWatch } from "./watch.ts";
import { countedStore, timedGate, type Heard } from "./watched.ts";
import { startWorker } from "./worker.ts";

export type ServeParts = Parts & {
  readonly checks: SignatureChecks;
  /** How many witnesses the genesis asks for, and those that are configured. */
  readonly witnessing: Pick<CosignerParts, "min" | "witnesses">;
  /** Who outside is told of things, and how long before a request expires; nobody unless it is said. */
  readonly notifying?: { readonly receivers: readonly Receiver[]; readonly escalateSeconds: number };
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
  const { receivers, escalateSeconds } = given.notifying ?? { receivers: [], escalateSeconds: 0 };
  const told = { ...given, store: noticingStore(given.store, receivers, given.clock) };
  const parts = given.heard === undefined ? told : watched(told, given.heard);
  const mirror = createMirror(parts);
  const watch = createWatch(parts.store, parts.pollMs);
  const cosigner = createCosigner({ ...parts, ...parts.witnessing, mirror, ticks });
  const worker = startWorker({ ...parts, mirror, cosigner, stepped: watch.stir });
  const { checkpoint } = createLogView({ ...parts, mirror, cosigner });
  const wake = (): void => {
    worker.wake();
    watch.stir();
  };
  const desk = createDesk({
    ...parts,
    mirror,
    cosigner,
    watch,
    wake,
    bundle: bundleFrom({ store: parts.store, checkpoint }),
  });
  const notifier = startNotifier({ ...parts, receivers, escalateSeconds, readiness: desk.health, assets: desk.assets });
  // Whichever ends by a bug is heard of first; whoever awaits it hears of it, nobody has to.
  const done = Promise.all([worker.done, notifier.done]).then(() => undefined);
  done.catch(() => undefined);
  return {
    desk,
    done,
    stop: async () => {
      await Promise.all([worker.stop(), notifier.stop()]);
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
