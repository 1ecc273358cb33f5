/** Whatever mints and raises of a multiplier are asked for, signed, mined, announced and seen in whatever order: all of it is covered once it has all come, and no raise is of another multiplier than there is. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { topic } from "../../../src/chain/mismatch.ts";
import { multiplierText } from "../../../src/evidence/multiplier.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import * as subject from "../../../src/evidence/subject.ts";
import { parse as parseAddress, zero } from "../../../src/values/address.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { growth } from "../../../src/values/multiplier.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  goldDeployment,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  sightings,
  submission,
  treasury,
} from "../../place/gold.ts";
import { sanctions } from "../../place/profiles.ts";

const share = 10n ** 18n;
const token = parseAddress(goldToken);
const holder = subject.holder(token, parseAddress(treasury));
const cap = { numerator: 1n, denominator: 20n };

const issuing = { operation: { in: ["mint", "raiseMultiplier"] } };
const written = goldPolicy();
const deployment = goldDeployment({
  policy: goldPolicy({
    token: {
      ...{ ...written.token, standard: "backed-token", sanctions },
      multiplier: { rise: "0.05", ahead: "1h", late: "1h" },
    },
    guards: [{ ...written.guards![0], when: issuing }],
    limits: [],
    rules: ["mint", "raiseMultiplier"].map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    })),
  }),
});

/** Backed's contract, as far as this goes: shares, what one is, and what is announced. */
type Token = { shares: bigint; multiplier: bigint; nonce: bigint; next: { to: bigint; at: number } | undefined };
type Call =
  | { readonly kind: "mint"; readonly amount: bigint }
  | { readonly kind: "raise"; readonly from: bigint; readonly to: bigint; readonly at: number };
type Sent = { readonly call: Call; readonly txHash: Bytes32; readonly nonce: number; readonly requestId: Bytes32 };
type Model = {
  readonly place: GatePlace;
  readonly token: Token;
  readonly open: Sent[];
  block: number;
  reserves: bigint;
  turn: number;
  mints: number;
  raises: number;
};

const suppliedBy = ({ shares, multiplier }: Token): bigint => (shares * multiplier) / share;

function activate(of: Token, now: number): void {
  if (of.next === undefined || of.next.at > now) return;
  of.multiplier = of.next.to;
  of.nonce += 1n;
  of.next = undefined;
}

/** Whether it went through. */
function apply(of: Token, call: Call, now: number): boolean {
  activate(of, now);
  if (call.kind === "mint") of.shares += (call.amount * share) / of.multiplier;
  else if (call.from !== of.multiplier) return false;
  else of.next = { to: call.to, at: call.at };
  activate(of, now);
  return true;
}

/** What is out once everything that was signed is mined, before anything that is announced, and then that has come. */
function atWorst({ token: of, open, place }: Model): bigint {
  const coming = { ...of };
  for (const { call } of open)
    apply(coming, call, Math.min(place.now, call.kind === "raise" ? call.at - 1 : place.now));
  activate(coming, Number.MAX_SAFE_INTEGER);
  return suppliedBy(coming);
}

/** Without `whole`, whoever carries the observations brings what a share is and keeps the rest back. */
async function look(model: Model, whole: boolean): Promise<void> {
  const { place, token: of, open } = model;
  activate(of, place.now);
  const at = { blockNumber: model.block, blockTime: place.now };
  const announced =
    of.next === undefined
      ? null
      : { multiplier: fromBigInt(of.next.to), activationTime: fromBigInt(BigInt(of.next.at)) };
  const seen = { current: fromBigInt(of.multiplier), nonce: fromBigInt(of.nonce), announced };
  const supply = suppliedBy(of);
  const grown = supply + growth(supply, { from: of.multiplier, to: of.next?.to ?? of.multiplier });
  const values = { supply: grown.toString(), nonce: String(model.mints + model.raises - open.length) };
  const shown = whole ? sightings(deployment, at, values) : [];
  for (const envelope of shown) await place.admit(envelope);
  for (const fact of [
    { subject: subject.token(token), fact: "decimals", value: "18" },
    { subject: subject.token(token), fact: "multiplier", value: multiplierText(seen) },
    { subject: subject.token(token), fact: "sanctions", value: sanctions },
    { subject: holder, fact: "frozen", value: "0" },
  ])
    for (const by of ["obs-1", "obs-2"] as const) await place.admit(observation(deployment, by, fact, at));
}

