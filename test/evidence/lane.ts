/** Many mints on one lane by several replicas of serve at once: nonces without a gap, one event each. */
import { strict as assert } from "node:assert";
import type { Place } from "../place/deployment.ts";
import { accountOf, assertBalanced } from "../place/kills.ts";
import { mintOn } from "../place/load.ts";
import { spendthrift } from "../place/refound.ts";
import { inShape } from "./crash.ts";
import { processes, progress, type Counts, type Item, type Round } from "./item.ts";

const shared = { store: "postgres", replicas: 3 } as const;
const atOnce = 16;

async function mintMany({ scale, say }: Round): Promise<Counts> {
  const count = scale === "stated" ? 1_000 : 30;
  const told = progress(say, count, "mints begun");
  const over = (made: number): boolean => {
    told(made);
    return made >= count;
  };
  const work = async (place: Place): Promise<Counts> => {
    const mints = await mintOn(place, { atOnce, over });
    assert.equal(mints.length, count);
    const account = await accountOf(place, mints);
    assertBalanced(account);
    return { requests: count, nonces: new Set(account.nonces).size, mints: account.minted.length };
  };
  return inShape(shared, work, spendthrift);
}

export const laneItem: Item = {
  name: "lane",
  shows:
    "three replicas of serve on one PostgreSQL mint 1,000 requests on one lane, people posting to any of them: nonces from 0 to 999 without a gap, one Mint event each, totalSupply is their sum",
  rounds: { small: 1, stated: 1 },
  reads: processes,
  run: mintMany,
};
