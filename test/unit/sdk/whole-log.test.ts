/** A whole log held against its checkpoint: every leaf, in order, of our own genesis, and nothing beside them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { standingFromGenesis } from "../../../src/gate/change.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { holdLog, leavesOf, openCheckpoint, type Leaf, type LogTrust } from "../../../src/sdk/whole-log.ts";
import type { Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bringEvidence, openPlace, type GatePlace } from "../../place/gate.ts";
import { firstWitness, witnessesOf } from "../../place/witness.ts";
import { goldDeployment, submission } from "../../place/gold.ts";

const checks = nativeChecks();
let place: GatePlace;
let trust: LogTrust;
let checkpoint: string;
let leaves: readonly Leaf[];

beforeAll(async () => {
  place = openPlace();
  trust = trustIn(place.deployment.file);
  await bringEvidence(place);
  await place.admit(submission(place.deployment, { now: place.now }));
  ({ checkpoint } = await place.head());
  leaves = place.journal
    .leaves(0, place.journal.size())
    .map(({ bytes }, index) => ({ index, leaf: new TextDecoder().decode(bytes) }));
});

afterAll(async () => {
  await place.close();
});

function trustIn(file: Json): LogTrust {
  return { checks, standing: standingFromGenesis(checkGenesis(file, checks)) };
}

const refusal = (code: string): unknown => expect.objectContaining({ name: "InvalidValue", code });

describe("a whole log", () => {
  it("is all of its leaves, read, under the root that the log key signed", () => {
    const log = holdLog(trust, checkpoint, leaves);
    expect(log).toMatchObject({ size: leaves.length, cosigned: [], checkpoint });
    expect(log.entries.map(({ entry }) => entry.kind).slice(0, 1)).toEqual(["genesis"]);
    expect(log.entries).toHaveLength(leaves.length);
  });

  it.each<[string, (all: readonly Leaf[]) => readonly Leaf[], string]>([
    ["a leaf less", (all) => all.slice(0, -1), "log.size"],
    ["a leaf twice", (all) => [...all, all.at(-1)!], "log.size"],
    [
      "two leaves the other way round",
      (all) => all.with(1, { ...all[2]!, index: 1 }).with(2, { ...all[1]!, index: 2 }),
      "log.root",
    ],
    [
      "a leaf that says something else",
      (all) => all.with(1, { index: 1, leaf: all[1]!.leaf.replace(/\d/, "7") }),
      "log.root",
    ],
  ])("is none with %s", (_, change, code) => {
    expect(() => holdLog(trust, checkpoint, change(leaves))).toThrow(refusal(code));
  });

  it("is none of another deployment, and none that too few witnesses saw", () => {
    const other = trustIn(goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } }).file);
    expect(() => openCheckpoint(other, checkpoint)).toThrow(refusal("log.checkpoint-origin"));
    const { genesis } = trust.standing;
    const strict = {
      ...trust,
      standing: { ...trust.standing, genesis: { ...genesis, witnesses: other.standing.genesis.witnesses } },
    };
    expect(() => openCheckpoint(strict, checkpoint)).toThrow(refusal("log.not-cosigned"));
  });
});

describe("leaves that are read page by page", () => {
  const six: readonly Leaf[] = Array.from({ length: 6 }, (_, index) => ({ index, leaf: "{}" }));
  const answering =
    (all: readonly Leaf[]) =>
    (from: number, limit: number): Promise<Json> =>
      Promise.resolve(toWire({ leaves: all.filter(({ index }) => index >= from).slice(0, Math.min(2, limit)) }));
  const read = async (all: readonly Leaf[], from: number, until: number): Promise<readonly number[]> => {
    const found: number[] = [];
    for await (const { index } of leavesOf(answering(all), { from, until })) found.push(index);
    return found;
  };

  it("come in order, and end where they are asked to", async () => {
    expect(await read(six, 0, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(await read(six, 3, 4)).toEqual([3]);
    expect(await read(six, 3, 3)).toEqual([]);
  });

  it("say which of them the service leaves out", async () => {
    const gap = { name: "Fault", code: "client.log-gap", message: "the service does not show leaf 2" };
    await expect(
      read(
        six.filter(({ index }) => index !== 2),
        0,
        5,
      ),
    ).rejects.toThrow(expect.objectContaining(gap));
    await expect(read(six.slice(0, 2), 0, 5)).rejects.toThrow(expect.objectContaining(gap));
  });
});
