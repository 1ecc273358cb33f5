/** A distribution to ten thousand holders on a real chain: parts that are the pool, one word of each person, every part mined once. */
import { yieldTrial } from "../flow/serve/yield-trial.ts";
import { flows, type Counts, type Item, type Round } from "./item.ts";

async function distribute({ scale, say }: Round): Promise<Counts> {
  const holders = scale === "stated" ? 10_000 : 200;
  const { parts, mined, runs } = await yieldTrial({ holders, killedAfter: Math.floor(holders / 3), say });
  return { holders, parts, mined, runs };
}

export const distributionItem: Item = {
  name: "distribution",
  shows:
    "a yield to 10,000 holders of a token on a chain: their parts are the pool to the last unit, the run that asks for them is killed and goes on, two people approve all of it with one BatchApproval each, every part is mined once, and a further run asks for nothing",
  rounds: { small: 1, stated: 1 },
  reads: flows,
  run: distribute,
};
