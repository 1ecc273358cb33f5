/** Three replicas of serve on one PostgreSQL, with everything real: they share one lane, stand still, lose their server and their store, and every mint is one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { arm, armedIn } from "../place/blow.ts";
import { attest, eventually, openDeployment, type Mint, type Place, type Replica } from "../place/deployment.ts";
import { accountOf, assertBalanced } from "../place/kills.ts";
import { mintOn } from "../place/load.ts";
import { startPostgres, type Postgres } from "../place/postgres.ts";
import { reshape } from "../place/shape.ts";

let place: Place;
let postgres: Postgres;
let minting: Promise<readonly Mint[]>;
let enough = Number.POSITIVE_INFINITY;
let made = 0;
const shared = { store: "postgres", replicas: 3 } as const;
/** Seven processes on however busy a machine. */
const patience = { timeout: 240_000 };

beforeAll(async () => {
  [place, postgres] = await Promise.all([openDeployment(), startPostgres()]);
  await Promise.all([place.start("gate"), place.start("witness")]);
  await reshape(place, shared, postgres.freshUrl);
  await Promise.all([place.start("observer-1"), place.start("observer-2"), attest(place)]);
  const over = (count: number): boolean => {
    made = count;
    return count >= enough;
  };
  minting = mintOn(place, { atOnce: 6, over });
  minting.catch(() => undefined);
}, 300_000);
afterAll(async () => {
  enough = 0;
  await place.close();
  await postgres.stop();
});

/** Whose transaction is being signed or is out, and in no block. */
const underWay = ["ready", "allocated", "signing", "signed", "broadcast"];

async function unmined(): Promise<readonly string[]> {
  const { requests } = await place.personAt("audrey", "serve").client.requests({ limit: 100 });
  return requests.filter(({ state }) => underWay.includes(state)).map(({ requestId }) => requestId);
}

/** The chosen one stands still at the point, with a request of its own in its hands. */
async function stop(replica: Replica, point: string): Promise<number> {
  const pid = place.pid(replica) ?? 0;
  const others = (["serve", "serve-2", "serve-3"] as const).filter((one) => one !== replica);
  const spared = others.map((one) => place.pid(one) ?? 0);
  const struck = arm(armedIn(place.folder), point, { of: "process", signal: "SIGSTOP", spared });
  await eventually(`${replica} passes ${point}`, () => struck() !== undefined, 120_000, 10);
  expect(struck()).toEqual([pid]);
  return pid;
}

test(
  "two that stand still for longer than their leases, one with a signature and one with bytes to send, are overtaken by the third and do no harm when they go on",
  patience,
  async () => {
    const stopped = await Promise.all([
      stop("serve-2", "serve:after-gate-sign"),
      stop("serve-3", "serve:before-broadcast"),
    ]);
    try {
      const held = await unmined();
      expect(held.length).toBeGreaterThan(0);
      const later = (now: readonly string[]): readonly string[] => now.filter((one) => held.includes(one));
      await eventually("what they held is mined", async () => later(await unmined()).length === 0, 60_000, 200);
    } finally {
      for (const pid of stopped) process.kill(pid, "SIGCONT");
    }
  },
);

/** Whoever makes one more saw the last one sent. */
async function goOn(): Promise<void> {
  const before = made;
  await eventually("further requests are made", () => made >= before + 3, 60_000);
}

test("their server crashes under load, and they go on", patience, async () => {
  await postgres.restart();
  await goOn();
});

test(
  "their store is thrown away under load, and the next ones learn everything from the gate and the chain",
  patience,
  async () => {
    await reshape(place, shared, postgres.freshUrl);
    await goOn();
  },
);

test(
  "nonces follow one another without a gap, and each request is one event of the chain and no other",
  patience,
  async () => {
    enough = 24;
    const mints = await minting;
    expect(mints.length).toBeGreaterThanOrEqual(24);
    assertBalanced(await accountOf(place, mints));
    const { requests } = await place.person("audrey").client.requests({ limit: 100 });
    expect(requests.length).toBe(Math.min(100, mints.length));
  },
);
