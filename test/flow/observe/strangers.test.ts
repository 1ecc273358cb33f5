/** What an observer makes of the events of a token: the gate's own are matched, every other one is told, and who carries the word cannot hide it. */
import { beforeEach, expect, it } from "vitest";
import type { SeenReceipt } from "../../../src/evidence/outcome.ts";
import type { TokenChange } from "../../../src/evidence/token-event.ts";
import type { Block, ChainReader, TokenEvent, WatchedToken } from "../../../src/flow/observe/chain-reader.port.ts";
import type { Sighting, Watch } from "../../../src/flow/observe/observe.ts";
import type { StrangerMemory } from "../../../src/flow/observe/strangers.ts";
import { lookOnce, type Said } from "../../../src/flow/observe/worker.ts";
import type { Chain } from "../../../src/genesis/genesis.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { parse as parseChainId } from "../../../src/values/chain-id.ts";
import { Fault } from "../../../src/values/errors.ts";
import * as instant from "../../../src/values/instant.ts";
import { idOf } from "../../place/gold.ts";

const token = address.parse(`0x${"11".repeat(20)}`);
const chain: Chain = {
  id: parseChainId(31_337),
  observeEvery: 5,
  freshness: "120s",
  finality: { kind: "depth", blocks: 10 },
} as unknown as Chain;
const begin = 1_800_000_000;
const secondsPerBlock = 12;

let events: TokenEvent[];
let head: number;
let wanted: string[];
let asked: { from: number; to: number }[];
let own: Set<string>;
/** What reached the gate, and what whoever carries words kept back. */
let admitted: Sighting[];
let hides: (sighting: Sighting) => boolean;
/** What the endpoint says it has no receipt of, or fails at. */
let lost: Set<string>;
let failing: Set<string>;
let tokens: address.Address[];
/** Tokens that do not say whether they are paused. */
let silent: Set<string>;
/** Accounts that are watched; the endpoint fails at their nonces. */
let accounts: address.Address[];
const mover = address.parse(`0x${"33".repeat(20)}`);
let memory: StrangerMemory;
let said: Said;

beforeEach(() => {
  [events, head, wanted, asked, admitted] = [[], 20, [], [], []];
  own = new Set();
  hides = () => false;
  [lost, failing, tokens] = [new Set(), new Set(), [token]];
  [silent, accounts] = [new Set(), []];
  memory = new Map();
  said = new Map();
});

const blockAt = (number: number): Block => ({
  number,
  hash: idOf(`block ${String(number)}`),
  time: instant.parse(begin + number * secondsPerBlock),
});

const reader = {
  head: () => Promise.resolve(blockAt(head)),
  finalized: () => Promise.resolve(undefined),
  blockAt: (height: number) => Promise.resolve(height > head ? undefined : blockAt(height)),
  codeHash: () => Promise.resolve(idOf("code")),
  implementation: () => Promise.resolve(address.zero),
  totalSupply: () => Promise.resolve(amount.zero),
  paused: ({ address: of }: WatchedToken) =>
    silent.has(of) ? Promise.reject(new Fault("chain.refused", "it has no such call", "safe")) : Promise.resolve(false),
  nonce: () => Promise.reject(new Fault("chain.no-answer", "it does not answer", "safe")),
  events: (of: string, from: number, to: number) => {
    if (failing.has(of)) return Promise.reject(new Fault("chain.no-answer", "it does not answer", "safe"));
    asked.push({ from, to });
    return Promise.resolve(events.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to));
  },
  receipt: (txHash: Bytes32): Promise<SeenReceipt | undefined> => {
    const found = events.find((event) => event.txHash === txHash);
    if (failing.has(txHash)) return Promise.reject(new Fault("chain.no-answer", "it does not answer", "safe"));
    if (found === undefined || lost.has(txHash)) return Promise.resolve(undefined);
    const { number: blockNumber, hash: blockHash } = blockAt(found.blockNumber);
    const who = { from: token, nonce: 0, to: token, logs: [] };
    return Promise.resolve({ txHash, blockNumber, blockHash, status: "success", ...who });
  },
} as unknown as ChainReader;

function happens(word: string, blockNumber: number, what: TokenChange = "a mint", minter?: string): Bytes32 {
  const txHash = idOf(word);
  events.push({ txHash, blockNumber, what, minter });
  return txHash;
}

