/** Whatever mints are asked for, signed, mined, reverted and seen in whatever order: no mint is signed that the reserves do not cover with all the others. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as address from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  goldCode,
  goldToken,
  chainId,
  observation,
  sightings,
  submission,
  treasury,
} from "../../place/gold.ts";

const runs = 3;

type Mint = { readonly said: Envelope; readonly amount: bigint; readonly txHash: string; readonly nonce: number };
type Model = {
  readonly place: GatePlace;
  readonly unit: bigint;
  readonly decimals: number;
  block: number;
  sequence: number;
  reserves: bigint;
  asked: number;
  /** Signed and not final; final and in which block. */
  readonly open: Mint[];
  readonly minted: { readonly amount: bigint; readonly block: number }[];
  signed: number;
  short: number;
};

const sum = (some: readonly { readonly amount: bigint }[]): bigint =>
  some.reduce((all, { amount }) => all + amount, 0n);
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

/** Every observer sees the chain at the newest block: what was minted by then, and every nonce that was used. */
async function look(model: Model): Promise<void> {
  const { place, minted, block } = model;
  const supply = sum(minted.filter((one) => one.block <= block)).toString();
  const seen = { blockNumber: block, blockTime: place.now };
  for (const envelope of sightings(place.deployment, seen, { supply, nonce: String(model.signed - model.open.length) }))
    await place.admit(envelope);
}

async function attest(model: Model, parts: number): Promise<void> {
  model.reserves = model.unit * BigInt(parts);
  model.sequence += 1;
  const { place, sequence, reserves, decimals } = model;
  const said = { sequence, decimals, reserves: reserves.toString(), supply: "0" };
  expect(codeOf(await place.admit(attestation(place.deployment, place.now, said)))).toBe("admitted");
}

/** Signs it when, and only when, all that is out and on its way leaves room. */
async function mint(model: Model, parts: number): Promise<void> {
  const { place, open, minted, unit, decimals } = model;
  model.asked += 1;
  const amount = (unit * BigInt(parts)) / 2n + 1n;
  const intent = { reference: `M-${String(model.asked)}`, amount: amount.toString() };
  const said = submission(place.deployment, { now: place.now, intent }, decimals);
  const votes = (["carla", "chris"] as const).map((by) => approval(place.deployment, said, by));
  for (const one of [said, ...votes]) expect(codeOf(await place.admit(one))).toBe("admitted");
  const fits = sum(open) + sum(minted) + amount <= model.reserves;
  const answer = await place.sign(requestIdOf(said));
  expect(codeOf(answer)).toBe(fits ? "signed" : "policy.reserves-short");
  if (answer.kind !== "signed") {
    model.short += 1;
    return;
  }
  model.signed += 1;
  open.push({ said, amount, txHash: answer.txHash, nonce: answer.nonce });
}

/** The oldest is final in the next block, done or reverted; whether the supply is seen there is another matter. */
async function settle(model: Model, reverted: boolean): Promise<void> {
  const { place, open, minted } = model;
  const [first] = open;
  if (first === undefined) return;
  model.block += 1;
  const word = (text: string): string => `0x${text.replace(/^0x/, "").padStart(64, "0")}`;
  const topics = [keccak256(utf8("Transfer(address,address,uint256)")), word(address.zero), word(treasury)];
  const log = { address: goldToken, topics, data: word(first.amount.toString(16)) };
  const value = outcomeText({
    status: reverted ? "reverted" : "success",
    from: place.deployment.key.account,
    nonce: first.nonce,
    to: goldToken as never,
    blockNumber: model.block,
    logs: (reverted ? [] : [log]) as never,
  });
  const fact = { subject: `tx:${first.txHash}`, fact: "outcome", value };
  const at = { blockNumber: model.block, blockTime: place.now, overrides: { finalized: true } };
  for (const by of ["obs-1", "obs-2"] as const) await place.admit(observation(place.deployment, by, fact, at));
  expect(place.journal.allocation(requestIdOf(first.said))?.outcome).toBe(reverted ? "reverted" : "success");
  open.shift();
  if (!reverted) minted.push({ amount: first.amount, block: model.block });
}

const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("mint" as const), parts: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("final" as const, "reverted" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("attest" as const), parts: fc.integer({ min: 3, max: 30 }) }) },
);

/** Final and not seen in the supply yet, on its way, and given back: the third waits, and fits once the second is undone. */
const full = [
  { kind: "mint" as const, parts: 9 },
  { kind: "final" as const },
  { kind: "mint" as const, parts: 9 },
  { kind: "mint" as const, parts: 9 },
  { kind: "reverted" as const },
  { kind: "mint" as const, parts: 9 },
];

const play = async (model: Model, one: { kind: string; parts?: number }): Promise<void> => {
  if (one.kind === "mint") await mint(model, one.parts ?? 1);
  else if (one.kind === "look") await look(model);
  else if (one.kind === "attest") await attest(model, one.parts ?? 1);
  else await settle(model, one.kind === "reverted");
};

it.each([0, 6, 8, 18])(
  "signs a mint exactly when reserves cover it with all that is out and on its way, with %i decimals",
  async (decimals) => {
    let signed = 0;
    let short = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 8, maxLength: 16 }), async (events) => {
        const token = { chain: chainId, address: goldToken, decimals, standard: "role-erc20", codehash: goldCode };
        const wide = { tiers: [{ upTo: "max", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" }] };
        const [rule, ...others] = goldPolicy().rules;
        const policy = goldPolicy({ token, limits: [], rules: [{ ...rule!, ...wide }, ...others] });
        const ceilings = {
          assets: {},
          otherAssets: { request: String(10n ** 30n), day: String(10n ** 30n) },
          keys: {},
          otherKeys: { feesPerDayWei: String(10n ** 24n) },
        };
        const place = openPlace(goldDeployment({ policy, overrides: { ceilings } }));
        const model: Model = {
          place,
          unit: 10n ** BigInt(decimals) * 2n,
          decimals,
          ...{ block: 10, sequence: 0, reserves: 0n, asked: 0 },
          open: [],
          minted: [],
          signed: 0,
          short: 0,
        };
        try {
          await look(model);
          await attest(model, 10);
          for (const one of events) await play(model, one);
        } finally {
          await place.close();
        }
        signed += model.signed;
        short += model.short;
      }),
      { numRuns: runs, examples: [[full]] },
    );
    expect(signed).toBeGreaterThan(0);
    expect(short).toBeGreaterThan(0);
  },
  120_000,
);
