/** Requests to mined mints through every real part, beside what the same chain does with transactions signed on the spot. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { Wallet } from "ethers";
import { ask, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { chainId } from "../../src/compose/dev/cast.ts";
import { account } from "../place/account.ts";
import { openDeployment, prepareMint, startAll, type Mint, type Place } from "../place/deployment.ts";
import { accountOf, assertBalanced, deliver } from "../place/kills.ts";
import { mintEvents } from "../place/ledger.ts";
import { atLeast, perSecond, type Figure } from "./figure.ts";
import { each } from "./timing.ts";
import { measureBareToken, rateOf } from "./raw-sign.ts";

const count = 60;
const atOnce = 8;
const longestMs = 300_000;
/**
 * A mint is three signed statements, each checked and written to disk by gate and serve, several decisions over re-verified
 * evidence, a signature of the token and a write before every effect, on cores shared with the observers; a bare transfer is one
 * call. 0.006 to 0.013 was measured on two busy cores. A worker that sleeps where it should go on falls below half of that.
 */
const leastRatio = 0.003;

async function until(sentence: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + longestMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came true that ${sentence}`);
    await sleep(20);
  }
}

/** From the first post to the last block, in milliseconds. */
async function mintAll(place: Place, mints: readonly Mint[]): Promise<number> {
  const began = performance.now();
  await each(mints, atOnce, (mint) => deliver(place, mint));
  await until("every mint is mined", async () => (await mintEvents(place)).length === mints.length);
  return performance.now() - began;
}

/** The same number of plain transfers, signed beforehand, as fast as the chain takes them. */
async function transferAll({ chain }: Place): Promise<number> {
  const { privateKey, address } = account("bench");
  await setBalance(chain.url, address, 10n ** 20n);
  const wallet = new Wallet(privateKey);
  const signed = await Promise.all(
    Array.from({ length: count }, (_, nonce) =>
      wallet.signTransaction({
        ...{ chainId, nonce, to: address, value: 1n, gasLimit: 21_000n, type: 2 },
        maxFeePerGas: 100_000_000_000n,
        maxPriorityFeePerGas: 1_000_000_000n,
      }),
    ),
  );
  const began = performance.now();
  await each(signed, atOnce, async (raw) => {
    await ask(chain.url, "eth_sendRawTransaction", [raw]);
  });
  await until("every transfer is mined", async () => {
    const nonce = await ask(chain.url, "eth_getTransactionCount", [address, "latest"]);
    return Number(nonce) === count;
  });
  return performance.now() - began;
}

export async function measureMinting(): Promise<readonly Figure[]> {
  const place = await openDeployment();
  try {
    await startAll(place);
    const mints: Mint[] = [];
    for (let number = 1; number <= count; number += 1)
      mints.push(await prepareMint(place, String(number), `BENCH-${String(number)}`));
    const mintsPerSecond = (count * 1_000) / (await mintAll(place, mints));
    assertBalanced(await accountOf(place, mints));
    const transfersPerSecond = (count * 1_000) / (await transferAll(place));
    assert.ok(transfersPerSecond > 0);
    const tokenPerSecond = rateOf(await measureBareToken(2_000));
    return [
      {
        name: `request to mined, ${String(count)} mints, ${String(atOnce)} at once`,
        value: perSecond(mintsPerSecond),
        reference: `bare transfers on the same chain: ${perSecond(transfersPerSecond)}; raw C_Sign: ${perSecond(tokenPerSecond)}`,
        ...atLeast(mintsPerSecond / transfersPerSecond, leastRatio),
      },
    ];
  } finally {
    await place.close();
  }
}
