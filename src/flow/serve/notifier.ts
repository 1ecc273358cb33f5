/** Sends what is due to each receiver by itself, so that one that is slow, lies or is gone holds up nobody else; and looks for what only time tells. */
import type { AssetView } from "../../request/asset.ts";
import { assetNotices } from "../../request/asset-notice.ts";
import { alarmNotice, expiringOf, type Notice } from "../../request/notice.ts";
import { alarming } from "../../request/alarm.ts";
import { Fault } from "../../values/errors.ts";
import { plus, type Instant } from "../../values/instant.ts";
import type { Clock } from "../clock.port.ts";
import { addressed } from "./noticing.ts";
import type { Receiver } from "./receiver.port.ts";
import type { HeldNotice, Store } from "./store.port.ts";

export type NotifierParts = {
  readonly store: Pick<Store, "commit" | "requests" | "owing" | "claimNotice" | "settleNotice" | "forgetNotices">;
  readonly clock: Clock;
  readonly receivers: readonly Receiver[];
  /** How long before a request expires those who are waited for hear of it. */
  readonly escalateSeconds: number;
  /** Every asset as its page shows it. */
  readonly assets: () => Promise<readonly AssetView[]>;
  /** Whether anything can be signed now, and why not. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly why: string }>;
  readonly pollMs: number;
};

export type Notifier = {
  /** Takes nothing new; resolves when what is being sent was answered or given up, which is bounded by the receivers' own patience. */
  readonly stop: () => Promise<void>;
  /** Rejects with the bug that ended it. */
  readonly done: Promise<void>;
};

/** Longer than any delivery may take. */
const leaseSeconds = 60;
const mostAtOnce = 20;
const sweepSeconds = 15;
const assetsSeconds = 60;
/** After a day in vain nobody is told any more: the news is old. */
export const giveUpSeconds = 86_400;
const keepSeconds = 30 * 86_400;
const pauses = [5, 10, 30, 60, 120, 300, 600, 1_800] as const;

export function startNotifier(parts: NotifierParts): Notifier {
  let stopping = false;
  let wake: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const repeat = async (everyMs: number, work: () => Promise<void>): Promise<void> => {
    while (!stopping) {
      await patiently(work);
      await Promise.race([stopped, pause(everyMs)]);
    }
  };
  const loops = (): readonly Promise<void>[] => [
    ...parts.receivers.map((receiver) => repeat(parts.pollMs, () => sendDue(parts, receiver, () => stopping))),
    repeat(sweepSeconds * 1_000, () => sweep(parts)),
    repeat(assetsSeconds * 1_000, () => sweepAssets(parts)),
  ];
  // Where nobody is told, nothing is looked for.
  const done = Promise.all(parts.receivers.length === 0 ? [] : loops()).then(() => undefined);
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      stopping = true;
      wake();
      await done.catch(() => undefined);
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** A store that is away is asked again in the next round. */
async function patiently(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

/** What is due for one receiver, one after the other, until it fails once. */
export async function sendDue(parts: NotifierParts, receiver: Receiver, stopping: () => boolean): Promise<void> {
  for (let sent = 0; sent < mostAtOnce && !stopping(); sent += 1) {
    const now = parts.clock.now();
    const held = await parts.store.claimNotice(receiver.name, now, plus(now, leaseSeconds));
    if (held === undefined || !(await send(parts, receiver, held))) return;
  }
}

/** Whether it was delivered. */
async function send({ store, clock }: NotifierParts, receiver: Receiver, held: HeldNotice): Promise<boolean> {
  const answer = await receiver.deliver(held.notice);
  const now = clock.now();
  if (answer.kind === "delivered") {
    await store.settleNotice(held.id, { kind: "delivered", at: now });
    return true;
  }
  const isOld = now - held.notice.at > giveUpSeconds;
  const { why } = answer;
  const tries = held.tries + 1;
  await store.settleNotice(
    held.id,
    isOld ? { kind: "given-up", at: now, why } : { kind: "later", dueAt: plus(now, pauseAfter(tries)), why },
  );
  return false;
}

function pauseAfter(tries: number): number {
  return pauses[Math.min(tries, pauses.length) - 1] ?? 1_800;
}

const most = 500;

/** What no event tells: an expiry that comes near, an alarm that time made, a service that cannot sign. */
export async function sweep(parts: NotifierParts): Promise<void> {
  const { store, clock, receivers, escalateSeconds } = parts;
  const now = clock.now();
  const pending = await store.requests({ state: "pending", limit: most });
  const late = await Promise.all(alarming.map((state) => store.requests({ state, limit: most })));
  const notices = [
    ...pending.map((request) => expiringOf(request, now, escalateSeconds)),
    ...[...late.flat(), ...(await store.owing(most))].map((request) => alarmNotice(request, now)),
    await notReady(parts, now),
  ].filter((one) => one !== undefined);
  if (notices.length > 0)
    await store.commit({ transitions: [], notices: notices.map((notice) => addressed(notice, receivers)) });
  await store.forgetNotices(plus(now, -keepSeconds));
}

/** What no event tells of an asset: evidence that runs out, and reserves that no longer reach. */
export async function sweepAssets({ store, assets, receivers }: NotifierParts): Promise<void> {
  const notices = (await assets()).flatMap(assetNotices);
  if (notices.length > 0)
    await store.commit({ transitions: [], notices: notices.map((notice) => addressed(notice, receivers)) });
}

/** At most once an hour, however often it comes and goes. */
async function notReady({ readiness }: NotifierParts, now: Instant): Promise<Notice | undefined> {
  const { ready } = await readiness();
  if (ready) return undefined;
  const hour = Math.floor(now / 3_600);
  const text = "nothing can be signed, or not with every key: see `countersign doctor` and /readyz";
  return { key: `not-ready ${hour}`, topic: "not-ready", at: now, text, people: [], requestId: null };
}
