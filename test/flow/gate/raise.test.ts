/** Raises of a multiplier before a gate: one at a time, from what it is, within the policy's bounds, covered; and what grows with one that is under way or announced. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { multiplierText } from "../../../src/evidence/multiplier.ts";
import * as subject from "../../../src/evidence/subject.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import type { Decision } from "../../../src/policy/decision.ts";
import { parse as parseAddress, zero } from "../../../src/values/address.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { parse as multiplierOf } from "../../../src/values/multiplier.ts";
import { bundleOf } from "../../place/bundle-maker.ts";
import { openPlace, requestIdOf, start, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  attestation,
  chainId,
  goldDeployment,
  goldPolicy,
  goldToken,
  idOf,
  observation,
  sightings,
  submission,
  treasury,
  units,
} from "../../place/gold.ts";
import { announced, rawOf, seenFinal } from "../../place/outcome.ts";
import { raise, sanctions } from "../../place/profiles.ts";

const written = goldPolicy();
const issuing = { operation: { in: ["mint", "raiseMultiplier"] } };
const custodian = { group: "custodians", min: 1 };
const deployment = goldDeployment({
  policy: goldPolicy({
    token: {
      ...{ ...written.token, standard: "backed-token" },
      sanctions,
      multiplier: { rise: "0.01", ahead: "7300d", late: "1h" },
    },
    guards: [{ ...written.guards![0], when: issuing }],
    limits: [{ ...written.limits![0], when: issuing, max: "100 GLD" }],
    rules: (["mint", "raiseMultiplier", "pause"] as const).map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: operation === "pause" ? "max" : "200 GLD", quorum: custodian, sign: "hsm-mint" }],
    })),
  }),
});
const token = parseAddress(goldToken);
const about = subject.token(token);
const rebuilt = join(tmpdir(), `countersign-raises-${process.pid}.sqlite`);
let place: GatePlace;
let block = 0;

beforeEach(async () => {
  block = 0;
  place = openPlace(deployment);
  await look();
  await attest(1_100);
});
afterEach(async () => {
  await place.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
});

type Shares = { readonly current?: string; readonly nonce?: bigint; readonly announced?: string };
const sharesOf = ({ current = "1", nonce = 0n, announced: next }: Shares): string =>
  multiplierText({
    current: multiplierOf(current),
    nonce: fromBigInt(nonce),
    announced:
      next === undefined ? null : { multiplier: multiplierOf(next), activationTime: fromBigInt(1_893_456_000n) },
  });

/** Both observers look at a new block, in which a thousand are out. */
async function look(shares: Shares = {}, values: Parameters<typeof sightings>[2] = {}): Promise<void> {
  block += 10;
  const at = { blockNumber: block, blockTime: place.now - 2 };
  for (const seen of sightings(deployment, at, { supply: units(1_000), ...values })) await place.admit(seen);
  const facts = [
    { subject: about, fact: "decimals", value: "18" },
    { subject: about, fact: "multiplier", value: sharesOf(shares) },
    { subject: about, fact: "sanctions", value: sanctions },
    { subject: subject.holder(token, parseAddress(treasury)), fact: "frozen", value: "0" },
  ];
  for (const fact of facts)
    for (const by of ["obs-1", "obs-2"] as const) await place.admit(observation(deployment, by, fact, at));
}

let sequence = 1;
async function attest(reserves: number): Promise<void> {
  sequence += 1;
  const word = { reserves: units(reserves), sequence };
  expect(await place.admit(attestation(deployment, place.now, word))).toMatchObject({ kind: "admitted" });
}

async function ask(
  operation: "mint" | "raiseMultiplier" | "pause",
  reference: string,
  intent: Readonly<Record<string, unknown>> = {},
): Promise<GateAnswer> {
  const fields = {
    mint: { amount: units(10) },
    raiseMultiplier: { ...raise, amount: units(5), to: zero },
    pause: { amount: "0", to: zero },
  }[operation];
  const asked = { now: place.now, requestId: idOf(reference), intent: { operation, reference, ...fields, ...intent } };
  const said = submission(deployment, asked);
  await place.admit(said);
  await place.admit(approval(deployment, said, "carla"));
  return place.sign(requestIdOf(said));
}

/** The code, and the clauses for which it is not signed. */
const lacks = (answer: GateAnswer): readonly unknown[] => [
  "code" in answer ? answer.code : answer.kind,
  ...((answer as { decision?: Decision }).decision?.clauses.filter(({ ok }) => !ok).map(({ id }) => id) ?? []),
];
const missing = ["policy.evidence-missing", "token.multiplier.nonce", "token.multiplier"];

