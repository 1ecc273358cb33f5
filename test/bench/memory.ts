/** Whether processes grow: memory and open files of each, minute by minute, while people mint. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  hashesInForce,
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  startAll,
  type Place,
} from "../place/deployment.ts";
import { agentPid } from "../place/kills.ts";
import { spendthrift } from "../place/refound.ts";
import type { Figure } from "./figure.ts";

const minute = 60_000;
/** Half an hour tells growth from the breathing of a heap; a few minutes only that the measurement works. */
const spans = { stated: { warmUp: 5, minutes: 30 }, short: { warmUp: 1, minutes: 3 } } as const;
const mostGrowth = 2;
/** Student's t for 95 % on one side, of 28 degrees of freedom. */
const student = 1.701;
const samplesInMinute = 6;
const betweenMintsMs = 1_000;

/** Means of a minute. */
type Minute = { readonly megabytes: number; readonly files: number };

/** One every second, whatever became of the one before; resolves once all of them are delivered. */
async function mintSteadily(place: Place, over: () => boolean): Promise<number> {
  const inForce = await hashesInForce(place);
  const under: Promise<void>[] = [];
  for (let number = 1; !over(); number += 1) {
    const mint = await prepareRequest(place, { amount: "0.001", reference: `STEADY-${String(number)}`, inForce });
    const deliver = async (): Promise<void> => {
      for (const statement of mint.statements) await postUntilDelivered(place, statement);
    };
    under.push(deliver());
    await sleep(betweenMintsMs);
  }
  await Promise.all(under);
  return under.length;
}

function sample(pid: number): Minute {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${String(pid)} has no memory`);
  return { megabytes: Number(kilobytes) / 1_024, files: readdirSync(`/proc/${String(pid)}/fd`).length };
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

async function observedMinute(pids: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, Minute>> {
  const seen = new Map([...pids.keys()].map((name) => [name, [] as Minute[]]));
  for (let number = 0; number < samplesInMinute; number += 1) {
    await sleep(minute / samplesInMinute);
    for (const [name, pid] of pids) seen.get(name)?.push(sample(pid));
  }
  return new Map(
    [...seen].map(([name, samples]) => [
      name,
      { megabytes: mean(samples.map((one) => one.megabytes)), files: Math.max(...samples.map((one) => one.files)) },
    ]),
  );
}

/** By least squares, per hour; `bound` is the upper one of 95 %. */
function growth(values: readonly number[]): { readonly slope: number; readonly bound: number } {
  const xs = values.map((_, index) => index / 60);
  const [centre, level] = [mean(xs), mean(values)];
  const spread = xs.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  const slope = xs.reduce((sum, x, index) => sum + (x - centre) * (values[index]! - level), 0) / spread;
  const rest = xs.reduce((sum, x, index) => sum + (values[index]! - level - slope * (x - centre)) ** 2, 0);
  return { slope, bound: slope + student * Math.sqrt(rest / Math.max(1, xs.length - 2) / spread) };
}

function figuresOf(name: string, minutes: readonly Minute[], demands: boolean): readonly Figure[] {
  const { slope, bound } = growth(minutes.map(({ megabytes }) => megabytes));
  const files = minutes.map((one) => one.files);
  const [before, after] = [files.slice(0, files.length / 2), files.slice(files.length / 2)].map((half) =>
    Math.max(...half),
  );
  const first = minutes[0]!;
  return [
    {
      name: `memory of ${name}`,
      value: `${slope.toFixed(2)} MB/h, at most ${bound.toFixed(2)}`,
      reference: `${first.megabytes.toFixed(0)} MB after the warm-up`,
      ...(demands ? { demand: `under ${String(mostGrowth)} MB/h with 95 %` } : {}),
      missed: demands && !(bound < mostGrowth),
    },
    {
      name: `open files of ${name}`,
      value: String(after),
      reference: `${String(before)} in the first half`,
      ...(demands ? { demand: "no more" } : {}),
      missed: demands && !(after! <= before!),
    },
  ];
}

/** On the embedded store. */
export async function measureMemory(isWhole: boolean): Promise<readonly Figure[]> {
  const { warmUp, minutes: length } = isWhole ? spans.stated : spans.short;
  const place = await openDeployment(spendthrift);
  let isOver = false;
  try {
    await startAll(place);
    const agent = await agentPid(place);
    const pids = new Map(place.roles().map((role) => [role as string, place.pid(role)!]));
    if (agent !== undefined) pids.set("agent", agent);
    const load = mintSteadily(place, () => isOver);
    const watch = async (): Promise<readonly ReadonlyMap<string, Minute>[]> => {
      await sleep(warmUp * minute);
      const seen: ReadonlyMap<string, Minute>[] = [];
      for (let number = 0; number < length; number += 1) seen.push(await observedMinute(pids));
      return seen;
    };
    const seen = await Promise.race([watch(), load.then(() => Promise.reject(new Error("nobody mints any more")))]);
    isOver = true;
    const mints = await load;
    const all = [...pids.keys()].flatMap((name) =>
      figuresOf(
        name,
        seen.map((one) => one.get(name)!),
        isWhole,
      ),
    );
    return [...all, { name: "mints meanwhile", value: String(mints), reference: "-", missed: false }];
  } finally {
    isOver = true;
    await place.close();
  }
}