async function attest(model: Model, gold: bigint): Promise<void> {
  model.turn += 1;
  model.reserves = gold * share;
  const said = { sequence: model.turn, reserves: model.reserves.toString() };
  expect((await model.place.admit(attestation(deployment, model.place.now, said))).kind).toBe("admitted");
}

async function ask(model: Model, call: Call, amount: bigint): Promise<void> {
  const { place } = model;
  model.turn += 1;
  const reference = `R-${String(model.turn)}`;
  const further =
    call.kind === "mint"
      ? { operation: "mint" }
      : {
          ...{ operation: "raiseMultiplier", to: zero, activationTime: call.at },
          ...{ oldMultiplier: call.from.toString(), newMultiplier: call.to.toString() },
        };
  const intent = { ...further, amount: amount.toString(), reference };
  const said = submission(deployment, { now: place.now, requestId: idOf(reference), intent });
  for (const one of [said, approval(deployment, said, "carla")]) expect((await place.admit(one)).kind).toBe("admitted");
  const answer = await place.sign(requestIdOf(said));
  if (answer.kind !== "signed") return;
  const { token: of, open } = model;
  if (call.kind === "raise") {
    // From what there is, by no more than the cap, and alone.
    expect([call.from, of.next]).toEqual([of.multiplier, undefined]);
    expect((call.to - call.from) * cap.denominator <= call.from * cap.numerator).toBe(true);
    expect(open.filter((one) => one.call.kind === "raise")).toEqual([]);
    model.raises += 1;
  } else model.mints += 1;
  open.push({ call, txHash: answer.txHash, nonce: answer.nonce, requestId: requestIdOf(said) });
  expect(atWorst(model)).toBeLessThanOrEqual(model.reserves);
}

const word = (value: bigint): string => value.toString(16).padStart(64, "0");

/** The oldest is final in the next block. */
async function settle(model: Model): Promise<void> {
  const { place, token: of, open } = model;
  const [first] = open;
  if (first === undefined) return;
  model.block += 1;
  const before = of.multiplier;
  expect(apply(of, first.call, place.now)).toBe(true);
  expect(of.multiplier).toBeGreaterThanOrEqual(before);
  const { call } = first;
  const logs =
    call.kind === "mint"
      ? [["Transfer(address,address,uint256)", [0n, BigInt(treasury)], [call.amount]] as const]
      : of.next === undefined
        ? [["MultiplierUpdated(uint256)", [], [call.to]] as const]
        : [["MultiplierScheduled(uint256,uint256)", [], [call.to, BigInt(call.at)]] as const];
  const value = outcomeText({
    ...{ status: "success", from: deployment.key.account, nonce: first.nonce, to: token, blockNumber: model.block },
    logs: logs.map(([name, indexed, data]) => ({
      address: token,
      topics: [topic(name), ...indexed.map((one) => `0x${word(one)}`)],
      data: `0x${data.map(word).join("")}`,
    })) as never,
  });
  const at = { blockNumber: model.block, blockTime: place.now, overrides: { finalized: true } };
  const fact = { subject: subject.transaction(first.txHash), fact: "outcome", value };
  for (const by of ["obs-1", "obs-2"] as const) await place.admit(observation(deployment, by, fact, at));
  expect(place.journal.allocation(first.requestId)?.outcome).toBe("success");
  open.shift();
}

