/** One request minted through a kill at every named point, and many posts of one request: the chain is the oracle. */
import { strict as assert } from "node:assert";
import {
  openDeployment,
  postUntilDelivered,
  prepareMint,
  startAll,
  type Mint,
  type Place,
} from "../place/deployment.ts";
import { accountOf, assertBalanced, kills, mintThroughKill } from "../place/kills.ts";
import type { Counts, Item, Round } from "./item.ts";

/** Runs in a deployment of its own, which is closed whatever happens. */
export async function inDeployment<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const place = await openDeployment();
  try {
    await startAll(place);
    return await work(place);
  } finally {
    await place.close();
  }
}

async function killEverywhere({ scale, say }: Round): Promise<Counts> {
  const chosen = kills.filter((_, index) => scale === "stated" || index % 7 === 0);
  return inDeployment(async (place) => {
    const mints: Mint[] = [];
    for (const [index, kill] of chosen.entries()) {
      mints.push(await mintThroughKill(place, kill, index + 1));
      say(`killed ${kill.variable === "KILL_AT" ? kill.role : "the agent"} at ${kill.point}`);
    }
    const account = await accountOf(place, mints);
    assertBalanced(account);
    return { kills: chosen.length, requests: mints.length, mints: account.minted.length };
  });
}

export const killItem: Item = {
  name: "kills",
  shows:
    "after a SIGKILL of gate, serve or agent at each named point and a restart, every request is final with a nonce of its own, Mint events equal requests, and totalSupply is their sum",
  rounds: { small: 1, stated: 2 },
  run: killEverywhere,
};

const posts = 100;

async function postAtOnce({ scale, say }: Round): Promise<Counts> {
  const requests = scale === "stated" ? 10 : 1;
  return inDeployment(async (place) => {
    const mints: Mint[] = [];
    for (let number = 1; number <= requests; number += 1) {
      const mint = await prepareMint(place, String(number), `AT-ONCE-${String(number)}`);
      const { client } = place.person("ida");
      const [submission, ...approvals] = mint.statements;
      assert.ok(submission !== undefined);
      const answers = await Promise.all(Array.from({ length: posts }, () => client.post(submission[1])));
      const receipts = answers.flatMap((answer) => (answer.kind === "delivered" ? [answer.receipt] : []));
      assert.equal(receipts.length, posts, `of ${String(posts)} posts ${String(receipts.length)} were delivered`);
      assert.equal(new Set(receipts.map(({ leafIndex }) => leafIndex)).size, 1);
      for (const approval of approvals) await postUntilDelivered(place, approval);
      mints.push(mint);
      say(`${String(posts)} posts of request ${String(number)} answered with one receipt`);
    }
    const account = await accountOf(place, mints);
    assertBalanced(account);
    const { requests: known } = await place.person("audrey").client.requests({ limit: 100 });
    assert.equal(known.length, mints.length);
    return { posts: posts * requests, requests: known.length, mints: account.minted.length };
  });
}

export const atOnceItem: Item = {
  name: "at-once",
  shows: "100 posts of one requestId at the same time, over the API, make one request, one nonce and one Mint event",
  rounds: { small: 1, stated: 1 },
  run: postAtOnce,
};
