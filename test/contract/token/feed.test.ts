/** Feeds on a real chain, through observers and the gate: what lets a figure count, and everything that takes it away again. */
import { readFileSync } from "node:fs";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendAs, setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import type { Sighting } from "../../../src/flow/observe/observe.ts";
import { feedText, readFeed } from "../../../src/evidence/feed.ts";
import { parse as parseAddress, zero, type Address } from "../../../src/values/address.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { localChain, startChain, type Chain } from "../../place/chain.ts";
import { description, ounces, vaultFeed, feedGuard } from "../../place/feeds.ts";
import { start } from "../../place/gate.ts";
import { agent, openTokenDesk, type TokenDesk } from "../../place/token-desk.ts";

const anybody = account("whoever keeps the feed").address;
const holder = account("a holder").address;
let chain: Chain;

type Shape = { readonly abi: Interface; readonly bytecode: string };
const shape = (file: string): Shape => {
  const { abi, bytecode } = JSON.parse(
    readFileSync(new URL(`../../contracts/${file}.json`, import.meta.url), "utf8"),
  ) as { abi: never; bytecode: string };
  return { abi: new Interface(abi), bytecode };
};
const feedShape = shape("feed-shape");
const tokenShape = shape("urwa-shape");
const proxyShape = shape("feed-proxy-shape");

async function deploy({ abi, bytecode }: Shape, ...args: readonly unknown[]): Promise<Address> {
  const data = parseHex(bytecode + abi.encodeDeploy([...args]).slice(2));
  const { contractAddress } = await sendAs(chain.url, anybody, { data });
  return parseAddress(contractAddress!.toLowerCase());
}
const send = ({ abi }: Shape, to: Address, name: string, ...args: readonly unknown[]): ReturnType<typeof sendAs> =>
  sendAs(chain.url, anybody, { to, data: parseHex(abi.encodeFunctionData(name, [...args]).toLowerCase()) });

const reader = (): ReturnType<typeof chainReader> => chainReader(connect({ url: chain.url, chainId: localChain }));
const nowOf = async (): Promise<number> => (await desk.reader.head()).time;

type Told = { readonly round?: bigint; readonly answer?: string; readonly updatedAt?: number; readonly in?: bigint };
async function tell(at: Address, { round = 7n, answer = ounces(1_000), updatedAt, in: within }: Told): Promise<void> {
  await send(feedShape, at, "tell", round, BigInt(answer), updatedAt ?? (await nowOf()), within ?? round);
}

let feed: Address;
let proxy: Address;
let desk: TokenDesk;
let lie: (sighting: Sighting, by: string) => Sighting = (sighting) => sighting;

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  for (const one of [agent, anybody]) await setBalance(chain.url, one, 10n ** 21n);
  feed = await deploy(feedShape, 8, description);
  proxy = await deploy(proxyShape, feed);
  const look = reader();
  const codehash = await look.codeHash(proxy, await look.head());
  look.close();
  const vault = { ...vaultFeed, chain: localChain, address: proxy, codehash };
  const guards = [{ ...feedGuard, when: { operation: { in: ["mint", "distribute"] } } }];
  const policy = { feeds: { vault }, guards };
  const token = await deploy(tokenShape, agent);
  for (const one of [holder, agent]) await send(tokenShape, token, "admit", one, true);
  desk = await openTokenDesk(
    chain,
    { standard: "role-erc20", address: token, decimals: 18, feeds: [proxy], told: (sighting, by) => lie(sighting, by) },
    {},
    policy,
  );
  await desk.attest(10_000);
});

afterAll(async () => {
  await desk.close();
  await chain.stop();
});

const clauses = {
  contract: "guard.backed.feed.vault",
  round: "guard.backed.feed.vault.round",
  age: "guard.backed.feed.vault.age",
  cover: "guard.backed",
};
const mint = { to: holder, amount: 10 };

it("is read with its phase through a proxy, and without one where there is none", async () => {
  await tell(feed, { round: 7n, answer: ounces(-5), updatedAt: 12, in: 6n });
  const block = await desk.reader.head();
  const said = { decimals: 8, description, answer: ounces(-5), updatedAt: "12", implementation: zero };
  expect(await desk.reader.feed(feed, block)).toMatchObject({
    ...said,
    aggregator: null,
    round: "7",
    answeredInRound: "6",
  });
  const phased = (round: bigint): string => ((1n << 64n) | round).toString();
  const seen = await desk.reader.feed(proxy, block);
  expect(seen).toMatchObject({ ...said, aggregator: feed, round: phased(7n), answeredInRound: phased(6n) });
  expect(seen.code).toBe(await desk.reader.codeHash(proxy, block));
  expect(readFeed(feedText(seen))).toEqual(seen);
});

