/** Figures of the API for Prometheus: how many calls, how they ended, how long they took. */
import { alarming, alarmingEnds } from "../request/alarm.ts";
import { Fault } from "../values/errors.ts";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = {
  /** `route` is a row of the role table or `unknown`, so the number of series is bounded. */
  readonly count: (route: string, status: number, seconds: number) => void;
  readonly text: () => Promise<string>;
};

/** `alarms` is by state; when it cannot be told, the figure is not a number rather than a comforting one. */
export function createMetrics(
  sessions: () => number,
  alarms: () => Promise<readonly { readonly state: string }[]>,
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: "countersign_http_requests_total",
    help: "Calls of the API",
    labelNames: ["route", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "countersign_http_request_seconds",
    help: "Time from the first byte to the last",
    labelNames: ["route"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const open = new Gauge({
    name: "countersign_http_sessions",
    help: "Sessions that were begun and not dropped",
    registers,
  });
  const alarmed = new Gauge({
    name: "countersign_request_alarms",
    help: "Requests that somebody has to look at: expired with their transaction signed, or for an operator",
    labelNames: ["state"],
    registers,
  });
  return {
    count: (route, status, seconds) => {
      calls.inc({ route, status });
      duration.observe({ route }, seconds);
    },
    text: async () => {
      open.set(sessions());
      await count(alarmed, alarms);
      return await registry.metrics();
    },
  };
}

async function count(
  gauge: Gauge<"state">,
  alarms: () => Promise<readonly { readonly state: string }[]>,
): Promise<void> {
  const known = await alarms().catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  });
  for (const state of [...alarming, ...alarmingEnds])
    gauge.set({ state }, known === undefined ? Number.NaN : known.filter((one) => one.state === state).length);
}
