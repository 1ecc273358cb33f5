/** What `/metrics` tells of a real gate and a real store, name by name as the page has it; and what it does not tell. */
import { globSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createReadings } from "../../../src/flow/serve/readings.ts";
import { countedStore, timedGate } from "../../../src/flow/serve/watched.ts";
import { createMetrics } from "../../../src/http/metrics.ts";
import { figures, type Reading } from "../../../src/request/figure.ts";
import { Fault } from "../../../src/values/errors.ts";
import { approval, submission, units } from "../../place/gold.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { gateOf, openServe, type ServePlace } from "./place.ts";

let place: ServePlace;
beforeEach(async () => {
  place = await openServe();
});
afterEach(async () => {
  await place.close();
});

async function submitted(): Promise<Envelope> {
  const { deployment, now } = place.gatePlace;
  const said = submission(deployment, { now, intent: { amount: units(100) } });
  await place.desk.post(said, undefined);
  return said;
}

const valueOf = (readings: readonly Reading[], name: string, labels: Reading["labels"] = {}): number | undefined =>
  readings.find((one) => one.name === name && JSON.stringify(one.labels) === JSON.stringify(labels))?.value;

const textOf = async (readings: readonly Reading[]): Promise<string> =>
  await createMetrics("1.2.3").text({ sessions: 2, readings });

/** Name, kind and help of every instrument of ours. */
function servedIn(text: string): readonly (readonly string[])[] {
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
  return [...text.matchAll(/^# HELP (countersign_\S+) (.+)$/gm)].map(([, name, help]) => [
    name!,
    kinds.get(name) ?? "",
    help!,
  ]);
}

test("every figure that is served is in the page with its kind and its words, and nothing else is", async () => {
  const page = readFileSync("docs/metrics.md", "utf8");
  const rows = [...page.matchAll(/^\| `(countersign_\w+)` \| (\w+) \| ([^|]*) \| (.+) \|$/gm)];
  const written = rows.map(([, name, kind, , help]) => [name!, kind!, help!]);
  expect(written.length).toBeGreaterThan(30);
  expect([...written].sort()).toEqual([...servedIn(await textOf(await place.desk.figures()))].sort());
  const labels = new Map(rows.map(([, name, , told]) => [name!, told!.trim()]));
  for (const [name, figure] of Object.entries(figures))
    expect([name, labels.get(name)]).toEqual([name, figure.labels.map((label) => `\`${label}\``).join(", ")]);
});

test("every expression of the dashboard and of the rules names figures that are served", async () => {
  const text = await textOf(await place.desk.figures());
  const served = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, kind]) => namesOf(name!, kind!)),
  );
  const dashboard = readFileSync("docker/grafana/countersign.json", "utf8");
  const expressions = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, expr]) => expr!);
  const rules = globSync("docker/prometheus/*.rules.yaml").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/^ +expr: (.+)$/gm)].map(([, expr]) => expr!),
  );
  expect([expressions.length > 15, rules.length > 8]).toEqual([true, true]);
  const named = [...expressions, ...rules].map((expr) => expr.match(/\b(countersign|nodejs|process)_\w+/g) ?? []);
  expect(named.filter((names) => names.length === 0)).toEqual([]);
  expect(named.flat().filter((name) => !served.has(name))).toEqual([]);
});

function namesOf(name: string, kind: string): readonly string[] {
  return kind === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name];
}

test("a request that waits for people, its age, its seats; then its lane, the limits it fills, and what was stored", async () => {
  const heard: string[] = [];
  const parts = { ...place.parts, store: countedStore(place.store, { happened: (event) => heard.push(event) }) };
  Object.assign(place.parts, parts);
  const said = await submitted();
  await place.step();
  await place.step();
  place.gatePlace.now += 30;
  const waiting = await createReadings(place.parts, () => 0)();
  expect(valueOf(waiting, "countersign_requests", { state: "pending" })).toBe(1);
  expect(valueOf(waiting, "countersign_request_oldest_seconds", { state: "pending" })).toBeGreaterThanOrEqual(30);
  expect(valueOf(waiting, "countersign_approvals_pending", { group: "custodians" })).toBe(2);
  expect(valueOf(waiting, "countersign_limit_used_ratio", { clause: "ceiling.day", of: "GLD" })).toBe(0);
  expect(valueOf(waiting, "countersign_observers_agreeing", { asset: "GLD" })).toBe(2);
  expect(valueOf(waiting, "countersign_token_ready", { token: "token" })).toBe(1);
  for (const person of ["carla", "chris"] as const)
    await place.desk.post(approval(place.gatePlace.deployment, said, person), undefined);
  await place.tick();
  await place.step();
  await place.step();
  const begun = await createReadings(place.parts, () => 0)();
  const { account } = place.gatePlace.deployment.key;
  expect(valueOf(begun, "countersign_lane_open", { chain: "31337", account })).toBe(1);
  expect(valueOf(begun, "countersign_limit_used_ratio", { clause: "ceiling.day", of: "GLD" })).toBeGreaterThan(0);
  expect(valueOf(begun, "countersign_witness_leaves", { witness: place.witness.key.name })).toBeGreaterThan(0);
  expect(valueOf(begun, "countersign_witness_age_seconds", { witness: place.witness.key.name })).toBe(0);
  expect(heard).toContain("held");
  expect(heard).toContain("signed");
});