async function look(): Promise<void> {
  const watch: Watch = {
    chain,
    lifetime: "10m",
    tokens: tokens.map((one) => ({ address: one, standard: "role-erc20" })),
    accounts,
    feeds: [],
    wanted,
  };
  const parts = {
    readers: new Map([[chain.id, reader]]),
    delivery: {
      watch: () => Promise.resolve([watch]),
      deliver: (sighting: Sighting) => {
        const refused = {
          kind: "refused",
          code: "observation.unknown-subject",
          why: "nothing here asks for it",
        } as const;
        if (hides(sighting)) return Promise.resolve(refused);
        admitted.push(sighting);
        const [prefix, txHash = ""] = sighting.subject.split(":");
        const isStrange = prefix === "tx" && !own.has(txHash);
        return Promise.resolve(isStrange ? refused : ({ kind: "delivered" } as const));
      },
    },
    faults: { at: () => undefined },
    rest: () => Promise.resolve(),
    stopping: () => false,
    report: () => undefined,
  };
  await lookOnce(parts, said, memory);
}

const told = () => admitted.filter(({ fact }) => fact === "event");
const outcomes = () => admitted.filter(({ fact }) => fact === "outcome");

it("says nothing of what the gate took its word on, once for each and final block", async () => {
  for (let number = 1; number <= 300; number += 1) {
    const txHash = happens(`mint ${String(number)}`, number);
    own.add(txHash);
    wanted.push(`tx:${txHash}`);
  }
  for (head = 20; head <= 320; head += 1) await look();
  expect(told()).toEqual([]);
  expect(new Set(outcomes().map(({ subject }) => subject)).size).toBe(300);
  const tops = asked.map(({ to }) => to);
  expect(tops).toEqual(Array.from({ length: 61 }, (_, i) => 10 + 5 * i));
});

it("of a token that does not answer says what it answers, and everything of all others and of strangers", async () => {
  const mute = address.parse(`0x${"22".repeat(20)}`);
  tokens = [mute, token];
  silent.add(mute);
  const txHash = happens("a stranger's", 16);
  head = 30;
  await look();
  const standing = (of: string): readonly string[] =>
    admitted.filter(({ subject }) => subject === `token:${of}`).map(({ fact }) => fact);
  expect(standing(mute).toSorted()).toEqual(["codehash", "implementation", "supply"]);
  expect(standing(token).toSorted()).toEqual(["codehash", "implementation", "paused", "supply"]);
  expect(told().some(({ subject }) => subject === `event:${token}:${txHash}`)).toBe(true);
});

it("tells of strangers although the rest of its look failed, and reports the failure all the same", async () => {
  const txHash = happens("a stranger's", 16);
  head = 30;
  accounts = [mover];
  await expect(look()).rejects.toThrow("it does not answer");
  expect(told().some(({ subject }) => subject === `event:${token}:${txHash}`)).toBe(true);
});

it("says nothing of an allowance that is filled up for a minter of ours, and of any other minter's", async () => {
  const refill = happens("a refill", 16, "a grant of a role", mover);
  const other = happens("a new minter", 17, "a grant of a role", `0x${"44".repeat(20)}`);
  head = 30;
  accounts = [mover];
  await expect(look()).rejects.toThrow("it does not answer");
  const about = told().map(({ subject }) => subject);
  expect(about).toContain(`event:${token}:${other}`);
  expect(about).not.toContain(`event:${token}:${refill}`);
});

it("tells of any other one at every final beat, with all that it did, and no earlier", async () => {
  const txHash = happens("a stranger's", 16, "a mint");
  happens("a stranger's", 16, "a grant of a role");
  head = 29;
  await look();
  expect(told()).toEqual([]);
  for (head = 30; head <= 44; head += 1) await look();
  const value = `{"block":16,"time":${String(blockAt(16).time)},"what":["a grant of a role","a mint"]}`;
  const about = { subject: `event:${token}:${txHash}`, fact: "event", finalized: true, value };
  expect(told().map(({ blockNumber, ...rest }) => ({ blockNumber, ...rest }))).toMatchObject([
    { ...about, blockNumber: 20 },
    { ...about, blockNumber: 25 },
    { ...about, blockNumber: 30 },
  ]);
});

it("a start anew looks a day back, asks the gate once for each of its own, and is quiet", async () => {
  const perDay = 86_400 / secondsPerBlock;
  head = perDay + 2_000;
  const old = happens("a stranger's of two days ago", 100);
  for (let number = 0; number < 120; number += 1) own.add(happens(`mint ${String(number)}`, 3_000 + number));
  for (let i = 0; i < 9; i += 1) await look();
  expect(told()).toEqual([]);
  expect(outcomes()).toHaveLength(120);
  expect(outcomes().map(({ subject }) => subject)).not.toContain(`tx:${old}`);
  expect(Math.min(...asked.map(({ from }) => from))).toBe(head - 10 - perDay);
  const before = admitted.length;
  await look();
  expect(admitted).toHaveLength(before);
});

