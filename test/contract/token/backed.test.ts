/** A token with the functions of Backed's, through observers and the gate: what a share is raised from and to, what was announced, and that all of it is covered. */
import { readFileSync } from "node:fs";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendAs, setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import { readMultiplier } from "../../../src/evidence/multiplier.ts";
import { parse as parseAddress, type Address } from "../../../src/values/address.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { parse as multiplierOf } from "../../../src/values/multiplier.ts";
import { account } from "../../place/account.ts";
import { startChain, type Chain } from "../../place/chain.ts";
import { start } from "../../place/gate.ts";
import { agent, openTokenDesk, type TokenDesk } from "../../place/token-desk.ts";

const anybody = account("somebody who sets the test up").address;
const holder = account("a holder").address;
const gold = 10n ** 18n;
let chain: Chain;
let desk: TokenDesk;
let token: Address;

const artifact = JSON.parse(readFileSync(new URL("../../contracts/backed-shape.json", import.meta.url), "utf8")) as {
  abi: never;
  bytecode: string;
};
const abi = new Interface(artifact.abi);
const send = (data: string, to?: Address, from = anybody): ReturnType<typeof sendAs> =>
  sendAs(chain.url, from, { ...(to === undefined ? {} : { to }), data: parseHex(data.toLowerCase()) });
const setUp = async (name: string, ...args: readonly unknown[]): Promise<void> => {
  await send(abi.encodeFunctionData(name, args), token);
};

const deployed = async (): Promise<Address> =>
  parseAddress((await send(artifact.bytecode + abi.encodeDeploy([agent]).slice(2))).contractAddress!.toLowerCase());

const issuing = { operation: { in: ["mint", "raiseMultiplier"] } };
const covered = {
  id: "reserves-cover",
  when: issuing,
  require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", cover: { ratio: "1.00" } },
};

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  for (const one of [agent, anybody, holder]) await setBalance(chain.url, one, 10n ** 21n);
  token = await deployed();
  desk = await openTokenDesk(
    chain,
    { standard: "backed-token", address: token, decimals: 18 },
    {
      sanctions: token,
      multiplier: { rise: "0.01", ahead: "7d", late: "10m" },
      roles: { mint: "minter", burn: "burner", pause: "pauser", raiseMultiplier: "multiplierUpdater" },
    },
    { guards: [covered] },
  );
});

afterAll(async () => {
  await desk.close();
  await chain.stop();
});

const timeNow = async (): Promise<number> => (await desk.reader.head()).time;
const later = async (seconds: number): Promise<void> => {
  await chain.rpc("evm_increaseTime", seconds);
  await chain.mine(1);
};
const shares = async (): Promise<unknown> =>
  readMultiplier(await desk.reader.multiplier(token, await desk.reader.head()));
const supply = async (): Promise<bigint> =>
  await desk.reader.totalSupply({ address: token, standard: "backed-token" }, await desk.reader.head());

/** At most so many tokens for everybody, from one multiplier to another; at once unless a time is given. */
const raise = async (
  [from, to]: readonly [from: string, to: string],
  amount: number,
  ahead = 0,
): Promise<Readonly<Record<string, unknown>>> => ({
  amount,
  oldMultiplier: multiplierOf(from).toString(),
  newMultiplier: multiplierOf(to).toString(),
  activationTime: (await timeNow()) + ahead,
});

