/** The readings of all figures at one moment: what the store counts, what the gate says, and what this replica saw. */
import type { Health } from "../../gate/wire.ts";
import { alarming, alarmingEnds, alarmingRedemptions } from "../../request/alarm.ts";
import { reading, type Reading } from "../../request/figure.ts";
import { proposalsOf } from "../../request/proposal.ts";
import { ends, states } from "../../request/state.ts";
import { Fault } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import { alarmsOf } from "./alarms.ts";
import type { Cosigner } from "./cosigner.ts";
import type { Mirror } from "./mirror.ts";
import type { Parts } from "./parts.ts";
import type { Store, Tally } from "./store.port.ts";

type ReadingParts = Pick<Parts, "store" | "gate" | "clock"> & {
  readonly cosigner: Pick<Cosigner, "min" | "seen">;
  readonly mirror: Pick<Mirror, "doubt">;
};

export type Readings = () => Promise<readonly Reading[]>;

/** However many ask, the sources are asked once in so long. */
const keepMs = 2_000;

export function createReadings(parts: ReadingParts, ticks: () => number): Readings {
  let kept: { readonly at: number; readonly readings: Promise<readonly Reading[]> } | undefined;
  return () => {
    if (kept === undefined || ticks() - kept.at >= keepMs) kept = { at: ticks(), readings: take(parts) };
    return kept.readings;
  };
}

async function take(parts: ReadingParts): Promise<readonly Reading[]> {
  const [stored, said] = await Promise.all([
    orNothing(() => fromStore(parts.store, parts.clock.now())),
    orNothing(() => parts.gate.health()),
  ]);
  return [
    reading("countersign_store_up", Number(stored !== undefined)),
    reading("countersign_gate_up", Number(said !== undefined)),
    ...(stored ?? unknownAlarms),
    ...(said === undefined ? [] : fromGate(said, parts.clock.now())),
    reading("countersign_log_doubted", Number(parts.mirror.doubt() !== undefined)),
    ...fromWitnesses(parts),
  ];
}

/** A source that is away has no figures; any other failure is a bug. */
async function orNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

const alarmStates = [...alarming, ...alarmingEnds, alarmingRedemptions];
/** Not a number rather than a comforting one. */
const unknownAlarms = alarmStates.map((state) => reading("countersign_request_alarms", Number.NaN, { state }));

const most = 500;

async function fromStore(store: Store, now: Instant): Promise<readonly Reading[]> {
  const [tally, due, pending, mirrored, alarms, notices] = await Promise.all([
    store.tally(now),
    store.nextDue(),
    store.requests({ state: "pending", limit: most }),
    store.mirrored(),
    alarmsOf(store, now),
    store.noticeTallies(),
  ]);
  return [
    ...byState(tally, now),
    ...alarmStates.map((state) =>
      reading("countersign_request_alarms", alarms.filter((one) => one.state === state).length, { state }),
    ),
    reading("countersign_queue_age_seconds", due === undefined ? 0 : Math.max(0, now - due)),
    reading("countersign_queue_leases", tally.leased),
    ...missingSeats(pending.map(({ decision }) => decision?.missing ?? [])),
    ...tally.lanes.map(({ chainId, account, open }) =>
      reading("countersign_lane_open", open, { chain: String(chainId), account }),
    ),
    reading("countersign_log_mirrored_leaves", mirrored),
    ...notices.flatMap(({ receiver, pending: count, oldestAt, givenUp }) => [
      reading("countersign_notices_pending", count, { receiver }),
      reading("countersign_notice_oldest_seconds", oldestAt === undefined ? 0 : now - oldestAt, { receiver }),
      reading("countersign_notices_given_up", givenUp, { receiver }),
    ]),
  ];
}

/** Every state that is no end has a figure, so that none of them is missed when it falls to nothing. */
function byState({ states: counted }: Tally, now: Instant): readonly Reading[] {
  const open = states.filter((state) => !ends.some((end) => end === state));
  return open.flatMap((state) => {
    const found = counted.find((one) => one.state === state);
    const age = found === undefined ? 0 : Math.max(0, now - found.oldestAt);
    return [
      reading("countersign_requests", found?.count ?? 0, { state }),
      reading("countersign_request_oldest_seconds", age, { state }),
    ];
  });
}

type Missing = readonly { readonly group: string; readonly count: number }[];

function missingSeats(lacks: readonly Missing[]): readonly Reading[] {
  const seats = new Map<string, number>();
  for (const { group, count } of lacks.flat()) seats.set(group, (seats.get(group) ?? 0) + count);
  return [...seats].map(([group, count]) => reading("countersign_approvals_pending", count, { group }));
}

function fromGate(health: Health, now: Instant): readonly Reading[] {
  const { instant, size, witnessed, frozen, limits, agreements, observers, backends } = health;
  const scopes = ["deployment", "asset", "key"];
  const unmatched = proposalsOf(frozen);
  return [
    reading("countersign_gate_clock_offset_seconds", instant - now),
    reading("countersign_log_leaves", size),
    reading("countersign_log_witnessed_leaves", witnessed.size ?? 0),
    ...scopes.map((scope) =>
      reading("countersign_freezes", frozen.filter((one) => one.scope === scope).length, { scope }),
    ),
    ...agreements.map(({ asset }) =>
      reading("countersign_unmatched_transactions", unmatched.filter((one) => one.asset === asset).length, { asset }),
    ),
    ...limits.map(({ clause, of, usedMillionths }) =>
      reading("countersign_limit_used_ratio", usedMillionths / 1_000_000, { clause, of }),
    ),
    ...agreements.flatMap(({ asset, observers: agreeing, min }) => [
      reading("countersign_observers_agreeing", agreeing, { asset }),
      reading("countersign_observers_required", min, { asset }),
    ]),
    ...observers.map(({ chainId, observer, blockTime }) =>
      reading("countersign_observer_age_seconds", instant - blockTime, { chain: String(chainId), observer }),
    ),
    ...backends.flatMap(fromToken),
  ];
}

function fromToken({ name: token, ready, rests, work }: Health["backends"][number]): readonly Reading[] {
  const standing = [
    reading("countersign_token_ready", Number(ready), { token }),
    reading("countersign_token_resting", Number(rests), { token }),
  ];
  if (work === null) return standing;
  return [
    ...standing,
    reading("countersign_token_sessions", work.sessions, { token }),
    reading("countersign_token_busy_sessions", work.inFlight, { token }),
    reading("countersign_token_queued", work.queued, { token }),
    reading("countersign_token_signatures_total", work.signed, { token }),
    reading("countersign_token_signature_seconds_total", work.signedMs / 1_000, { token }),
    reading("countersign_token_restarts_total", work.restarts, { token }),
  ];
}

function fromWitnesses({ cosigner }: ReadingParts): readonly Reading[] {
  return [
    reading("countersign_witness_required", cosigner.min),
    ...cosigner
      .seen()
      .flatMap(({ witness, size, ageMs }) => [
        reading("countersign_witness_leaves", size ?? 0, { witness }),
        reading("countersign_witness_age_seconds", ageMs === undefined ? Number.NaN : ageMs / 1_000, { witness }),
      ]),
  ];
}
