/** The local chain as the demo runs it: it starts, answers, moves by itself, and is the same chain after a stop and after a kill. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deployDemoToken, grantRole } from "../../../src/adapters/anvil/demo-token.ts";
import { setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import { freePort, startAnvil, type Anvil } from "../../../src/adapters/anvil/process.ts";
import * as calldata from "../../../src/intent/calldata.ts";
import * as amount from "../../../src/values/amount.ts";
import { account } from "../../place/account.ts";
import { localChain, rpcOf, startFreeAnvil, temporaryFolder, tokenAdmin } from "../../place/chain.ts";

const holder = account("holder").address;
const folder = temporaryFolder();
let running: Anvil[] = [];

async function started(anvil: Promise<Anvil>): Promise<Anvil> {
  const one = await anvil;
  running.push(one);
  return one;
}

beforeEach(() => {
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((anvil) => anvil.stop()));
});

describe("a local chain", () => {
  it("answers with its chain id and is gone after stop", async () => {
    const anvil = await started(startFreeAnvil("instant"));
    expect(await anvil.healthy()).toBe(true);
    await anvil.stop();
    await anvil.gone;
    expect(await anvil.healthy()).toBe(false);
    expect(() => process.kill(anvil.pid, 0)).toThrow();
  });

  it("has no account whose key everybody knows", async () => {
    const anvil = await started(startFreeAnvil("instant"));
    expect(await rpcOf(anvil.url, "eth_accounts")).toEqual([]);
  });

  it("makes blocks and finalises them while nobody acts, and mines a transaction at once", async () => {
    const anvil = await started(startFreeAnvil("steady"));
    const begin = Date.now();
    await deployDemoToken(anvil.url, { name: "Demo Gold", symbol: "GLD", admin: tokenAdmin });
    expect(Date.now() - begin).toBeLessThan(900);
    await sleep(3_500);
    const finalized = (await rpcOf(anvil.url, "eth_getBlockByNumber", "finalized", false)) as { number: string };
    expect(Number(finalized.number)).toBeGreaterThanOrEqual(1);
  });

  it.each(["a stop", "a kill"])("keeps contract, balance, nonce and blocks over %s", async (end) => {
    const stateFile = join(folder.path, `${end.replace(" ", "-")}.json`);
    const first = await started(startFreeAnvil("steady", stateFile));
    const token = await deployDemoToken(first.url, { name: "Demo Gold", symbol: "GLD", admin: tokenAdmin });
    await grantRole(first.url, { token, admin: tokenAdmin, role: "MINTER_ROLE", to: holder });
    await setBalance(first.url, holder, 10n ** 18n);
    const read = async (url: string): Promise<unknown[]> =>
      Promise.all([
        rpcOf(url, "eth_getCode", token, "latest"),
        rpcOf(url, "eth_getBalance", holder, "latest"),
        rpcOf(url, "eth_getTransactionCount", tokenAdmin, "latest"),
        rpcOf(url, "eth_getBlockByNumber", "0x2", false).then((block) => (block as { hash: string }).hash),
      ]);
    const before = await read(first.url);
    expect(before[2]).toBe("0x2");
    if (end === "a kill") {
      await sleep(2_500);
      process.kill(first.pid, "SIGKILL");
      await first.gone;
    } else {
      await first.stop();
    }
    const second = await started(startFreeAnvil("steady", stateFile));
    expect(await read(second.url)).toEqual(before);
    const mint = calldata.encode({ kind: "mint", to: holder, amount: amount.fromBigInt(5n) }, "role-erc20");
    await rpcOf(second.url, "anvil_impersonateAccount", holder);
    await rpcOf(second.url, "eth_sendTransaction", { from: holder, to: token, data: mint });
    // Mining is a task of its own in anvil: the answer to the sender may come first.
    await expect
      .poll(() => rpcOf(second.url, "eth_call", { to: token, data: "0x18160ddd" }, "latest"))
      .toBe(`0x${"5".padStart(64, "0")}`);
  });

  it("says so in one sentence when its port is in use", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    await expect(startAnvil({ chainId: localChain, port, mining: "instant" })).rejects.toMatchObject({
      code: "anvil.port-in-use",
      message: `port ${String(port)} is in use; free it or name another for the local chain`,
    });
    server.close();
  });

  it("does not take another chain on its port for itself", async () => {
    const anvil = await started(startFreeAnvil("instant"));
    const port = Number(new URL(anvil.url).port);
    await expect(startAnvil({ chainId: localChain, port, mining: "instant" })).rejects.toMatchObject({
      code: "anvil.port-in-use",
    });
  });

  it("says so in one sentence when the program is missing", async () => {
    const options = {
      chainId: localChain,
      port: await freePort(),
      mining: "instant",
      program: join(folder.path, "no-such"),
    } as const;
    await expect(startAnvil(options)).rejects.toMatchObject({ code: "anvil.not-installed" });
  });

  it("refuses a state file that was cut off and leaves no process behind", async () => {
    const stateFile = join(folder.path, "cut.json");
    writeFileSync(stateFile, '{"block":{"number":');
    await expect(
      startAnvil({ chainId: localChain, port: await freePort(), mining: "instant", stateFile }),
    ).rejects.toMatchObject({
      code: "anvil.state-broken",
    });
  });

  it("leaves no process behind when it does not answer in time", async () => {
    const options = { chainId: localChain, port: await freePort(), mining: "instant", startTimeoutMs: 0 } as const;
    await expect(startAnvil(options)).rejects.toMatchObject({ code: "anvil.not-started" });
    const second = await started(startAnvil({ ...options, startTimeoutMs: 20_000 }));
    expect(await second.healthy()).toBe(true);
  });
});
