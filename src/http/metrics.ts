/** Figures for Prometheus: what the routes count here, and the readings of everything else, made into text. */
import { Counter, Gauge, Histogram, collectDefaultMetrics, Registry } from "prom-client";
import { figures, type FigureName, type Reading } from "../request/figure.ts";

export type Metrics = {
  /** `route` is a row of the role table or `unknown`, so the number of series is bounded. */
  readonly count: (route: string, status: number, seconds: number) => void;
  /** A call of the gate's `sign` that was no dry run, by the kind of its answer. */
  readonly asked: (answer: string, seconds: number) => void;
  /** Something happened to a request and is on disk. */
  readonly happened: (event: string) => void;
  readonly text: (now: { readonly sessions: number; readonly readings: readonly Reading[] }) => Promise<string>;
};

export function createMetrics(version: string): Metrics {
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
  const signing = new Histogram({
    name: "countersign_gate_sign_seconds",
    help: "How long the gate took to answer when it was asked to sign, by the kind of its answer",
    labelNames: ["answer"],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const instruments = instrumentsIn(registry);
  const events = new Map<string, number>();
  return {
    count: (route, status, seconds) => {
      calls.inc({ route, status });
      duration.observe({ route }, seconds);
    },
    asked: (answer, seconds) => {
      signing.observe({ answer }, seconds);
    },
    happened: (event) => {
      events.set(event, (events.get(event) ?? 0) + 1);
    },
    text: async ({ sessions, readings }) => {
      open.set(sessions);
      for (const { reset } of instruments.values()) reset();
      const own: readonly Reading[] = [
        { name: "countersign_build_info", labels: { version }, value: 1 },
        ...[...events].map(([event, value]): Reading => {
          return { name: "countersign_request_events_total", labels: { event }, value };
        }),
      ];
      for (const { name, labels, value } of [...own, ...readings]) instruments.get(name)?.show(labels, value);
      return await registry.metrics();
    },
  };
}

type Instrument = {
  readonly show: (labels: Reading["labels"], value: number) => void;
  /** A series that is told no more is shown no more. */
  readonly reset: () => void;
};

/** Readings are absolute: a counter is set by counting from nothing. */
function instrumentsIn(registry: Registry): ReadonlyMap<FigureName, Instrument> {
  const registers = [registry];
  const names = Object.keys(figures).filter((name): name is FigureName => name in figures);
  return new Map(
    names.map((name) => {
      const { kind, help, labels } = figures[name];
      const settings = { name, help, labelNames: [...labels], registers };
      if (kind === "counter") {
        const counter = new Counter(settings);
        const show = (given: Reading["labels"], value: number): void => {
          counter.inc({ ...given }, value);
        };
        const reset = (): void => {
          counter.reset();
        };
        return [name, { show, reset }];
      }
      const gauge = new Gauge(settings);
      const show = (given: Reading["labels"], value: number): void => {
        gauge.set({ ...given }, value);
      };
      const reset = (): void => {
        gauge.reset();
      };
      return [name, { show, reset }];
    }),
  );
}
