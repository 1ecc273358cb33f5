/** Feeds before a gate: which observations it takes, which round it remembers, what of it the log gives back, and what a stranger makes of the bundle. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openJournal } from "../../../src/adapters/journal/journal.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { restoreJournal } from "../../../src/flow/gate/restore.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { rootAt } from "../../../src/log/merkle.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { bundleOf } from "../../place/bundle-maker.ts";
import { feedGuard, feedSubject, saidBy, vaultFeed } from "../../place/feeds.ts";
import { approvedMint, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { attestation, chainId, goldDeployment, goldPolicy, observation, sightings, units } from "../../place/gold.ts";
import type { PersonId } from "../../place/people.ts";

const deployment = goldDeployment({
  policy: goldPolicy({ feeds: { vault: vaultFeed }, guards: [feedGuard] }),
});
const rebuilt = join(tmpdir(), `countersign-feeds-${process.pid}.sqlite`);
const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);
let place: GatePlace;
let block = 0;

beforeEach(async () => {
  block = 10;
  place = openPlace(deployment);
  await place.admit(attestation(deployment, place.now, { reserves: units(10_000) }));
});
afterEach(async () => {
  await place.close();
  for (const end of ["", "-wal", "-shm"]) rmSync(`${rebuilt}${end}`, { force: true });
});

type Said = Parameters<typeof saidBy>[1];
const say = async (by: PersonId, said: Said = {}, subject = feedSubject): Promise<string> => {
  const fact = { subject, fact: "round", value: saidBy(place.now - 60, said) };
  return codeOf(
    await place.admit(observation(place.deployment, by, fact, { blockNumber: block, blockTime: place.now - 2 })),
  );
};
/** Both observers look at a new block. */
async function look(said: Said = {}): Promise<void> {
  block += 10;
  for (const seen of sightings(place.deployment, { blockNumber: block, blockTime: place.now - 2 }))
    await place.admit(seen);
  for (const by of ["obs-1", "obs-2"] as const) expect(await say(by, said)).toBe("admitted");
}
const mint = async (reference: string): Promise<string> =>
  codeOf(await place.sign(requestIdOf(await approvedMint(place, { intent: { reference, amount: units(1) } }))));
const known = (): bigint => place.journal.highestRound(chainId, feedSubject);

test("observations are taken of a feed that a policy names, and as what they must be", async () => {
  expect(await say("obs-1")).toBe("admitted");
  expect(await say("obs-1", {}, `feed:0x${"ee".repeat(20)}`)).toBe("observation.unknown-subject");
  const at = { blockNumber: block, blockTime: place.now - 2 };
  const odd = { subject: feedSubject, fact: "round", value: "7" };
  expect(codeOf(await place.admit(observation(place.deployment, "obs-1", odd, at)))).toBe("observation.value");
  const other = { ...odd, fact: "supply" };
  expect(codeOf(await place.admit(observation(place.deployment, "obs-1", other, at)))).toBe(
    "observation.unknown-subject",
  );
  expect(await say("carla")).toBe("observation.not-an-observer");
});

test("a round is known once enough saw it, though nothing was decided on it, and never for what one says", async () => {
  expect(known()).toBe(0n);
  await look({ round: "7" });
  expect(known()).toBe(7n);
  block += 10;
  expect(await say("obs-1", { round: "900" })).toBe("admitted");
  expect(known()).toBe(7n);
  await look({ round: "8", answer: "0" });
  expect(known()).toBe(8n);
  // Another contract's rounds are not this one's.
  await look({ round: "1000", description: "XAU" as never });
  expect(known()).toBe(8n);
  await look({ round: "7" });
  expect(known()).toBe(8n);
  expect(await mint("A")).toBe("policy.feed-back");
  await look({ round: "8" });
  expect(await mint("B")).toBe("signed");
});

test("what another contract says shuts nothing out, nor where a guard asks for it that spares the request", async () => {
  await place.close();
  const { evidence, by, maxAge, cover } = feedGuard.require;
  const guards = [
    { ...feedGuard, when: { operation: "mint", amount: { gt: "5 GLD" } } },
    { ...feedGuard, id: "attested", require: { evidence, by, maxAge, cover } },
  ];
  const spared = goldDeployment({ policy: goldPolicy({ feeds: { vault: vaultFeed }, guards: guards }) });
  place = openPlace(spared);
  await place.admit(attestation(spared, place.now, { reserves: units(10_000) }));
  await look({ round: "7" });
  await look({ round: String((1n << 80n) - 1n), description: "XAU" as never });
  expect(await mint("A")).toBe("signed");
  expect(known()).toBe(7n);
});

test("one observer alone is no figure, and two that differ are none", async () => {
  await look();
  place.now += 200;
  block += 10;
  for (const seen of sightings(place.deployment, { blockNumber: block, blockTime: place.now - 2 }))
    await place.admit(seen);
  expect(await say("obs-1")).toBe("admitted");
  expect(await mint("A")).toBe("policy.freshness");
  expect(await say("obs-2", { answer: "600000000001" })).toBe("admitted");
  expect(await mint("B")).toBe("policy.freshness");
});

test("a journal that is written again from the log knows the round that was used", async () => {
  await look({ round: "7" });
  expect(await mint("A")).toBe("signed");
  await look({ round: "9" });
  expect(await mint("B")).toBe("signed");
  const leaves = place.journal.leaves(0, 10_000).map(({ bytes }) => new TextDecoder().decode(bytes));
  const journal = openJournal(rebuilt);
  const clock = { now: () => parseInstant(place.now + 60) };
  const root = rootAt(place.journal.size(), place.journal.node);
  const again = { journal, genesisFile: deployment.file, clock, checks: nativeChecks() };
  restoreJournal(again, { leaves, root });
  expect(journal.highestRound(chainId, feedSubject)).toBe(9n);
  journal.close();
});

test("a stranger decides again on the figure, and finds whatever was changed of it", async () => {
  await look({ round: "7" });
  const said = await approvedMint(place, { intent: { reference: "A", amount: units(1) } });
  expect(codeOf(await place.sign(requestIdOf(said)))).toBe("signed");
  const { bundle, genesis } = await bundleOf(place, requestIdOf(said));
  expect(verifyBundle(bundle, genesis, nativeChecks()).kind).toBe("verified");
  const text = JSON.stringify(bundle);
  const bend = (from: string, to: string): ReturnType<typeof verifyBundle> => {
    expect(text).toContain(from);
    return verifyBundle(JSON.parse(text.replace(from, to)), genesis, nativeChecks());
  };
  const rounds = `"rounds":{"${feedSubject}":"7"}`;
  const fields = (verdict: ReturnType<typeof verifyBundle>): string =>
    verdict.kind === "wrong" ? verdict.field : verdict.kind;
  expect(fields(bend(rounds, `"rounds":{"${feedSubject}":"6"}`))).toContain(`entry.facts.rounds.${feedSubject}`);
  expect(fields(bend(rounds, `"rounds":{"${feedSubject}":"7","feed:0x${"ee".repeat(20)}":"1"}`))).toContain("ee");
  expect(bend(rounds, '"rounds":{}').kind).not.toBe("verified");
  expect(bend('\\"round\\":\\"7\\"', '\\"round\\":\\"8\\"').kind).not.toBe("verified");
});
