/** Kills at every named point of gate, serve and agent: afterwards every request was minted once, and nothing else was. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { id, Interface } from "ethers";
import { ask } from "../../src/adapters/anvil/endpoint.ts";
import { serveFaultPoints } from "../../src/flow/serve/fault-points.ts";
import { connectGate } from "../../src/adapters/socket/client.ts";
import {
  eventually,
  openDeployment,
  postUntilDelivered,
  prepareMint,
  startAll,
  type Mint,
  type Place,
  type Role,
} from "../place/deployment.ts";

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

type Kill = { readonly role: Role; readonly variable: "KILL_AT" | "KILL_AGENT_AT"; readonly point: string };

const kills: readonly Kill[] = [
  ...gatePoints.map((point): Kill => ({ role: "gate", variable: "KILL_AT", point })),
  ...["agent-asked", "agent-answered"].map((point): Kill => ({ role: "gate", variable: "KILL_AGENT_AT", point })),
  ...serveFaultPoints.map((point): Kill => ({ role: "serve", variable: "KILL_AT", point })),
];

let place: Place;
const minted: Mint[] = [];
let round = 0;

beforeAll(async () => {
  place = await openDeployment();
  await startAll(place);
});
afterAll(async () => {
  await place.close();
});

test("there are at least 25 points to die at", () => {
  expect(kills.length).toBeGreaterThanOrEqual(25);
});

test.each(kills)(
  "a kill of the $role at $point ($variable) loses and doubles nothing",
  async ({ role, variable, point }) => {
    round += 1;
    // The amount names the round: no two requests are alike.
    const mint = await prepareMint(place, String(round), `ROUND-${String(round)}`);
    const mark = join(place.folder.root, `mark-${String(round)}`);
    await place.stop(role);
    await place.start(role, { [variable]: `${point}@1`, KILL_MARK: mark });
    const work = deliver(mint);
    await eventually(`the point ${point} was passed`, () => existsSync(mark));
    expect(readFileSync(mark, "utf8").split(" ")[0]).toBe(point);
    if (variable === "KILL_AT") {
      expect(await place.ended(role)).toBe("SIGKILL");
      await place.start(role);
    } else {
      const killed = readFileSync(mark, "utf8").split(" ").slice(1).map(Number);
      expect(killed.length).toBeGreaterThan(0);
      for (const pid of killed) expect(existsSync(`/proc/${String(pid)}/exe`) && place.pid(role) === pid).toBe(false);
    }
    await work;
    minted.push(mint);
  },
);

async function deliver(mint: Mint): Promise<void> {
  for (const statement of mint.statements) await postUntilDelivered(place, statement);
}

test("every request is final, each with its own nonce, and the chain shows one mint for each and no other", async () => {
  const { client } = place.person("audrey");
  const nonces: (number | null)[] = [];
  for (const { requestId } of minted) {
    const view = await client.watch(requestId, ({ state }) => state === "final", { timeoutMs: 60_000 });
    expect(view.state).toBe("final");
    nonces.push(view.nonce);
  }
  expect([...nonces].sort((a, b) => Number(a) - Number(b))).toEqual(minted.map((_, index) => index));
  const amounts = await mintEvents();
  expect(amounts.sort((a, b) => Number(a - b))).toEqual(
    minted.map(({ amount }) => BigInt(amount) * 10n ** 18n).sort((a, b) => Number(a - b)),
  );
  expect(await totalSupply()).toBe(amounts.reduce((sum, one) => sum + one, 0n));
  const gate = connectGate(place.folder.socket);
  expect((await gate.health()).frozen).toEqual([]);
  gate.close();
});

async function mintEvents(): Promise<bigint[]> {
  const zero = `0x${"00".repeat(32)}`;
  const logs = (await ask(place.chain.url, "eth_getLogs", [
    {
      fromBlock: "0x0",
      toBlock: "latest",
      address: place.demo.token,
      topics: [id("Transfer(address,address,uint256)"), zero],
    },
  ])) as { data: string }[];
  return logs.map(({ data }) => BigInt(data));
}

async function totalSupply(): Promise<bigint> {
  const token = new Interface(["function totalSupply() view returns (uint256)"]);
  const answer = (await ask(place.chain.url, "eth_call", [
    { to: place.demo.token, data: token.encodeFunctionData("totalSupply") },
    "latest",
  ])) as string;
  return BigInt(answer);
}
