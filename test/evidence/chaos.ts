/** Processes killed at random times while mints keep coming; afterwards the same account as after kills at named points. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { prepareMint, type Mint, type Place, type Role } from "../place/deployment.ts";
import { accountOf, assertBalanced, deliver } from "../place/kills.ts";
import { chance } from "./chance.ts";
import { inDeployment } from "./crash.ts";
import type { Counts, Item, Round } from "./item.ts";

type Victim = Role | "agent";

const victims: readonly Victim[] = ["gate", "serve", "agent", "gate", "serve", "agent", "observer-1", "observer-2"];

/** The token's agent as the gate's health names it; nothing while the gate or its agent is away. */
async function agentPid(place: Place): Promise<number | undefined> {
  const gate = connectGate(place.folder.socket, { timeoutMs: 2_000 });
  try {
    return (await gate.health()).backends[0]?.pid ?? undefined;
  } catch {
    return undefined;
  } finally {
    gate.close();
  }
}

/** Ends one process with SIGKILL, by its number, and starts it again; the gate starts its agent by itself. */
async function kill(place: Place, victim: Victim): Promise<boolean> {
  const pid = victim === "agent" ? await agentPid(place) : place.pid(victim);
  if (pid === undefined) return false;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
  if (victim === "agent") return true;
  assert.equal(await place.ended(victim), "SIGKILL");
  await place.start(victim);
  return true;
}

/** Mints, four at a time and one more every half second, until told to end; answers all of them, delivered. */
async function load(place: Place, over: () => boolean): Promise<readonly Mint[]> {
  const mints: Mint[] = [];
  let number = 0;
  const issuer = async (): Promise<void> => {
    while (!over()) {
      number += 1;
      // Different amounts in the thousandths: no two requests are alike, and all fit the limits of a day.
      const amount = (number / 1_000).toFixed(3);
      const mint = await prepared(place, amount, `CHAOS-${String(number)}`, over);
      if (mint === undefined) return;
      mints.push(mint);
      await deliver(place, mint);
      await sleep(2_000);
    }
  };
  await Promise.all(Array.from({ length: 4 }, issuer));
  return mints;
}

/** Preparing reads from serve, which may be dead just then. */
async function prepared(
  place: Place,
  amount: string,
  reference: string,
  over: () => boolean,
): Promise<Mint | undefined> {
  while (!over()) {
    try {
      return await prepareMint(place, amount, reference);
    } catch {
      await sleep(200);
    }
  }
  return undefined;
}

async function run(seconds: number, { seed, say }: Round): Promise<Counts> {
  const draw = chance(seed);
  const until = performance.now() + seconds * 1_000;
  let over = false;
  return inDeployment(async (place) => {
    const killed = new Map<Victim, number>();
    const killing = async (): Promise<void> => {
      try {
        while (performance.now() < until) {
          await sleep(500 + draw(3_500));
          const victim = victims[draw(victims.length)]!;
          if (!(await kill(place, victim))) continue;
          killed.set(victim, (killed.get(victim) ?? 0) + 1);
          say(`killed ${victim}; ${String(Math.max(0, Math.round((until - performance.now()) / 1_000)))} s to go`);
        }
      } finally {
        over = true;
      }
    };
    const [mints] = await Promise.all([load(place, () => over), killing()]);
    say(`${String(mints.length)} requests delivered; waiting until all are final`);
    const account = await accountOf(place, mints);
    assertBalanced(account);
    const total = [...killed.values()].reduce((sum, one) => sum + one, 0);
    assert.ok(total > 0 && mints.length > 0);
    const byVictim = Object.fromEntries([...killed].sort().map(([victim, count]) => [`kills of ${victim}`, count]));
    return { seconds, kills: total, ...byVictim, requests: mints.length, mints: account.minted.length };
  });
}

export function chaosItem(minutes: number): Item {
  return {
    name: "chaos",
    shows:
      "gate, serve, observers and agent killed at random times under a steady load of mints: every request is final with a nonce of its own, Mint events equal requests, totalSupply is their sum",
    rounds: { small: 1, stated: 1 },
    run: (round) => run(round.scale === "stated" ? Math.round(minutes * 60) : 15, round),
  };
}