it.each(["", "\u202eGLD", "G".repeat(201)])("is not said where it describes itself as `%s`", async (text) => {
  await send(feedShape, feed, "change", 8, text);
  const read = desk.reader.feed(feed, await desk.reader.head());
  if (text === "") await expect(read).resolves.toMatchObject({ description: "" });
  else await expect(read).rejects.toMatchObject({ name: "Fault", code: "chain.malformed-answer" });
  await send(feedShape, feed, "change", 8, description);
});

it("is not said of a contract that is no feed", async () => {
  const block = await desk.reader.head();
  for (const other of [chain.token, holder])
    await expect(desk.reader.feed(other, block)).rejects.toMatchObject({ name: "Fault" });
});

it("lets a mint pass that it covers, and none beyond", async () => {
  await tell(feed, { round: 7n, answer: ounces(1_000) });
  await desk.done("mint", mint);
  await desk.refused("mint", { to: holder, amount: 991 }, "policy.reserves-short", clauses.cover);
});

it("takes its figure away when it stands at a bound, is below nothing, or was carried over", async () => {
  const { round, cover } = clauses;
  for (const answer of [ounces(1_000_000), ounces(1), "0", ounces(-1_000)]) {
    await tell(feed, { round: 8n, answer });
    await desk.refused("mint", mint, "policy.feed-unsound", round, cover);
  }
  await tell(feed, { round: 9n, in: 8n });
  await desk.refused("mint", mint, "policy.feed-unsound", round, cover);
});

it("takes it away when a round comes back, though no decision rested on the later one", async () => {
  const { round, cover } = clauses;
  await tell(feed, { round: 8n });
  await desk.refused("mint", mint, "policy.feed-back", round, cover);
  await tell(feed, { round: 9n });
  await desk.done("mint", mint);
});

it("takes it away when it grows old, or is of a time to come", async () => {
  const { age, cover } = clauses;
  await tell(feed, { round: 10n, updatedAt: (await nowOf()) - 25 * 3_600 });
  await desk.refused("mint", mint, "policy.feed-stale", age, cover);
  await tell(feed, { round: 10n, updatedAt: (await nowOf()) + 3_600 });
  await desk.refused("mint", mint, "policy.feed-stale", age, cover);
  await tell(feed, { round: 10n, updatedAt: 0 });
  await desk.refused("mint", mint, "policy.feed-stale", age, cover);
  await tell(feed, { round: 10n });
  await desk.done("mint", mint);
});

it("takes it away when it has other decimals, which are its own figures no more", async () => {
  await send(feedShape, feed, "change", 18, description);
  await desk.refused("mint", mint, "policy.feed-changed", clauses.contract, clauses.cover);
  await send(feedShape, feed, "change", 8, description);
  await desk.done("mint", mint);
});

it("goes on with the aggregator of a later phase, and not back to an earlier one", async () => {
  const next = await deploy(feedShape, 8, description);
  await tell(next, { round: 1n });
  await send(proxyShape, proxy, "point", next);
  await desk.done("mint", mint);
  await tell(next, { round: 0n });
  await desk.refused("mint", mint, "policy.feed-back", clauses.round, clauses.cover);
  await tell(next, { round: 2n });
  await desk.done("mint", mint);
});

it("is not what one observer says alone: what one makes of it lets nothing pass", async () => {
  const bent =
    (fields: object): typeof lie =>
    (sighting, by) =>
      by === "obs-1" && sighting.fact === "round"
        ? { ...sighting, value: feedText({ ...readFeed(sighting.value)!, ...fields }) }
        : sighting;
  await tell((await desk.reader.feed(proxy, await desk.reader.head())).aggregator!, {
    round: 3n,
    answer: ounces(1),
  });
  await desk.refused("mint", mint, "policy.feed-unsound", clauses.round, clauses.cover);
  lie = bent({ answer: ounces(900_000) });
  await desk.refused("mint", mint, "policy.feed-unsound", clauses.round, clauses.cover);
  // Nor does a round that one alone says shut out those that are there.
  lie = bent({ round: ((1n << 80n) - 1n).toString() });
  await desk.refused("mint", mint, "policy.feed-unsound", clauses.round, clauses.cover);
  lie = (sighting) => sighting;
  await tell((await desk.reader.feed(proxy, await desk.reader.head())).aggregator!, { round: 4n });
  await desk.done("mint", mint);
});
