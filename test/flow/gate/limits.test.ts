/** Limits under pressure: whoever asks at once, no limit is passed, and what is given back is room again. */
import { afterEach, expect, test } from "vitest";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import * as address from "../../../src/values/address.ts";
import { approvedMint, fees, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { attestation, goldDeployment, goldPolicy, observation, sightings, units } from "../../place/gold.ts";

let place: GatePlace;
afterEach(async () => {
  await place.close();
});

const day = 86_400;
const limit = (fields: Readonly<Record<string, unknown>>): unknown => ({
  when: { operation: "mint" },
  metric: "sum",
  window: "rolling 24h",
  per: "asset",
  over: "deny",
  ...fields,
});

/** Fresh sightings and an attestation; blocks and sequences go on with the clock. */
async function bringFresh(nonce: number): Promise<void> {
  const seen = { blockNumber: place.now - 1_799_999_000, blockTime: place.now - 2 };
  for (const envelope of sightings(place.deployment, seen, { nonce: String(nonce) })) await place.admit(envelope);
  await place.admit(attestation(place.deployment, place.now, { sequence: place.now }));
}

async function asked(
  reference: string,
  amount: number,
  by: "ida" | "ivan",
): Promise<{ readonly id: Bytes32; readonly by: string; readonly amount: number }> {
  const intent = { reference, amount: units(amount), expiresAt: place.now + 5 * day };
  const said = await approvedMint(place, { by, intent });
  return { id: requestIdOf(said), by, amount };
}

const clausesOf = (answer: GateAnswer): readonly { id: string; ok: boolean; observed: string }[] =>
  answer.kind === "refused" ? (answer.decision?.clauses ?? []) : [];

test("fifty requests at once pass none of five limits, and go on when the window has passed", async () => {
  const limits = [
    limit({ id: "all", max: "1200 GLD" }),
    limit({ id: "each", per: "initiator", max: "700 GLD" }),
    limit({ id: "often", metric: "count", per: "to", max: 18 }),
  ];
  const ceilings = {
    assets: { GLD: { request: units(1_000), day: units(1_150) } },
    otherAssets: { request: units(1), day: units(1) },
    keys: {},
    otherKeys: { feesPerDayWei: String(17n * 5n * 10n ** 16n) },
  };
  place = openPlace(goldDeployment({ policy: goldPolicy({ limits }), overrides: { ceilings } }));
  await bringFresh(0);
  const requests: Awaited<ReturnType<typeof asked>>[] = [];
  for (let index = 0; index < 50; index += 1)
    requests.push(await asked(`D-${String(index)}`, index % 2 === 0 ? 100 : 50, index % 2 === 0 ? "ida" : "ivan"));

  let left = requests;
  let signed = 0;
  for (const round of [1, 2]) {
    const answers = await Promise.all(left.map(({ id }) => place.sign(id)));
    const done = left.filter((_, index) => answers[index]!.kind !== "refused");
    const sumOf = (some: typeof done): number => some.reduce((all, { amount }) => all + amount, 0);
    const byOf = (person: string): number => sumOf(done.filter(({ by }) => by === person));
    expect(done.length, `round ${String(round)}`).toBeGreaterThan(10);
    expect(sumOf(done)).toBeLessThanOrEqual(1_150);
    expect([byOf("ida"), byOf("ivan")].every((sum) => sum <= 700)).toBe(true);
    expect(done.length).toBeLessThanOrEqual(17);
    for (const [index, answer] of answers.entries()) {
      if (answer.kind !== "refused") continue;
      const { amount, by } = left[index]!;
      const full = clausesOf(answer).filter(({ ok }) => !ok);
      expect(answer.decision?.verdict).toBe("pending");
      expect(full.every(({ observed }) => observed.includes("; room from 20"))).toBe(true);
      // Nothing is kept out that would fit, now that all have asked.
      const over = [
        sumOf(done) + amount > 1_150 ? "ceiling.day" : undefined,
        byOf(by) + amount > 700 ? "limit.each" : undefined,
        done.length + 1 > 17 ? "ceiling.fees" : undefined,
      ].filter((id) => id !== undefined);
      expect(over.length).toBeGreaterThan(0);
      expect(
        full.map(({ id }) => id).filter((id) => !/^(limit\.(all|each|often)|ceiling\.(day|fees))$/.test(id)),
      ).toEqual([]);
    }
    left = left.filter(({ id }) => !done.some((one) => one.id === id));
    signed += done.length;
    place.now += day + 1;
    await bringFresh(signed);
  }
  expect(place.journal.openAllocations()).toHaveLength(signed);
  expect(new Set(place.journal.openAllocations().map(({ nonce }) => nonce)).size).toBe(signed);
}, 120_000);

async function reverted(said: { readonly id: Bytes32 }, txHash: Bytes32, nonce: number): Promise<void> {
  const to = address.parse(place.deployment.policy.token.address);
  const from = place.deployment.key.account;
  const value = outcomeText({ status: "reverted", from, nonce, to, blockNumber: 12, logs: [] });
  for (const by of ["obs-1", "obs-2"] as const) {
    const seen = { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } };
    await place.admit(observation(place.deployment, by, { subject: `tx:${txHash}`, fact: "outcome", value }, seen));
  }
  expect(place.journal.allocation(said.id)?.outcome).toBe("reverted");
}

