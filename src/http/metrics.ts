/** Figures of the API for Prometheus: how many calls, how they ended, how long they took. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = {
  /** `route` is a row of the role table or `unknown`, so the number of series is bounded. */
  readonly count: (route: string, status: number, seconds: number) => void;
  readonly text: () => Promise<string>;
};

export function createMetrics(sessions: () => number): Metrics {
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
  return {
    count: (route, status, seconds) => {
      calls.inc({ route, status });
      duration.observe({ route }, seconds);
    },
    text: () => {
      open.set(sessions());
      return registry.metrics();
    },
  };
}
