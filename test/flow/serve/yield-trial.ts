/** A whole yield on a real chain in one process: holders, their document, a run that is killed, people, and every part mined once. */
import { strict as assert } from "node:assert";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import type { Apportioned } from "../../../src/evidence/distribution.ts";
import { encode } from "../../../src/intent/calldata.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { draftDistribution, partWishes, submitParts, type Asking } from "../../../src/sdk/distribution.ts";
import { submissionMessage } from "../../../src/sdk/submission.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import * as address from "../../../src/values/address.ts";
import * as amount from "../../../src/values/amount.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { toWire } from "../../../src/values/wire.ts";
import { localChain, type Chain } from "../../place/chain.ts";
import { batchApproval, documentOf } from "../../place/batch.ts";
import { rosterOf, sign } from "../../place/people.ts";
import { escrow, holderOf, yieldPolicy } from "../../place/yield.ts";
import { mintsOn, openEndpointPlace, type EndpointPlace } from "./endpoint-place.ts";

const decimals = 18;
const feeCeiling = "0.05";
const unit = 10n ** BigInt(decimals);
/** So that a block takes them. */
const mintsInBlock = 150;
/** A yield that nothing has come of for so long waits for something that does not come. */
const mostIdleRounds = 600;

/** Everybody's balance is another, and none is whole. */
const balanceOf = (index: number): bigint => BigInt(index + 1) * unit + BigInt(index * 7_919 + 1);

/** What was there before the house: tokens that the token's own makers handed out. */
async function handOut({ token, minter, rpc, mine }: Chain, holders: number): Promise<void> {
  await rpc("anvil_impersonateAccount", minter.address);
  for (let from = 0; from < holders; from += mintsInBlock) {
    const some = Array.from({ length: Math.min(mintsInBlock, holders - from) }, (_, index) => from + index);
    for (const index of some) {
      const to = address.parse(holderOf(index));
      const data = encode({ kind: "mint", to, amount: amount.fromBigInt(balanceOf(index)) }, "role-erc20");
      await rpc("eth_sendTransaction", { from: minter.address, to: token, data, gas: "0x30d40" });
    }
    await mine(1);
  }
  await rpc("anvil_stopImpersonatingAccount", minter.address);
}

/** The key may spend in a day what all parts may cost. */
function ceilingsFor(holders: number): Readonly<Record<string, unknown>> {
  const most = String(10n ** 25n);
  const feesPerDayWei = String(BigInt(holders + 1) * (amount.parseUnits(feeCeiling, decimals) as bigint));
  return { assets: {}, otherAssets: { request: most, day: most }, keys: {}, otherKeys: { feesPerDayWei } };
}

export type Trial = {
  readonly holders: number;
  /** The run of whoever asks for it dies after so many parts. */
  readonly killedAfter: number;
  readonly say?: (sentence: string) => void;
};

export type TrialCounts = { readonly parts: number; readonly mined: number; readonly runs: number };

/** Throws with what is wrong. */
export async function yieldTrial({ holders, killedAfter, say = () => undefined }: Trial): Promise<TrialCounts> {
  const policy = (token: Readonly<Record<string, unknown>>) => yieldPolicy(token);
  const place = await openEndpointPlace({
    endpoints: 1,
    finality: { kind: "depth", blocks: 2 },
    policy,
    genesis: { ceilings: ceilingsFor(holders) },
    before: (chain) => handOut(chain, holders),
  });
  try {
    await place.mine(3);
    await place.serve.parts.mirror.pull();
    const before = new Set((await mintsOn(place.chain)).map(({ txHash }) => txHash));
    const of = await drafted(place);
    assert.equal(of.document.holders.length, holders);
    assert.equal(total(of), of.document.pool);
    await assert.rejects(asked(place, of, killedAfter), /killed/);
    const again = await asked(place, of);
    assert.equal(again.stopped, undefined, JSON.stringify(again.stopped));
    assert.equal(again.asked + again.before, of.entitlements.length);
    assert.ok(again.before >= killedAfter);
    await agree(place, of);
    say(`${String(of.entitlements.length)} parts asked for and approved`);
    await untilFinal(place, of, say);
    const minted = (await mintsOn(place.chain)).filter(({ txHash }) => !before.has(txHash));
    assert.equal(minted.length, of.entitlements.length);
    assert.equal(
      minted.reduce((sum, one) => sum + one.amount, 0n),
      of.document.pool,
    );
    await checkBalances(place, of);
    const third = await asked(place, of);
    assert.deepEqual(third, { asked: 0, before: of.entitlements.length, taken: 0, stopped: undefined });
    return { parts: of.entitlements.length, mined: minted.length, runs: 3 };
  } finally {
    await place.close();
  }
}

const total = (of: Apportioned): bigint => of.entitlements.reduce((sum, one) => sum + one.amount, 0n);