test("a full limit says what is used and from when there is room; a final revert gives it back", async () => {
  place = openPlace(goldDeployment({ policy: goldPolicy({ limits: [limit({ id: "all", max: "1000 GLD" })] }) }));
  await bringFresh(0);
  const [one, two, three] = [
    await asked("D-1", 600, "ida"),
    await asked("D-2", 400, "ivan"),
    await asked("D-3", 500, "ida"),
  ];
  const first = await place.sign(one.id);
  expect([first.kind, (await place.sign(two.id)).kind]).toEqual(["signed", "signed"]);
  const full = { kind: "refused", code: "policy.limit-exceeded", decision: { verdict: "pending" } };
  const answer = await place.sign(three.id);
  expect(answer).toMatchObject(full);
  expect(clausesOf(answer).find(({ id }) => id === "limit.all")?.observed).toBe(
    "1,000 GLD used by 2 requests, 500 GLD asked; room from 2027-01-16T08:00:00Z",
  );
  if (first.kind !== "signed") throw new Error(first.kind);
  await place.reopen();
  expect(await place.sign(three.id)).toMatchObject(full);
  await reverted(one, first.txHash, first.nonce);
  expect((await place.sign(three.id)).kind).toBe("signed");
  expect(await place.sign((await asked("D-4", 200, "ida")).id)).toMatchObject(full);
  expect((await place.sign((await asked("D-5", 100, "ida")).id)).kind).toBe("signed");
});

test("a retry counts nothing again, and a dry run counts nothing at all", async () => {
  place = openPlace(goldDeployment({ policy: goldPolicy({ limits: [limit({ id: "all", max: "1000 GLD" })] }) }));
  await bringFresh(0);
  const one = await asked("D-1", 600, "ida");
  const two = await asked("D-2", 400, "ivan");
  const counted = { kind: "amounts", asset: "GLD", operations: ["mint"], per: "asset", of: "GLD" } as const;
  expect(await place.gate.answer({ verb: "sign", requestId: one.id, dryRun: true })).toMatchObject({
    kind: "decided",
    decision: { verdict: "allowed" },
  });
  expect(place.journal.allocatedAfter(counted, 0).count).toBe(0);
  for (let again = 0; again < 3; again += 1) expect((await place.sign(one.id)).kind).toBe("signed");
  expect(place.journal.allocatedAfter(counted, 0)).toEqual({ sum: 600n * 10n ** 18n, count: 1 });
  expect((await place.sign(two.id)).kind).toBe("signed");
});

test("an allocation that did not come to be has counted nothing", async () => {
  place = openPlace(goldDeployment({ policy: goldPolicy({ limits: [limit({ id: "all", max: "1000 GLD" })] }) }));
  await bringFresh(0);
  const one = await asked("D-1", 600, "ida");
  const append = place.journal.append;
  // The disk ends between the row with its count and the leaf that writes it ahead.
  Object.assign(place.journal, {
    append: (entry: Parameters<typeof append>[0]) => {
      if (entry.kind === "allocation") throw new Error("the disk ended");
      return append(entry);
    },
  });
  expect(await place.gate.answer({ verb: "sign", requestId: one.id, fees })).toMatchObject({ kind: "problem" });
  Object.assign(place.journal, { append });
  const counted = { kind: "amounts", asset: "GLD", operations: ["mint"], per: "asset", of: "GLD" } as const;
  expect(place.journal.allocation(one.id)).toBeUndefined();
  expect(place.journal.allocatedAfter(counted, 0).count).toBe(0);
  expect((await place.sign(one.id)).kind).toBe("signed");
  expect(place.journal.allocatedAfter(counted, 0).count).toBe(1);
});