describe("a token of shares", () => {
  it("is minted, moved, burned, paused and let go on as any other", async () => {
    await desk.attest(10_000);
    await desk.done("mint", { to: holder, amount: 900 });
    await desk.done("mint", { to: holder, amount: 100 });
    await send(abi.encodeFunctionData("transfer", [agent, 30n * gold]), token, holder);
    await desk.done("transfer", { to: holder, amount: 10 });
    await desk.done("burn", { amount: 5 });
    await desk.done("redeem", { amount: 5 });
    await setUp("sanction", holder, true);
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.frozen", "token.to.frozen");
    // Another list, which names nobody.
    await setUp("setSanctionsList", await deployed());
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.sanctions-changed", "token.sanctions");
    await setUp("setSanctionsList", token);
    await setUp("sanction", holder, false);
    await desk.done("pause");
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.paused", "token.paused");
    await desk.refused("raiseMultiplier", await raise(["1", "1.001"], 5), "policy.paused", "token.paused");
    await desk.done("unpause");
    expect(await supply()).toBe(990n * gold);
  });

  it("has its multiplier raised from what it is alone, within the cap, in time, for no more than was agreed to", async () => {
    const refused = desk.refused.bind(undefined, "raiseMultiplier");
    await refused(await raise(["1.0001", "1.002"], 9), "policy.multiplier-changed", "token.multiplier");
    await refused(await raise(["1", "1.010000000000000001"], 99), "policy.multiplier-rise", "intent.newMultiplier");
    await refused(await raise(["1", "1.005"], 4), "policy.multiplier-amount", "intent.amount");
    await refused(await raise(["1", "1.005"], 5, -700), "policy.activation-time", "intent.activationTime");
    await refused(await raise(["1", "1.005"], 5, 8 * 86_400), "policy.activation-time", "intent.activationTime");
    await desk.done("raiseMultiplier", await raise(["1", "1.005"], 5));
    expect(await shares()).toEqual({ current: multiplierOf("1.005"), nonce: 1n, announced: null });
    expect(await supply()).toBe(994_950_000_000_000_000_000n);
    await refused(await raise(["1", "1.005"], 5), "policy.multiplier-changed", "token.multiplier");
  });

  it("is out already with what is announced, and a second raise would take its place", async () => {
    await desk.done("raiseMultiplier", await raise(["1.005", "1.01"], 5, 3_600));
    expect(await shares()).toMatchObject({
      current: multiplierOf("1.005"),
      nonce: 1n,
      announced: { multiplier: multiplierOf("1.01") },
    });
    const announced = await supply();
    expect(announced).toBeGreaterThanOrEqual((990n * gold * 101n) / 100n);
    expect(announced - (990n * gold * 101n) / 100n).toBeLessThan(3n);
    await desk.refused(
      "raiseMultiplier",
      await raise(["1.005", "1.006"], 5),
      "policy.multiplier-announced",
      "token.multiplier.announced",
    );
    // 999.9 GLD with all that is announced: nothing but a tenth of one is left, and a mint of it would grow beyond.
    await desk.attest(1_000);
    await desk.refused("mint", { to: holder, amount: 1 }, "policy.reserves-short", "guard.reserves-cover");
    await desk.attest(1_001);
    await desk.refused("mint", { to: holder, amount: 2 }, "policy.reserves-short", "guard.reserves-cover");
    await desk.done("mint", { to: holder, amount: 1 });
    await later(3_601);
    expect(await shares()).toEqual({ current: multiplierOf("1.01"), nonce: 2n, announced: null });
    expect(await supply()).toBeLessThan(1_001n * gold);
  });

  it("is raised by no more than reserves cover, and not by whoever lost the role", async () => {
    await desk.refused(
      "raiseMultiplier",
      await raise(["1.01", "1.015"], 5),
      "policy.reserves-short",
      "guard.reserves-cover",
    );
    await desk.attest(1_010);
    await setUp("setMultiplierUpdater", holder);
    await desk.refused(
      "raiseMultiplier",
      await raise(["1.01", "1.015"], 5),
      "policy.role-missing",
      "token.account.role",
    );
    await setUp("setMultiplierUpdater", agent);
    await desk.done("raiseMultiplier", await raise(["1.01", "1.015"], 5));
  });

  it("is not announced beyond its next fee by its contract, and the next raise is signed all the same", async () => {
    await desk.reverted("raiseMultiplier", await raise(["1.015", "1.016"], 1, 2 * 86_400));
    expect(await shares()).toMatchObject({ current: multiplierOf("1.015"), announced: null });
    await desk.done("raiseMultiplier", await raise(["1.015", "1.016"], 1, 3_600));
    expect(await shares()).toMatchObject({ announced: { multiplier: multiplierOf("1.016") } });
    await later(3_601);
    await setUp("setPeriodLength", 30 * 86_400);
    await desk.done("raiseMultiplier", await raise(["1.016", "1.017"], 1, 2 * 86_400));
  });

  it("is told by its contract too that what is replaced was another", async () => {
    const data = abi.encodeFunctionData("updateMultiplierValue", [2n * gold, gold, 0n]);
    await expect(send(data, token, agent)).rejects.toThrow("was reverted");
  });
});
