/** A request that was agreed to in a batch: its bundle shows that it stands in what people signed, and nothing of the others. */
import { beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import type { BatchPlace, BundleFile } from "../../../src/bundle/bundle.ts";
import { verifyBundle, type Verdict } from "../../../src/bundle/verify.ts";
import { rehash, replaceAt, type Loose } from "../../property/bundle/mutation.ts";
import { batchBundle } from "../../place/bundle-maker.ts";

let made: Awaited<ReturnType<typeof batchBundle>>;

beforeAll(async () => {
  made = await batchBundle();
});

const verdictOn = (bundle: unknown): Verdict => verifyBundle(bundle, made.genesis, nativeChecks());
const places = ({ batches = [] }: BundleFile): readonly BatchPlace[] => batches;
const withPlaces = (batches: unknown): unknown => ({ ...made.bundle, batches });

describe("a verified bundle of a batch", () => {
  it("says who agreed to the batch and in which seats, whose word about the request alone took none, and nothing of batches that were not counted", () => {
    const verdict = verifyBundle(made.bundle, made.genesis, nativeChecks(), nobleChecks);
    if (verdict.kind === "wrong") throw new Error(`${verdict.field}: ${verdict.why}`);
    expect(verdict.report.agreed.map(({ person, seat, reason }) => [person, seat, reason])).toEqual([
      ["carla", null, "seen"],
      ["carla", "custodians", "with all of a batch of 3, 1,200 GLD"],
      ["chris", "custodians", "with all of a batch of 3, 1,200 GLD"],
      ["cora", "compliance", "with all of a batch of 3, 1,200 GLD"],
    ]);
    expect(verdict.report.policy).toMatchObject({ rule: "mint", tier: 1 });
    expect(verdict.report.doesNotProve.join()).toContain("what the other requests of a batch are");
  });

  it("holds no list of the others, and is verified for each of them", () => {
    expect(made.others.map(({ bundle }) => verdictOn(bundle).kind)).toEqual(["verified", "verified"]);
    expect(made.bundle.leaves.map(({ entry }) => (entry as { kind: string }).kind)).not.toContain("batch");
    for (const { requestId } of made.others) expect(JSON.stringify(made.bundle)).not.toContain(requestId);
  });
});

describe("a bundle of a batch is wrong", () => {
  it("without the proof that the request stands in it", () => {
    const { batches, ...without } = made.bundle;
    expect(batches).toHaveLength(1);
    expect(verdictOn(without)).toMatchObject({ kind: "wrong", field: "batches" });
  });

  it("with the proof of another request of the batch", () => {
    const [other] = places(made.others[0]!.bundle);
    expect(verdictOn(withPlaces([other]))).toMatchObject({ kind: "wrong", field: "batches[0]" });
  });

  it("with a proof twice, or of a batch that nobody signed", () => {
    const [first] = places(made.bundle);
    expect(verdictOn(withPlaces([first, first]))).toMatchObject({ field: "batches[1].merkleRoot" });
    const stray = { ...first!, merkleRoot: `0x${"1".repeat(64)}` };
    expect(verdictOn(withPlaces([first, stray]))).toMatchObject({ field: "batches[1].merkleRoot" });
  });

  it.each([
    ["before the request was asked for", -8],
    ["after the first word about it", 1],
  ])("that says its list was stored %s", (_, seconds) => {
    const copy = (): Loose => JSON.parse(JSON.stringify(made.bundle)) as Loose;
    const bundle = copy();
    const at = bundle.leaves.findIndex(({ entry }) => entry["kind"] === "allocation");
    const { facts } = bundle.leaves[at]!.entry as { facts: { batches: { firstSeen: number }[] } };
    const keys = ["leaves", at, "entry", "facts", "batches", 0, "firstSeen"];
    replaceAt(bundle, keys, facts.batches[0]!.firstSeen + seconds);
    rehash(bundle, copy(), keys);
    const verdict = verdictOn(bundle);
    if (verdict.kind !== "wrong") throw new Error(verdict.kind);
    const field = `leaves[${at}].entry.facts.batches[0].firstSeen`;
    expect(verdict.why).toContain(`the batch was stored at another time (${field} or leaves[`);
  });

  it.each(["carla", "chris", "cora"])("without the word of %s", (by) => {
    const leaves = made.bundle.leaves.filter(({ entry }) => {
      const { statement } = entry as { statement?: { kind: string; credential: string } };
      return statement?.kind !== "BatchApproval" || statement.credential !== `${by}-1`;
    });
    expect(leaves.length).toBe(made.bundle.leaves.length - 1);
    expect(verdictOn({ ...made.bundle, leaves }).kind).toBe("wrong");
  });
});