test("a raise that is right in everything is signed: Backed's call on the token, exactly", async () => {
  const answer = await ask("raiseMultiplier", "YIELD-1");
  expect(answer.kind).toBe("signed");
  const { transaction } = rawOf(answer);
  const words = [raise.newMultiplier, raise.oldMultiplier, raise.activationTime].map((value) =>
    BigInt(value).toString(16).padStart(64, "0"),
  );
  expect([transaction.to, transaction.data]).toEqual([token, `0x8038cb58${words.join("")}`]);
});

type Wrong = {
  readonly what: string;
  readonly code: string;
  readonly clause: string;
  readonly intent?: Readonly<Record<string, unknown>>;
  readonly world?: () => Promise<void>;
};

const wrong: readonly Wrong[] = [
  {
    ...{ what: "another multiplier is replaced", code: "policy.multiplier-changed", clause: "token.multiplier" },
    intent: { oldMultiplier: "1000000000000000001" },
  },
  {
    ...{ what: "somebody else raised it since", code: "policy.multiplier-changed", clause: "token.multiplier" },
    world: () => look({ current: "1.001", nonce: 1n }),
  },
  {
    ...{ what: "it rises by more than the cap", code: "policy.multiplier-rise", clause: "intent.newMultiplier" },
    intent: { newMultiplier: "1010000000000000001", amount: units(20) },
  },
  {
    ...{ what: "it adds more than was agreed to", code: "policy.multiplier-amount", clause: "intent.amount" },
    intent: { amount: "4199999999999999999" },
  },
  {
    ...{ what: "its time is past", code: "policy.activation-time", clause: "intent.activationTime" },
    intent: { activationTime: start - 3_601 },
  },
  {
    ...{ what: "its time is too far ahead", code: "policy.activation-time", clause: "intent.activationTime" },
    intent: { activationTime: start + 7_301 * 86_400 },
  },
  {
    what: "another one is announced, whose place it would take",
    ...{ code: "policy.multiplier-announced", clause: "token.multiplier.announced" },
    world: () => look({ announced: "1.001" }),
  },
  {
    ...{ what: "reserves do not cover what it adds", code: "policy.reserves-short", clause: "guard.reserves-cover" },
    world: () => attest(1_004),
  },
  {
    ...{ what: "the limit is full", code: "policy.limit-exceeded", clause: "limit.mint-day" },
    intent: { amount: units(101) },
  },
  {
    ...{ what: "it is over the highest tier", code: "policy.over-top-tier", clause: "raiseMultiplier.amount" },
    intent: { amount: units(201) },
  },
  {
    ...{ what: "the token is paused", code: "policy.paused", clause: "token.paused" },
    world: () => look({}, { paused: "true" }),
  },
  {
    ...{ what: "the code is another's", code: "policy.code-changed", clause: "token.codehash" },
    world: () => look({}, { codehash: `0x${"cd".repeat(32)}` }),
  },
  {
    ...{ what: "what was seen is old", code: "policy.freshness", clause: "token.freshness" },
    world: () => {
      place.now += 121;
      return Promise.resolve();
    },
  },
];

test.each(wrong)("a raise is not signed when $what", async ({ code, clause, intent, world }) => {
  await world?.();
  const [said, ...failing] = lacks(await ask("raiseMultiplier", "YIELD-1", intent));
  expect(said).toBe(code);
  expect(failing).toContain(clause);
  expect(place.backend.asked()).toBe(0);
  expect(place.journal.openAllocations()).toEqual([]);
});

describe("while a raise is under way", () => {
  test("no other one is signed, and nothing is minted that would grow unseen", async () => {
    const first = await ask("raiseMultiplier", "YIELD-1");
    expect(first.kind).toBe("signed");
    expect(lacks(await ask("raiseMultiplier", "YIELD-2"))).toEqual([
      ...missing,
      "token.multiplier.announced",
      "token.freshness",
    ]);
    // Seen afresh, before it is mined.
    await look();
    expect(lacks(await ask("mint", "DEPOSIT-1"))).toEqual([...missing, "token.freshness"]);
    expect((await ask("pause", "STOP")).kind).toBe("signed");
  });

  test("the journal holds two apart, whatever decided on them and on whichever chain", async () => {
    await ask("raiseMultiplier", "YIELD-1");
    const [open] = place.journal.openAllocations();
    const again = { ...open!, requestId: idOf("another"), nonce: 7, reference: "YIELD-2" as never };
    for (const chain of [open!.chainId, 5])
      expect(place.journal.putAllocation({ ...again, chainId: chain })).toEqual({ kind: "taken", by: "raise" });
    expect(place.journal.openAllocations()).toHaveLength(1);
  });

  test("it counts in headroom and in limits as a mint of its amount does", async () => {
    await ask("raiseMultiplier", "YIELD-1", { amount: units(50) });
    expect(place.journal.mintsUnseen(deployment.policy.asset, { chainId, above: block, except: undefined })).toBe(
      50n * 10n ** 18n,
    );
    expect(lacks(await ask("mint", "DEPOSIT-1", { amount: units(51) }))).toContain("limit.mint-day");
  });
});

