/** The records that a log holds, read without asking anybody: who signed which, and what nobody could have signed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { ceremonyMessage, isComplete } from "../../../src/gate/key-ceremony.ts";
import { keyRecordsIn } from "../../../src/gate/key-records.ts";
import { recount } from "../../../src/gate/recount.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { keyRecordHash } from "../../../src/roster/key-record.ts";
import { logOf, take } from "../../place/bundle-maker.ts";
import { openPlace, type GatePlace } from "../../place/gate.ts";
import { ceremonyBy, recordOf } from "../../place/key-record.ts";
import { sign } from "../../place/people.ts";

const checks = nativeChecks();
const made = recordOf();
const found = recordOf("hsm-2", { ceremony: "found" });
let place: GatePlace;
let log: readonly Logged[];

beforeAll(async () => {
  place = openPlace();
  const { deploymentId } = place.deployment;
  for (const by of ["otto", "olga"] as const) await take(place, ...ceremonyBy(by, deploymentId, made));
  await take(place, ...ceremonyBy("olga", deploymentId, found));
  log = logOf(place).map(({ index, entry }) => ({ index, entry: entrySchema.parse(entry) }));
});
afterAll(async () => {
  await place.close();
});

describe("records of ceremonies", () => {
  it("are read from the log, each with who signed it", () => {
    const records = keyRecordsIn(log, checks);
    expect(records.map(({ hash, signedBy, leaf }) => ({ hash, signedBy, leaf }))).toEqual([
      { hash: keyRecordHash(made), signedBy: ["otto", "olga"], leaf: 1 },
      { hash: keyRecordHash(found), signedBy: ["olga"], leaf: 3 },
    ]);
    expect(records.map(({ record }) => record)).toEqual([made, found]);
    expect(records.map(isComplete)).toEqual([true, false]);
  });

  it("disturb nothing that is counted", () => {
    expect(recount(log, checks)).toEqual({ allocations: 0, miscounts: [] });
  });

  it.each<[string, Parameters<typeof sign>[0]]>([
    ["somebody whom the record does not name", "omar"],
    ["somebody who holds no ceremonies", "carla"],
  ])("of %s are no log of ours", (_, by) => {
    const { deploymentId } = place.deployment;
    const forged = log.map((leaf): Logged => {
      const { entry } = leaf;
      if (leaf.index !== 1 || entry.kind !== "statement") return leaf;
      return { ...leaf, entry: { ...entry, statement: sign(by, deploymentId, "KeyCeremony", ceremonyMessage(made)) } };
    });
    expect(() => keyRecordsIn(forged, checks)).toThrow("leaf 1 is signed by nobody who held the ceremony it tells of");
  });

  it("whose statement nobody signed, or whose record was changed, are no log of ours", () => {
    const changed = (edit: object): readonly Logged[] =>
      log.map((leaf) => (leaf.index === 1 ? { ...leaf, entry: { ...leaf.entry, ...edit } } : leaf));
    const other = sign("otto", place.deployment.policyHash, "KeyCeremony", ceremonyMessage(made));
    expect(() => keyRecordsIn(changed({ statement: other }), checks)).toThrow("leaf 1 is signed by nobody");
    const record = { ...made, madeAt: made.madeAt + 1 };
    expect(() => keyRecordsIn(changed({ attachment: record }), checks)).toThrow("the record has another madeAt");
  });
});
