/** Kills at named points under each store, with people minting all the while, and many posts of one request: the chain is the oracle. */
import { strict as assert } from "node:assert";
import {
  openDeployment,
  postUntilDelivered,
  prepareMint,
  startAll,
  type Mint,
  type Place,
} from "../place/deployment.ts";
import { accountOf, assertBalanced, kill, kills, type Kill } from "../place/kills.ts";
import { mintOn } from "../place/load.ts";
import { startPostgres } from "../place/postgres.ts";
import { reshape, shapeName, shapes, type Shape } from "../place/shape.ts";
import { chance } from "./chance.ts";
import { processes, type Counts, type Item, type Round } from "./item.ts";

/** Makes another genesis of the one just founded. */
type Refounded = Parameters<typeof openDeployment>[0];

/** Runs in a deployment of its own, which is closed whatever happens; its folder is kept and named when something did. */
export async function inDeployment<T>(work: (place: Place) => Promise<T>, refounded?: Refounded): Promise<T> {
  const place = await openDeployment(refounded);
  try {
    await startAll(place);
    const done = await work(place);
    await place.close();
    return done;
  } catch (error) {
    await place.halt();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\nwhat it left: ${place.folder.root}`, { cause: error });
  }
}

/** The same, on one kind of store. */
export async function inShape<T>(shape: Shape, work: (place: Place) => Promise<T>, refounded?: Refounded): Promise<T> {
  if (shape.store === "sqlite") return inDeployment(work, refounded);
  const postgres = await startPostgres();
  try {
    return await inDeployment(async (place) => {
      await reshape(place, shape, postgres.freshUrl);
      return await work(place);
    }, refounded);
  } finally {
    await postgres.stop();
  }
}

const issuers = 4;

/** People mint while `work` is done; afterwards the account of everything. Throws when it does not balance. */
export async function minting(place: Place, work: () => Promise<void>): Promise<number> {
  let over = false;
  const load = mintOn(place, { atOnce: issuers, over: () => over });
  const ends = (): void => {
    over = true;
  };
  const [mints] = await Promise.all([load, Promise.race([work(), load]).finally(ends)]);
  assert.ok(mints.length > 0);
  assertBalanced(await accountOf(place, mints));
  return mints.length;
}

/** Each at least so often, in an order that follows from the seed. */
function shuffled(points: readonly Kill[], times: number, seed: number): readonly Kill[] {
  const draw = chance(seed);
  const left = Array.from({ length: times }, () => points).flat();
  return Array.from({ length: left.length }, () => left.splice(draw(left.length), 1)).flat();
}

/** Two deployments at once: while one waits for a start, the other uses the processor. */
async function killEverywhere({ number, scale, seed, say }: Round): Promise<Counts> {
  const run = async (shape: Shape, seed: number): Promise<Counts> => {
    const chosen = scale === "stated" ? shuffled(kills, 2, seed) : kills.filter((_, index) => index % 7 === 0);
    const requests = await inShape(shape, (place) =>
      minting(place, async () => {
        for (const one of chosen) {
          await kill(place, one);
          say(`killed ${one.who} at ${one.point}, on ${shapeName(shape)}`);
        }
      }),
    );
    return { kills: chosen.length, [`kills on ${shapeName(shape)}`]: chosen.length, requests, mints: requests };
  };
  const pair = [0, 1].map((second) => shapes[(2 * number + second) % shapes.length]!);
  return added(await Promise.all(pair.map((shape, index) => run(shape, seed + index))));
}

function added(all: readonly Counts[]): Counts {
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return Object.fromEntries(names.map((name) => [name, all.reduce((sum, one) => sum + (one[name] ?? 0), 0)]));
}

export const killItem: Item = {
  name: "kills",
  shows:
    "after SIGKILLs of gate, serve, witness and agent at each named point, on SQLite and on PostgreSQL with one, two and three replicas of serve, every request is final with a nonce of its own, Mint events equal requests, and totalSupply is their sum",
  rounds: { small: 1, stated: 15 },
  reads: processes,
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
  reads: processes,
  run: postAtOnce,
};