const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("mint" as const), tenths: fc.bigInt(1n, 900n) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("raise" as const),
      /** Of a hundred thousand, beyond the cap too. */
      rise: fc.bigInt(1n, 6_000n),
      off: fc.constantFrom(0n, 0n, 0n, 0n, 1n, -1n),
      ahead: fc.integer({ min: -30, max: 600 }),
      tenths: fc.bigInt(1n, 200n),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom("final" as const, "look" as const, "glimpse" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("attest" as const), gold: fc.bigInt(100n, 400n) }) },
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** A raise is announced, and before its time what is minted beside it is nearly all that is left. */
const announcing: readonly Event[] = [
  { kind: "mint", tenths: 900n },
  { kind: "final" },
  { kind: "look" },
  { kind: "raise", rise: 5_000n, off: 0n, ahead: 600, tenths: 100n },
  { kind: "mint", tenths: 500n },
  { kind: "final" },
  { kind: "look" },
  { kind: "mint", tenths: 900n },
  { kind: "mint", tenths: 300n },
  { kind: "final" },
  { kind: "wait", seconds: 300 },
  { kind: "wait", seconds: 300 },
  { kind: "look" },
  { kind: "raise", rise: 100n, off: 0n, ahead: 0, tenths: 30n },
  { kind: "final" },
];

/** Ten are left, and everybody would get ten and a half, of which people agreed to a tenth. */
const understated: readonly Event[] = [
  { kind: "mint", tenths: 900n },
  { kind: "mint", tenths: 900n },
  { kind: "mint", tenths: 300n },
  { kind: "raise", rise: 5_000n, off: 0n, ahead: 60, tenths: 1n },
];

/** What is announced begins, and only what a share is now is seen of it: what was minted before, and grew with it, is not. */
const glimpsed: readonly Event[] = [
  { kind: "mint", tenths: 900n },
  { kind: "final" },
  { kind: "look" },
  { kind: "raise", rise: 5_000n, off: 0n, ahead: 300, tenths: 100n },
  { kind: "final" },
  { kind: "wait", seconds: 270 },
  { kind: "look" },
  { kind: "mint", tenths: 900n },
  { kind: "final" },
  { kind: "wait", seconds: 40 },
  { kind: "glimpse" },
  { kind: "mint", tenths: 349n },
];

async function play(model: Model, one: Event): Promise<void> {
  const { place, token: of } = model;
  if (one.kind === "mint" || one.kind === "raise") {
    const amount = (one.tenths * share) / 10n;
    activate(of, place.now);
    await ask(model, one.kind === "mint" ? { kind: "mint", amount } : raiseOf(model, one), amount);
  } else if (one.kind === "final") await settle(model);
  else if (one.kind === "attest") await attest(model, one.gold);
  else if (one.kind === "wait") place.now += one.seconds;
  else {
    model.block += 1;
    await look(model, one.kind === "look");
  }
}

function raiseOf({ place, token: of }: Model, { rise, off, ahead }: Extract<Event, { kind: "raise" }>): Call {
  const from = of.multiplier + off;
  return { kind: "raise", from, to: from + (from * rise) / 100_000n, at: place.now + ahead };
}

it("signs nothing that reserves do not cover with what is announced, and raises one at a time from what there is", async () => {
  const signed = { mints: 0, raises: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 24 }), async (events) => {
      const place = openPlace(deployment);
      const model: Model = {
        place,
        token: { shares: 0n, multiplier: share, nonce: 0n, next: undefined },
        open: [],
        ...{ block: 10, reserves: 0n, turn: 0, mints: 0, raises: 0 },
      };
      try {
        await attest(model, 220n);
        await look(model, true);
        for (const one of events) await play(model, one);
      } finally {
        await place.close();
      }
      signed.mints += model.mints;
      signed.raises += model.raises;
    }),
    { numRuns: 12, examples: [[[...announcing]], [[...understated]], [[...glimpsed]]] },
  );
  expect(signed.mints).toBeGreaterThan(3);
  expect(signed.raises).toBeGreaterThan(2);
});
