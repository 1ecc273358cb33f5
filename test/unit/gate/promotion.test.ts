/** Who follows whom is read from leaves that prove themselves: people's signatures, and nobody's word. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { followGates, gatesIn, openStanding } from "../../../src/gate/promotion.ts";
import { logKeyOf } from "../../../src/gate/standing.ts";
import type { Entry } from "../../../src/log/entry.ts";
import { holdLog } from "../../../src/sdk/whole-log.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bringEvidence, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf, submission } from "../../place/gold.ts";
import { rosterOf } from "../../place/people.ts";
import { nextRoster } from "../../place/spare.ts";
import {
  closeAll,
  entriesOf,
  firstKey,
  followed,
  leavesOf,
  nextKey,
  openGatePlace,
  signedMint,
} from "../../place/succession.ts";

const checks = nativeChecks();
const deployment = goldDeployment();
const epochs = [
  { epoch: 1, logKey: firstKey.publicKey },
  { epoch: 2, logKey: nextKey.publicKey },
];

type Shown = { readonly leaves: readonly string[]; readonly checkpoint: string };
let before: Shown;
let after: Shown;
let entries: readonly Entry[];
let shown: readonly Entry[];

async function shownBy(place: GatePlace): Promise<Shown> {
  return { leaves: leavesOf(place), checkpoint: (await place.head()).checkpoint };
}

beforeAll(async () => {
  const place = openGatePlace(deployment);
  await bringEvidence(place);
  await signedMint(place, "D-1");
  before = await shownBy(place);
  const standby = await followed(place);
  after = await shownBy(standby);
  entries = entriesOf(standby);
  shown = gatesIn(entries);
});
afterAll(closeAll);

const fileWith = (promotions: readonly Entry[]): unknown => ({
  ...(deployment.file as object),
  promotions: promotions.map(toWire),
});
const held = ({ leaves, checkpoint }: Shown, file: unknown = deployment.file): number =>
  holdLog(
    { standing: openStanding(file, checks), checks },
    checkpoint,
    leaves.map((leaf, index) => ({ index, leaf })),
  ).size;

describe("the gates of a deployment", () => {
  test("are read from the whole log, and from a genesis file that shows the promotions alone", () => {
    expect(followGates(entries, checks).epochs).toEqual(epochs);
    expect(shown.map(({ kind }) => kind)).toEqual(["statement", "statement", "promotion"]);
    const standing = openStanding(fileWith(shown), checks);
    expect([standing.deploymentId, standing.epochs]).toEqual([deployment.deploymentId, epochs]);
    expect(logKeyOf(standing)).toBe(nextKey.publicKey);
    expect(logKeyOf(openStanding(deployment.file, checks))).toBe(firstKey.publicKey);
    expect(gatesIn(entries.slice(0, -1))).toEqual([]);
  });

  test("make a log held by the key in office; who knows of a later gate believes no earlier one", () => {
    expect([held(before), held(after), held(after, fileWith(shown))]).toEqual([
      ...[before.leaves.length, after.leaves.length, after.leaves.length],
    ]);
    expect(() => held(before, fileWith(shown))).toThrow("not signed by the log key");
    const shownTwo = openStanding(fileWith(shown), checks);
    const third = { epoch: 3, logKey: idOf("a third log key") };
    const leaves = after.leaves.map((leaf, index) => ({ index, leaf }));
    const knowing = { ...shownTwo, epochs: [...shownTwo.epochs, third] } as const;
    expect(() => holdLog({ standing: knowing, checks }, after.checkpoint, leaves)).toThrow("not signed by the log key");
    const cut = { ...after, checkpoint: before.checkpoint };
    expect(() => held(cut)).toThrow("not signed by the log key");
  });
});

test("another genesis among the leaves, with other people, is refused", () => {
  const other = goldDeployment({ overrides: { salt: idOf("another deployment") } });
  const genesis = { ...entries[0]!, file: other.file } as Entry;
  expect(() => openStanding(fileWith([genesis, ...shown]), checks)).toThrow("a log has one genesis");
  expect(() => followGates(shown, checks)).toThrow("does not begin with a genesis");
});

describe("a promotion is nobody's", () => {
  const forged: readonly (readonly [string, (first: Entry, second: Entry, last: Entry) => readonly Entry[]])[] = [
    ["without the statements", (_, __, last) => [last]],
    ["by one person", (first, second, last) => [first, second, { ...last, statements: named(last).slice(1) } as Entry]],
    [
      "by one person twice",
      (first, second, last) => [first, second, { ...last, statements: [named(last)[0], named(last)[0]] } as Entry],
    ],
    ["with another key", (first, second, last) => [first, second, { ...last, logKey: idOf("mine") } as Entry]],
    ["of another epoch", (first, second, last) => [first, second, { ...last, epoch: 3 }]],
    ["of another log", (first, second, last) => [first, second, { ...last, root: idOf("mine") } as Entry]],
    ["a second time", (first, second, last) => [first, second, last, last]],
    [
      "after it expired",
      (first, second, last) => [first, second, { ...last, instant: parseInstant(last.instant + 1_000) }],
    ],
  ];
  const named = (entry: Entry): readonly unknown[] => (entry.kind === "promotion" ? entry.statements : []);

  test.each(forged)("%s", (_, forge) => {
    const [first, second, last] = shown;
    const promotions = forge(first!, second!, last!);
    expect(() => openStanding(fileWith(promotions), checks)).toThrow("nobody promoted this gate");
  });
});

test("a document that came into force before its wait was over lets nobody promote", async () => {
  const place = openGatePlace(deployment);
  await bringEvidence(place);
  const before = rosterOf([deployment.key]);
  const people = before.people.filter(({ id }) => id !== "ivan");
  const { deploymentId } = deployment;
  await nextRoster(place, { deploymentId, before, people, class: "loosen", by: ["otto", "olga"] });
  const agreedAt = place.now;
  place.now += 3_600;
  await place.admit(submission(deployment, { now: place.now }));
  const promotions = gatesIn(entriesOf(await followed(place)));
  const opened = (at: number): unknown => {
    const moved = promotions.map((one) => (one.kind === "activation" ? { ...one, instant: parseInstant(at) } : one));
    return openStanding(fileWith(moved), checks).epochs;
  };
  expect(opened(agreedAt + 3_600)).toEqual(epochs);
  expect(() => opened(agreedAt + 3_599)).toThrow("came into force before its wait was over");
});
