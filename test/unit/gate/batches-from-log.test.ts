/** Batches of a whole log added up again: what people signed is what their requests come to, and a log that says otherwise is told by its leaf. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { checkBatches } from "../../../src/gate/batches-from-log.ts";
import { historyOf } from "../../../src/gate/past.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema, type Entry } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import { parse as parseInstant, type Instant } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { batchApproval, batchPolicy, documentOf, legsOf } from "../../place/batch.ts";
import { bringEvidence, openPlace, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf, units } from "../../place/gold.ts";

let place: GatePlace;
let log: readonly Logged[];
const checks = nativeChecks();

beforeAll(async () => {
  place = openPlace(goldDeployment({ policy: batchPolicy() }));
  await bringEvidence(place);
  const legs = legsOf(place.deployment, place.now, [400, 400, 400]);
  for (const leg of legs) await place.admit(leg);
  for (const by of ["carla", "chris"] as const)
    await place.admit(batchApproval(place.deployment, legs, by), toWire(documentOf(legs)));
  const bytes = place.journal.leaves(0, 10_000);
  log = bytes.map(({ index, bytes: leaf }) => ({ index, entry: entrySchema.parse(decodeLeaf(leaf)) }));
});
afterAll(() => place.close());

const changed = (change: (entry: Entry) => Entry): ReturnType<typeof checkBatches> =>
  checkBatches(
    log.map(({ index, entry }) => ({ index, entry: change(entry) })),
    checks,
  );

it("counts what comes out", () => {
  expect(checkBatches(log, checks)).toEqual({ batches: 1, words: 2, faults: [] });
});

it("tells the leaf of a list or of a word that says something else", () => {
  const at = log.findIndex(({ entry }) => entry.kind === "batch");
  const fewer = changed((entry) => (entry.kind === "batch" ? { ...entry, legs: entry.legs.slice(1) } : entry));
  expect(fewer.faults[0]).toMatchObject({ leaf: at });
  expect(fewer.faults[0]?.why).toContain("its requests have the root");
  expect(fewer.faults.slice(1).map(({ why }) => why)).toEqual(
    Array(2).fill("no batch with this root was brought before"),
  );
  const turned = changed((entry) => (entry.kind === "batch" ? { ...entry, legs: entry.legs.toReversed() } : entry));
  expect(turned.faults[0]?.why).toContain("the legs ascend");
  const said = changed((entry) =>
    entry.kind === "statement" && entry.statement.kind === "BatchApproval"
      ? { ...entry, statement: { ...entry.statement, message: { ...entry.statement.message, total: units(1) } } }
      : entry,
  );
  expect(said.faults.map(({ why }) => why.split(" ").slice(0, 3).join(" "))).toEqual(Array(2).fill("it says total"));
  const [first] = log.filter(({ entry }) => entry.kind === "statement" && entry.statement.kind === "Submission");
  const without = checkBatches(
    log.filter((leaf) => leaf !== first),
    checks,
  );
  expect(without.faults[0]?.why).toContain("was not asked for before");
});

it("tells a word of somebody who asked for one of the requests", () => {
  const own = changed((entry) =>
    entry.kind === "statement" && entry.statement.kind === "Submission"
      ? { ...entry, statement: { ...entry.statement, credential: parseName("carla-1") } }
      : entry,
  );
  expect(own.faults.map(({ why }) => why)).toEqual(["carla made a request of this batch"]);
});

it("tells a decision that lets the waits of a batch begin at another instant than its list was stored", async () => {
  const { instant } = log.find(({ entry }) => entry.kind === "batch")!.entry;
  const facts = (firstSeen: Instant, root = 0): Logged => {
    const [batch] = historyOf(log, parseName("GLD"), checks).past[0]?.heard.batches ?? [];
    const merkleRoot = root === 0 ? batch!.merkleRoot : idOf("root");
    return {
      index: log.length,
      entry: { kind: "allocation", facts: { batches: [{ ...batch!, merkleRoot, firstSeen }] } } as unknown as Entry,
    };
  };
  const faultsWith = (last: Logged): readonly string[] =>
    checkBatches([...log, last], checks).faults.map(({ why }) => why);
  expect(faultsWith(facts(instant))).toEqual([]);
  expect(faultsWith(facts(parseInstant(instant - 1)))[0]).toContain("was first seen at");
  expect(faultsWith(facts(instant, 1))[0]).toContain("the log has it never");
});

it("is what a draft is tried on: each request is heard with the words about its batch", () => {
  const { past } = historyOf(log, parseName("GLD"), checks);
  expect(past.map(({ heard }) => heard.batches)).toMatchObject(
    Array(3).fill([
      {
        count: 3,
        total: BigInt(units(1_200)),
        firstSeen: place.now,
        votes: [{ person: "carla" }, { person: "chris" }],
      },
    ]),
  );
});
