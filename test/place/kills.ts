/** Every named point at which gate, serve, the witness or the token's agent can be killed, one kill of each kind, and the account afterwards. */
import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serveFaultPoints } from "../../src/flow/serve/fault-points.ts";
import { witnessFaultPoints } from "../../src/flow/witness/fault-points.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import { parseUnits } from "../../src/values/amount.ts";
import { eventually, postUntilDelivered, prepareMint, type Mint, type Place, type Role } from "./deployment.ts";
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

export type Kill = { readonly role: Role; readonly variable: "KILL_AT" | "KILL_AGENT_AT"; readonly point: string };

export const kills: readonly Kill[] = [
  ...gatePoints.map((point): Kill => ({ role: "gate", variable: "KILL_AT", point })),
  ...["agent-asked", "agent-answered"].map((point): Kill => ({ role: "gate", variable: "KILL_AGENT_AT", point })),
  ...serveFaultPoints.map((point): Kill => ({ role: "serve", variable: "KILL_AT", point })),
  ...witnessFaultPoints.map((point): Kill => ({ role: "witness", variable: "KILL_AT", point })),
];

/**
 * Restarts a process so that it dies at the point, mints through it, and starts it again; resolves when everything was delivered.
 * The round is the amount, so that no two requests are alike. Throws when the point was not passed or nothing died there.
 */
export async function mintThroughKill(place: Place, { role, variable, point }: Kill, round: number): Promise<Mint> {
  const mint = await prepareMint(place, String(round), `ROUND-${String(round)}`);
  const mark = join(place.folder.root, `mark-${String(round)}`);
  await place.stop(role);
  await place.start(role, { [variable]: `${point}@1`, KILL_MARK: mark });
  const work = deliver(place, mint);
  await eventually(`the point ${point} was passed`, () => existsSync(mark));
  const [passed, ...pids] = readFileSync(mark, "utf8").split(" ");
  assert.equal(passed, point);
  if (variable === "KILL_AT") {
    assert.equal(await place.ended(role), "SIGKILL");
    await place.start(role);
  } else {
    assert.ok(pids.length > 0, "no agent was there to be killed");
    for (const pid of pids) {
      assert.notEqual(Number(pid), place.pid(role));
      await eventually(`the agent ${pid} is gone`, () => !existsSync(`/proc/${pid}/exe`));
    }
  }
  await work;
  return mint;
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
    views.push(await client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 60_000, everyMs: 100 }));
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