test("nothing of a request, no amount and no recipient is told to whoever may read figures", async () => {
  const said = await submitted();
  await place.step();
  const text = await textOf(await place.desk.figures());
  for (const word of ["requestId", "to", "reference", "amount", "intentHash"])
    expect(text).not.toContain(String(said.message[word]).slice(0, 20));
});

test("a gate that is away is said so, and a store that is away leaves no comforting figure", async () => {
  const away = (): never => {
    throw new Fault("gate.unreachable", "the gate does not answer", "safe");
  };
  const gate = {
    ...gateOf(place.gatePlace),
    health: () => Promise.reject(new Fault("gate.unreachable", "no", "safe")),
  };
  const store = { ...place.store, tally: away };
  const readings = await createReadings({ ...place.parts, gate, store }, () => 0)();
  expect(valueOf(readings, "countersign_gate_up")).toBe(0);
  expect(valueOf(readings, "countersign_store_up")).toBe(0);
  expect(valueOf(readings, "countersign_request_alarms", { state: "needs-operator" })).toBeNaN();
  expect(valueOf(readings, "countersign_log_leaves")).toBeUndefined();
  expect(valueOf(readings, "countersign_log_doubted")).toBe(0);
  const doubting = { ...place.parts, mirror: { doubt: () => "the gate has 3 leaves where it had 5" } };
  expect(valueOf(await createReadings(doubting, () => 0)(), "countersign_log_doubted")).toBe(1);
});

test("however many ask, the gate is asked once in two seconds", async () => {
  let asked = 0;
  let now = 0;
  const gate = gateOf(place.gatePlace);
  const counting = { ...gate, health: () => ((asked += 1), gate.health()) };
  const readings = createReadings({ ...place.parts, gate: counting }, () => now);
  await Promise.all(Array.from({ length: 50 }, readings));
  now = 1_999;
  await readings();
  expect(asked).toBe(1);
  now = 2_000;
  await readings();
  expect(asked).toBe(2);
});

test("signing is timed by the kind of its answer, and a dry run is no signing", async () => {
  const metrics = createMetrics("1");
  let now = 0;
  const gate = timedGate(
    {
      ...gateOf(place.gatePlace),
      sign: async (request) => {
        now += 30;
        if (!("fees" in request)) return { kind: "refused", code: "a", why: "b" };
        if (request.replace === true) throw new Fault("gate.unreachable", "no", "safe");
        return { kind: "signing", on: "token", needs: "token" };
      },
    },
    metrics,
    () => now,
  );
  const fees = {} as never;
  await gate.sign({ verb: "sign", dryRun: true, requestId: "0x" as never });
  await gate.sign({ verb: "sign", requestId: "0x" as never, fees });
  await gate.sign({ verb: "sign", requestId: "0x" as never, fees, replace: true }).catch(() => undefined);
  const text = await metrics.text({ sessions: 0, readings: [] });
  expect(text).toContain('countersign_gate_sign_seconds_sum{answer="signing"} 0.03');
  expect(text).toContain('countersign_gate_sign_seconds_count{answer="away"} 1');
  expect(text).not.toContain('answer="refused"');
});

test("a series that is told no more is shown no more, and events are counted", async () => {
  const metrics = createMetrics("1");
  metrics.happened("signed");
  metrics.happened("signed");
  const readings: Reading[] = [{ name: "countersign_lane_open", labels: { chain: "1", account: "0x1" }, value: 3 }];
  expect(await metrics.text({ sessions: 0, readings })).toContain('countersign_lane_open{chain="1",account="0x1"} 3');
  const later = await metrics.text({ sessions: 0, readings: [] });
  expect(later).not.toContain("countersign_lane_open{");
  expect(later).toContain('countersign_request_events_total{event="signed"} 2');
});