async function drafted({ chain, serve }: EndpointPlace): Promise<Apportioned> {
  const reader = chainReader(connect({ url: chain.url, chainId: localChain, timeoutMs: 60_000 }));
  try {
    const head = await reader.head();
    const record = (await reader.blockAt(head.number - 2))!;
    const { deployment } = serve.gatePlace;
    return draftDistribution({
      policy: compile(deployment.policy),
      roster: indexRoster(rosterOf([deployment.key])),
      record,
      previous: null,
      pool: amount.fromBigInt(997n * unit + 7n),
      holders: await reader.holders(chain.token, record),
      ineligible: [address.parse(holderOf(1)), address.parse(holderOf(4))],
    });
  } finally {
    reader.close();
  }
}

/** As the command line asks; `dieAfter` is how many parts it gets away before it is killed. */
async function asked(
  { serve }: EndpointPlace,
  of: Apportioned,
  dieAfter = Number.MAX_SAFE_INTEGER,
): ReturnType<typeof submitParts> {
  const { deployment, now } = serve.gatePlace;
  const terms = {
    reference: "YIELD-1",
    feeCeiling,
    notBefore: parseInstant(now - 10),
    expiresAt: parseInstant(now + 80_000),
    decimals,
    accountOf: () => deployment.key.account,
  };
  let posted = 0;
  const asking: Asking = {
    requests: async ({ limit, after, distribution }) => {
      const requests = await serve.desk.requests({
        limit,
        distribution: distribution as typeof of.hash,
        ...(after === undefined ? {} : { after: after as typeof of.hash }),
      });
      return { requests, next: requests.length < limit ? null : (requests.at(-1)?.requestId ?? null) } as never;
    },
    post: async (statement, attachment) => {
      if (posted >= dieAfter) throw new Error("killed");
      const answer = await serve.desk.post(statement, attachment);
      if (answer.kind !== "receipt")
        return { status: 422, field: "", code: "submission.taken", ...answer, kind: "refused" };
      posted += 1;
      return { kind: "delivered", receipt: answer.receipt, repeated: answer.repeated };
    },
    submissionOf: (wish) => {
      const requestId = fromBytes(crypto.getRandomValues(new Uint8Array(32)));
      const message = submissionMessage(wish, { requestId, decimals });
      return Promise.resolve(sign("ida", deployment.deploymentId, "Submission", message));
    },
    rest: () => Promise.resolve(),
  };
  return await submitParts(asking, of, partWishes(of, terms));
}

async function partsOf({ serve }: EndpointPlace, of: Apportioned): Promise<readonly Envelope[]> {
  const requests = await serve.store.requests({ distribution: of.hash, limit: 20_000 });
  const said = requests.map(
    async ({ requestId }) => (await serve.store.statements("Submission", requestId))[0]!.envelope,
  );
  return await Promise.all(said);
}

/** One word of each of two people about all of it. */
async function agree(place: EndpointPlace, of: Apportioned): Promise<void> {
  const { deployment } = place.serve.gatePlace;
  const parts = await partsOf(place, of);
  const document = toWire(documentOf(parts));
  for (const by of ["carla", "chris"] as const) {
    const answer = await place.serve.desk.post(batchApproval(deployment, parts, by), document);
    assert.equal(answer.kind, "receipt", JSON.stringify(answer));
  }
}

async function untilFinal(place: EndpointPlace, of: Apportioned, say: (sentence: string) => void): Promise<void> {
  const { serve } = place;
  let fewest = of.entitlements.length;
  for (let round = 1, since = 0; ; round += 1, since += 1) {
    await place.round();
    const requests = await serve.store.requests({ distribution: of.hash, limit: 20_000 });
    const left = requests.filter(({ state }) => state !== "final");
    const [open] = left;
    if (open === undefined) return;
    if (left.length < fewest) [fewest, since] = [left.length, 0];
    if (since === mostIdleRounds) throw new Error(`not final: ${open.state}, ${open.waitsFor}`);
    if (round % 20 === 0) say(`${String(left.length)} of ${String(requests.length)} parts are not final`);
  }
}

/** What the contract says, holder by holder: what they held, and their part once. */
async function checkBalances({ chain }: EndpointPlace, of: Apportioned): Promise<void> {
  const held = new Map(of.document.holders.map((one) => [String(one.address), one.balance as bigint]));
  for (const { to, amount: part } of of.entitlements) {
    const data = `0x70a08231${to.slice(2).padStart(64, "0")}`;
    const balance = BigInt((await chain.rpc("eth_call", { to: chain.token, data }, "latest")) as string);
    assert.equal(balance, (held.get(to) ?? 0n) + part, `what ${to} holds`);
  }
  assert.ok(of.amountOf.has(address.parse(escrow)), "two holders may not have theirs");
}
