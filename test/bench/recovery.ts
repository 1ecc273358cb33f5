/** From the SIGKILL of a process to a mint, approved meanwhile, in a block: what people wait when something dies and is started at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { killNow, type Victim } from "../place/kills.ts";
import {
  hashesInForce,
  openDeployment,
  postUntilDelivered,
  prepareRequest,
  startAll,
  type InForce,
  type Place,
} from "../place/deployment.ts";
import { mintEvents } from "../place/ledger.ts";
import { median, seconds, under, type Figure } from "./figure.ts";

const victims: readonly Victim[] = ["gate", "serve", "witness", "agent"];
const kills = 100;
const undisturbed = 10;
const aimMs = 5_000;
const longestMs = 120_000;

/** All but the last approval is delivered beforehand; that one is posted when `before` is done. Milliseconds until it is mined. */
async function mintAfter(place: Place, number: number, inForce: InForce, before: () => Promise<void>): Promise<number> {
  const amount = (number / 1_000).toFixed(3);
  const { statements } = await prepareRequest(place, { amount, reference: `RECOVERY-${String(number)}`, inForce });
  const last = statements.at(-1)!;
  for (const statement of statements.slice(0, -1)) await postUntilDelivered(place, statement);
  const began = performance.now();
  await before();
  await postUntilDelivered(place, last);
  const wanted = BigInt(number) * 10n ** 15n;
  while (!(await mintEvents(place)).includes(wanted)) {
    if (performance.now() - began > longestMs)
      throw new Error(`request ${String(number)} was not mined in two minutes`);
    await sleep(20);
  }
  return performance.now() - began;
}

/** The value that so much of all of them do not exceed. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

/** The gate, serve, the witness and the token's agent in turn, each started again at once, on the embedded store. */
export async function measureRecovery(count = kills): Promise<readonly Figure[]> {
  const place = await openDeployment();
  try {
    await startAll(place);
    const inForce = await hashesInForce(place);
    const calm: number[] = [];
    for (let number = 1; number <= undisturbed; number += 1)
      calm.push(await mintAfter(place, number, inForce, () => Promise.resolve()));
    const killed: number[] = [];
    for (let number = 0; number < count; number += 1) {
      const victim = victims[number % victims.length]!;
      killed.push(await mintAfter(place, undisturbed + number + 1, inForce, () => killNow(place, victim)));
    }
    const p99 = percentile(killed, 0.99);
    return [
      {
        name: `recovery after SIGKILL, p99 of ${String(count)}: from the kill to the next mint in a block`,
        value: `${seconds(p99)} (median ${seconds(median(killed))})`,
        reference: `without a kill, from the last approval: ${seconds(median(calm))}`,
        ...under(p99, aimMs, seconds),
      },
    ];
  } finally {
    await place.close();
  }
}
