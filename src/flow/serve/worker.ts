/** The loop that advances every request that is due: bounded, woken by posts, polling otherwise. */
import type { Request } from "../../request/request.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { plus } from "../../values/instant.ts";
import { advance, type AdvanceParts } from "./advance.ts";

export type Worker = {
  /** Something new may be due. */
  readonly wake: () => void;
  /** Takes nothing new, waits for the steps under way. */
  readonly stop: () => Promise<void>;
  /** Settles when the loop has ended; rejects with the bug that ended it. */
  readonly done: Promise<void>;
};

export type WorkerParts = AdvanceParts & {
  /** How long to sleep when nothing is due. */
  readonly pollMs: number;
  /** Called after every step, so that watchers hear of it soon. */
  readonly stepped: () => void;
};

const mostAtOnce = 32;
/**
 * Kept up while a step goes on, so that what a killed replica had taken is taken by another soon after. Whoever was only late writes
 * nothing: what it read was changed meanwhile.
 */
const leaseSeconds = 4;
const renewMs = 1_000;

export function startWorker(parts: WorkerParts): Worker {
  const running = new Map<Bytes32, Promise<void>>();
  const bell = createBell();
  let stopping = false;
  let broken: { readonly error: unknown } | undefined;
  /** Whatever the store did not take is done again by whoever finds the lease run out. */
  const breaks = (error: unknown): void => {
    if (!isAway(error)) broken ??= { error };
  };

  const start = (request: Request): void => {
    const { requestId } = request;
    const tracked = advance(parts, request)
      .catch(breaks)
      .finally(() => {
        running.delete(requestId);
        parts.stepped();
        bell.ring();
      });
    running.set(requestId, tracked);
  };

  const renewing = setInterval(() => void renew(parts, [...running.keys()]).catch(breaks), renewMs);
  renewing.unref();

  const loop = async (): Promise<void> => {
    let pullAt = 0;
    while (!stopping && broken === undefined) {
      if (performance.now() >= pullAt) {
        await patiently(parts.mirror.pull());
        parts.cosigner.follow((await patiently(parts.store.mirrored())) ?? 0);
        pullAt = performance.now() + parts.pollMs;
      }
      const free = mostAtOnce - running.size;
      const claimed = free === 0 ? [] : await claim(parts, free);
      // One whose lease ran out under a step of our own: the step goes on.
      for (const request of claimed) if (!running.has(request.requestId)) start(request);
      if (claimed.length === 0) await bell.heard(parts.pollMs);
    }
    await Promise.all(running.values());
    await parts.cosigner.rest();
    if (broken !== undefined) throw broken.error;
  };

  const done = loop().finally(() => {
    clearInterval(renewing);
  });
  // Whoever awaits `done` hears of it; nobody has to.
  done.catch(() => undefined);
  return {
    wake: bell.ring,
    done,
    stop: async () => {
      stopping = true;
      bell.ring();
      await done.catch(() => undefined);
    },
  };
}

async function claim({ store, clock }: WorkerParts, limit: number): ReturnType<WorkerParts["store"]["claim"]> {
  const now = clock.now();
  return (await patiently(store.claim(now, plus(now, leaseSeconds), limit))) ?? [];
}

async function renew({ store, clock }: WorkerParts, requestIds: readonly Bytes32[]): Promise<void> {
  if (requestIds.length > 0) await store.renew(requestIds, plus(clock.now(), leaseSeconds));
}

/** A store or gate that does not answer is asked again in the next round. */
async function patiently<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAway(error)) return undefined;
    throw error;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Fault && error.retry === "safe";
}

/** A sleep that can be cut short; a ring while nobody sleeps cuts the next sleep. */
function createBell(): { readonly ring: () => void; readonly heard: (timeoutMs: number) => Promise<void> } {
  let rung = false;
  let wake: () => void = () => undefined;
  return {
    ring: () => {
      rung = true;
      wake();
    },
    heard: async (timeoutMs) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