describe("once a raise is final", () => {
  const settle = async (amount = units(5)): Promise<void> => {
    const { hash } = rawOf(await ask("raiseMultiplier", "YIELD-1", { amount }));
    await seenFinal(place, hash, token, [announced(token, raise)]);
  };

  test("what is minted grows with it until its time has come, and is covered with that", async () => {
    await settle();
    expect(place.journal.openAllocations()).toEqual([]);
    const out = { supply: "1004200000000000000000" };
    await look({ announced: "1.0042" }, out);
    // Ten and what ten grow by are more than what is left.
    await attest(1_014);
    expect(lacks(await ask("mint", "DEPOSIT-1"))).toContain("guard.reserves-cover");
    await place.admit(
      attestation(deployment, place.now, { reserves: "1014230000000000000000", sequence: (sequence += 1) }),
    );
    const refused = await ask("mint", "DEPOSIT-2");
    expect(lacks(refused)).toEqual(["policy.reserves-short", "guard.reserves-cover"]);
    const cover = (refused as { decision?: Decision }).decision?.clauses.find(
      ({ id }) => id === "guard.reserves-cover",
    );
    expect(cover?.observed).toContain("announced 0.042000000000000001 GLD");
    await look({ current: "1.0042", nonce: 1n }, out);
    expect((await ask("mint", "DEPOSIT-3")).kind).toBe("signed");
  });

  test("the next one goes from what it became, and no earlier state of it is believed", async () => {
    await settle();
    await look({ current: "1.0042", nonce: 1n });
    const next = { oldMultiplier: "1004200000000000000", newMultiplier: "1005000000000000000" };
    const { hash } = rawOf(await ask("raiseMultiplier", "YIELD-2", next));
    expect(place.journal.highestRound(chainId, about)).toBe(1n);
    await seenFinal(place, hash, token, [announced(token, { ...raise, ...next })]);
    await look({ current: "1", nonce: 0n });
    const [code, ...failing] = lacks(await ask("raiseMultiplier", "YIELD-3"));
    expect([code, failing]).toEqual(["policy.multiplier-back", ["token.multiplier.nonce"]]);
  });

  test("what was seen of the token before its block is not believed", async () => {
    await settle();
    expect(lacks(await ask("mint", "DEPOSIT-1"))).toEqual([...missing, "token.freshness"]);
    await look({ announced: "1.0042" });
    expect((await ask("mint", "DEPOSIT-1")).kind).toBe("signed");
  });

  test("another multiplier than was agreed to counts as a raise, and is for people to look at", async () => {
    const { hash } = rawOf(await ask("raiseMultiplier", "YIELD-1"));
    await seenFinal(place, hash, token, [announced(token, { ...raise, newMultiplier: "1100000000000000000" })]);
    expect(place.journal.allocation(idOf("YIELD-1"))?.outcome).toBe("mismatch");
  });
});

test("a journal that is written again from the log knows the change that was used, and holds two raises apart", async () => {
  await look({ current: "1", nonce: 4n });
  expect((await ask("raiseMultiplier", "YIELD-1")).kind).toBe("signed");
  const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
  const journal = openJournal(rebuilt);
  const clock = { now: () => parseInstant(place.now + 60) };
  const root = rootAt(place.journal.size(), place.journal.node);
  restoreJournal({ journal, genesisFile: deployment.file, clock, checks: nativeChecks() }, { leaves, root });
  expect(journal.highestRound(chainId, about)).toBe(4n);
  expect(journal.openAllocations().map(({ operation }) => operation)).toEqual(["raiseMultiplier"]);
  journal.close();
});

test("a stranger decides again on what was seen, and finds whatever was changed of it", async () => {
  await look({ nonce: 4n });
  const answer = await ask("raiseMultiplier", "YIELD-1");
  expect(answer.kind).toBe("signed");
  const { bundle, genesis } = await bundleOf(place, idOf("YIELD-1"));
  expect(verifyBundle(bundle, genesis, nativeChecks()).kind).toBe("verified");
  const text = JSON.stringify(bundle);
  for (const [from, to] of [
    [`"rounds":{"${about}":"0"}`, `"rounds":{"${about}":"5"}`],
    [`"rounds":{"${about}":"0"}`, '"rounds":{}'],
    [`"rounds":{"${about}":"0"}`, `"rounds":{"${about}":"0","feed:0x${"ee".repeat(20)}":"1"}`],
    ["newMultiplier 1.0042", "newMultiplier 1.0043"],
    ['\\"nonce\\":\\"4\\"', '\\"nonce\\":\\"5\\"'],
  ] as const) {
    expect(text).toContain(from);
    expect(verifyBundle(JSON.parse(text.replace(from, to)), genesis, nativeChecks()).kind, to).toBe("wrong");
  }
});
