/** Every named point at which gate, serve, the witness or the token's agent can be killed, one kill of each kind, and the account afterwards. */
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { serveFaultPoints } from "../../src/flow/serve/fault-points.ts";
import { witnessFaultPoints } from "../../src/flow/witness/fault-points.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { parseUnits } from "../../src/values/amount.ts";
import { arm, armedIn } from "./blow.ts";
import { eventually, postUntilDelivered, type Mint, type Place, type Role } from "./deployment.ts";
import { mintEvents, totalSupply } from "./ledger.ts";

const gatePoints = [
  "gate:statement-verified",
  "gate:statement-stored",
  "gate:allocated",
  "gate:permit-stored",
  "gate:token-answered",
  "gate:signature-stored",
  "agent-asked",
  "agent-answered",
];

/** Of what dies: the process that passes the point, or the token's agents, which the gate started. */
export type Kill = { readonly who: "gate" | "serve" | "witness" | "agents"; readonly point: string };

const at =
  (who: Kill["who"]) =>
  (point: string): Kill => ({ who, point });

export const kills: readonly Kill[] = [
  ...gatePoints.map(at("gate")),
  ...["agent-asked", "agent-answered"].map(at("agents")),
  ...serveFaultPoints.map(at("serve")),
  ...witnessFaultPoints.map(at("witness")),
];

const patienceMs = 180_000;

/** A gate asks agents that died a moment ago once more, before it notices; then nobody is there to be killed. */
const mostTries = 10;

/** Who got it; somebody did. */
async function strike(place: Place, { who, point }: Kill): Promise<readonly number[]> {
  const of = who === "agents" ? "agents" : "process";
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const struck = arm(armedIn(place.folder), point, { of, signal: "SIGKILL", spared: [] });
    let pids: readonly number[] | undefined;
    await eventually(`the point ${point} was passed`, () => (pids = struck()) !== undefined, patienceMs, 10);
    if (pids !== undefined && pids.length > 0) return pids;
  }
  throw new Error(`nothing was there to be killed at ${point}`);
}

/**
 * Kills whoever passes the point first, with SIGKILL, and starts it again without waiting until it answers. Somebody has to go on minting
 * meanwhile. Throws when nobody passed in three minutes, or when nothing died.
 */
export async function kill(place: Place, one: Kill): Promise<void> {
  const { who } = one;
  const pids = await strike(place, one);
  for (const pid of pids) {
    const role = place.roles().find((each) => place.pid(each) === pid);
    assert.equal(role === undefined, who === "agents");
    if (role === undefined)
      await eventually(`the agent ${String(pid)} is gone`, () => !existsSync(`/proc/${String(pid)}/exe`));
    else {
      assert.equal(await place.ended(role), "SIGKILL");
      place.launch(role);
    }
  }
}

export type Victim = Role | "agent";

/** Kills a process, whatever it does, and starts it again without waiting until it answers; the gate starts its agent by itself, and is killed where it has none. */
export async function killNow(place: Place, victim: Victim): Promise<void> {
  if (victim === "agent") {
    const pid = await agentPid(place);
    if (pid === undefined) return killNow(place, "gate");
    process.kill(pid, "SIGKILL");
    return;
  }
  const pid = place.pid(victim);
  assert.ok(pid !== undefined, `the ${victim} does not run`);
  process.kill(pid, "SIGKILL");
  assert.equal(await place.ended(victim), "SIGKILL");
  place.launch(victim);
}

/** As the gate's health names it. */
export async function agentPid(place: Place): Promise<number | undefined> {
  const gate = connectGate(place.folder.socket, { timeoutMs: 2_000 });
  try {
    return (await gate.health()).backends[0]?.pid ?? undefined;
  } catch {
    return undefined;
  } finally {
    gate.close();
  }
}

export async function deliver(place: Place, mint: Mint): Promise<void> {
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
}

/** What serve, the chain and the gate each say once everything has come to rest. */
export type Account = {
  readonly states: readonly string[];
  /** In ascending order. */
  readonly nonces: readonly (number | null)[];
  /** Amounts of the Mint events of the chain, in base units, ascending; `asked` those of the requests. */
  readonly minted: readonly bigint[];
  readonly asked: readonly bigint[];
  readonly totalSupply: bigint;
  readonly frozen: readonly unknown[];
};

/** Waits until every request has come to its end, and reads the account. */
export async function accountOf(place: Place, mints: readonly Mint[]): Promise<Account> {
  const { client } = place.person("audrey");
  const views = [];
  for (const { requestId } of mints)
    views.push(await client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 120_000, everyMs: 100 }));
  const gate = connectGate(place.folder.socket);
  const { frozen } = await gate.health();
  gate.close();
  return {
    states: views.map(({ state }) => state),
    nonces: views.map(({ nonce }) => nonce).sort((a, b) => Number(a) - Number(b)),
    minted: ascending(await mintEvents(place)),
    asked: ascending(mints.map(({ amount }) => parseUnits(amount, 18))),
    totalSupply: await totalSupply(place),
    frozen,
  };
}

/** Throws unless every request is final with a nonce of its own, and the chain shows one mint for each and no other. */
export function assertBalanced({ states, nonces, minted, asked, totalSupply: supply, frozen }: Account): void {
  assert.equal(new Set(asked).size, asked.length, "two requests had the same amount");
  assert.deepEqual(
    states.filter((state) => state !== "final"),
    [],
  );
  assert.deepEqual(
    nonces,
    asked.map((_, index) => index),
  );
  assert.deepEqual(minted, asked);
  assert.equal(
    supply,
    minted.reduce((sum, one) => sum + one, 0n),
  );
  assert.deepEqual(frozen, []);
}

const ascending = (amounts: readonly bigint[]): bigint[] => [...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