it("ends to tell of it after a day", async () => {
  happens("a stranger's", 16);
  head = 30;
  await look();
  expect(told()).toHaveLength(1);
  head = 30 + 86_400 / secondsPerBlock;
  await look();
  await look();
  expect(told()).toHaveLength(1);
});

it("tells of it after the day, too, until the gate took the word: who keeps it back for so long makes nothing forgotten", async () => {
  const txHash = happens("a stranger's", 16);
  hides = ({ fact }) => fact === "event";
  head = 30;
  await look();
  head = 60 + 86_400 / secondsPerBlock;
  await look();
  hides = () => false;
  for (let beat = 0; beat < 3; beat += 1, head += 5) await look();
  expect(told().map(({ subject }) => subject)).toEqual([`event:${token}:${txHash}`]);
});

it("whoever carries the word and refuses it is tried again with the next one, and cannot pass a stranger's off as the gate's", async () => {
  const txHash = happens("a stranger's", 16);
  hides = ({ fact }) => fact === "event" || fact === "outcome";
  wanted = [`tx:${txHash}`];
  for (head = 30; head <= 40; head += 1) await look();
  expect(told()).toEqual([]);
  hides = () => false;
  for (head = 41; head <= 45; head += 1) await look();
  expect(told().map(({ blockNumber }) => blockNumber)).toEqual([35]);
});

it("an own one that was refused once is told, harmlessly, until the gate says that it is its own", async () => {
  const txHash = happens("a mint", 16);
  own.add(txHash);
  hides = ({ fact, blockNumber }) => fact === "outcome" && blockNumber < 30;
  for (head = 30; head <= 50; head += 1) await look();
  expect(told().map(({ blockNumber }) => blockNumber)).toEqual([20, 25]);
});

const subjectsTold = () => told().map(({ subject }) => subject);

it("what an endpoint loses keeps no other waiting, and is told when it is there again, in the block that it is in then", async () => {
  const txHash = happens("a stranger's", 16);
  const other = happens("another's", 17);
  lost.add(txHash);
  head = 30;
  await look();
  expect(subjectsTold()).toEqual([`event:${token}:${other}`]);
  lost.clear();
  events = events.map((event) => (event.txHash === txHash ? { ...event, blockNumber: 19 } : event));
  head = 35;
  await look();
  expect(subjectsTold()).toContain(`event:${token}:${txHash}`);
  expect(told().find(({ subject }) => subject.endsWith(txHash))?.value).toContain('"block":19');
});

it("what is lost is not forgotten when it is too old to be read again", async () => {
  const txHash = happens("a stranger's", 16);
  head = 30;
  await look();
  lost.add(txHash);
  head = 1_030;
  await look();
  lost.clear();
  head = 1_035;
  await look();
  expect(subjectsTold()).toEqual([`event:${token}:${txHash}`, `event:${token}:${txHash}`]);
});

it("one that the endpoint fails at, and a token that it fails at, keep no other waiting for good", async () => {
  const txHash = happens("a stranger's", 16);
  const other = happens("another's", 17);
  const second = address.parse(`0x${"22".repeat(20)}`);
  failing = new Set([txHash, second]);
  tokens = [second, token];
  for (head = 30; head <= 35; head += 5) await expect(look()).rejects.toThrow(Fault);
  expect(subjectsTold()).toContain(`event:${token}:${other}`);
});

it("an endpoint that once ran ahead of its chain hides nothing that is mined there later", async () => {
  head = 400;
  await look();
  head = 30;
  await look();
  happens("a stranger's", 33);
  for (head = 31; head <= 60; head += 1) await look();
  expect(told().length).toBeGreaterThan(0);
});

it("many strangers' of before hide no new one", async () => {
  for (let number = 0; number < 200; number += 1) happens(`old ${String(number)}`, 2, "a burn");
  head = 30;
  await look();
  const txHash = happens("a new one", 23);
  for (head = 35; head <= 60; head += 5) await look();
  expect(new Set(told().map(({ subject }) => subject))).toContain(`event:${token}:${txHash}`);
});

it("keeps no more of what it said however many mints there are: of those whose events are read again, and of strangers' that are open", async () => {
  const strange = happens("a stranger's", 16);
  for (let number = 20; number <= 3_000; number += 1) own.add(happens(`mint ${String(number)}`, number));
  const sizes: number[] = [];
  for (head = 30; head <= 3_010; head += 20) {
    await look();
    sizes.push(said.size);
  }
  expect(outcomes().filter(({ subject }) => subject !== `tx:${strange}`)).toHaveLength(2_981);
  expect(Math.max(...sizes)).toBeLessThan(700);
  expect([...said.keys()]).toContain(`${String(chain.id)} event:${token}:${strange} event`);
});
