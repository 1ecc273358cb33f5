/** People who go on minting while something is done to the deployment: every amount another one, every statement posted until it is delivered. */
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../../src/values/errors.ts";
import {
  hashesInForce,
  postUntilDelivered,
  prepareRequest,
  type InForce,
  type Mint,
  type Place,
} from "./deployment.ts";

export type Load = {
  /** So many requests wait to be delivered, or to be signed and sent; one more is made whenever one is through. */
  readonly atOnce: number;
  /** Where amounts begin, in thousandths of an ounce; the number of what was asked for before. */
  readonly from?: number;
  /** Whether another request is made; asked before each. */
  readonly over: (made: number) => boolean;
};

/** Resolves when all that were begun are delivered; answers them in the order they were made. */
export async function mintOn(place: Place, { atOnce, from = 0, over }: Load): Promise<readonly Mint[]> {
  const mints: Mint[] = [];
  let made = 0;
  const inForce = await patiently(() => hashesInForce(place));
  const issuer = async (): Promise<void> => {
    while (!over(made)) {
      made += 1;
      const mint = await prepareMint(place, from + made, inForce);
      mints.push(mint);
      for (const statement of mint.statements) await postUntilDelivered(place, statement);
      await untilSent(place, mint);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, issuer));
  return mints;
}

/** Thousandths of an ounce: thousands of requests fit the limits of a day. */
function prepareMint(place: Place, number: number, inForce: InForce): Promise<Mint> {
  return prepareRequest(place, { amount: (number / 1_000).toFixed(3), reference: `LOAD-${String(number)}`, inForce });
}

/** Serve may be dead just then. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await sleep(200);
    }
  }
}

const sent = ["broadcast", "mined", "final"];

/** Asked at another replica every few seconds: the one that was asked first may be gone for good. */
async function untilSent(place: Place, { requestId }: Mint): Promise<void> {
  const isSent = ({ state }: { readonly state: string }): boolean => sent.includes(state);
  const end = Date.now() + 300_000;
  for (;;) {
    try {
      const watching = { everyMs: 100, timeoutMs: 5_000 };
      const seen = await place.person("audrey").client.watch(requestId, isSent, watching);
      if (isSent(seen)) return;
      throw new Error(`request ${requestId} is ${seen.state}: ${seen.waitsFor}`);
    } catch (error) {
      if (!(error instanceof Fault) || Date.now() > end) throw error;
    }
  }
}
