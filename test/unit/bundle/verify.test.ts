/** What a verified bundle tells, and which bundles are refused although every single value in them is genuine. */
import { beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { verifyBundle, type Verdict } from "../../../src/bundle/verify.ts";
import { reportLines } from "../../../src/bundle/words.ts";
import { inclusionProof } from "../../../src/log/merkle.ts";
import { leafHash } from "../../../src/log/merkle.ts";
import { encodeLeaf } from "../../../src/log/leaf.ts";
import { fullBundle, plainBundle, type MadeBundle } from "../../place/bundle-maker.ts";
import { grow } from "../log/memory-tree.ts";

type Loose = { leaves: { index: number; entry: Record<string, unknown>; proof: unknown }[] } & Record<string, unknown>;

let full: MadeBundle;
let plain: MadeBundle;
const checks = nativeChecks();

beforeAll(async () => {
  full = await fullBundle();
  plain = await plainBundle();
});

const copyOf = (made: MadeBundle): Loose => structuredClone(made.bundle) as unknown as Loose;
const verdictOn = (bundle: unknown, made = full): Verdict => verifyBundle(bundle, made.genesis, checks);

/** The bundle with another leaf of the same log, proven. */
function withLeaf(made: MadeBundle, index: number): Loose {
  const bundle = copyOf(made);
  const tree = grow(made.log.map(({ entry }) => leafHash(encodeLeaf(entry))));
  const entry = made.log[index]!.entry as Record<string, unknown>;
  bundle.leaves.push({ index, entry, proof: inclusionProof(index, made.log.length, tree.readNode) });
  bundle.leaves.sort((a, b) => a.index - b.index);
  return bundle;
}

const positionOf = (made: MadeBundle, kind: string): number =>
  made.bundle.leaves.findIndex(({ entry }) => (entry as { kind: string }).kind === kind);

describe("a verified bundle", () => {
  it("tells who agreed to what, under which clause, and who vouches for each fact", () => {
    const verdict = verifyBundle(full.bundle, full.genesis, checks, nobleChecks);
    if (verdict.kind === "wrong") throw new Error(`${verdict.field}: ${verdict.why}`);
    const { report } = verdict;
    expect(report.intent).toMatch(/^mint 1,500 GLD to 0x/);
    expect(report.initiator).toMatchObject({ person: "ida", credentialKind: "key" });
    expect(report.agreed.map(({ person, credentialKind, seat }) => [person, credentialKind, seat])).toEqual([
      ["carla", "wallet", "custodians"],
      ["chris", "key", "custodians"],
      ["cora", "wallet", "compliance"],
    ]);
    expect(report.policy).toMatchObject({ asset: "GLD", version: 2, rule: "mint", tier: 1 });
    expect(report.roster.version).toBe(2);
    expect(report.transactions.map(({ nonce }) => nonce)).toEqual([1, 1]);
    expect(report.outcome).toMatchObject({ status: "success", blockNumber: 33, by: "observers obs-1, obs-2" });
    expect(report.facts.find(({ fact }) => fact.endsWith(" supply"))?.by).toMatch(/^2 observers \(2 needed\)/);
    expect(report.facts.find(({ fact }) => fact === "reserves")?.by).toBe("attestor vault-auditor");
    const used = report.facts.filter(({ fact }) => fact.startsWith("used of "));
    expect(used.map(({ fact, value }) => [fact, value])).toEqual([
      ["used of ceiling.day", "100 GLD by 1 request"],
      ["used of ceiling.fees", "0.05 ETH by 1 request"],
      ["used of limit.mint-day", "100 GLD by 1 request"],
    ]);
    expect(new Set(used.map(({ by }) => by))).toEqual(
      new Set(["the gate's journal, under its log key; the whole log lets anybody count it again"]),
    );
    const lines = reportLines(report).join("\n");
    expect(lines).toMatch(/^verified: request 0x/);
    expect(lines).toContain("agreed     Carla (carla) with wallet carla-1 in a seat of custodians");
    expect(lines).toContain("what this does not prove");
  });

  it("says that nothing was mined yet when that is so", () => {
    const verdict = verdictOn(plain.bundle, plain);
    if (verdict.kind === "wrong") throw new Error(`${verdict.field}: ${verdict.why}`);
    expect(verdict.report.outcome).toBeNull();
    expect(verdict.report.doesNotProve.join()).toContain("that the transaction was mined");
  });

  it("needs no receipts", () => {
    const { receipts, ...bundle } = copyOf(full);
    expect(receipts).toHaveLength(4);
    expect(verdictOn(bundle)).toMatchObject({ kind: "verified" });
  });
});

describe("a bundle is wrong", () => {
  it("when it is no bundle", () => {
    for (const bundle of [undefined, null, 1, "x", [], {}, { leaves: [] }]) {
      expect(verdictOn(bundle)).toMatchObject({ kind: "wrong" });
    }
  });

  it("when a key is unknown, at any depth", () => {
    expect(verdictOn({ ...copyOf(full), note: "x" })).toMatchObject({ kind: "wrong", field: "note" });
    const bundle = copyOf(full);
    bundle.leaves[positionOf(full, "allocation")]!.entry["note"] = 1;
    expect(verdictOn(bundle)).toMatchObject({ field: `leaves[${positionOf(full, "allocation")}].entry.note` });
  });

  it("when a number has no canonical form", () => {
    const bundle = copyOf(full);
    bundle.leaves[3]!.entry["epoch"] = 0.5;
    expect(verdictOn(bundle)).toMatchObject({ kind: "wrong", field: "leaves[3].entry.epoch" });
    bundle.leaves[3]!.entry["epoch"] = -0;
    expect(verdictOn(bundle)).toMatchObject({ kind: "wrong", field: "leaves[3].entry.epoch" });
  });

  it("when it is nested without end", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    expect(verdictOn(deep)).toMatchObject({ kind: "wrong" });
  });

  it("when an address is spelled otherwise than in the log", () => {
    const bundle = copyOf(full);
    const { statement } = bundle.leaves.find(
      ({ entry }) => "statement" in entry && JSON.stringify(entry).includes('"Submission"'),
    )!.entry as { statement: { message: Record<string, string> } };
    statement.message["account"] = statement.message["account"]!.toUpperCase().replace("0X", "0x");
    expect(verdictOn(bundle)).toMatchObject({ kind: "wrong" });
  });

  it("when any one leaf is missing", () => {
    for (const position of full.bundle.leaves.keys()) {
      const bundle = copyOf(full);
      const [gone] = bundle.leaves.splice(position, 1);
      const isSpend =
        gone!.index < 15 && JSON.stringify(gone!.entry).includes('"DEPOSIT-1"') && "statement" in gone!.entry;
      const verdict = verdictOn(bundle);
      // An earlier use of a limit is shown as a courtesy: without it the journal alone vouches for that use.
      expect({ position, kind: verdict.kind }).toEqual({ position, kind: isSpend ? "verified" : "wrong" });
    }
  });

  it("when a genuine leaf is in it that nothing needs", () => {
    const present = new Set(full.bundle.leaves.map(({ index }) => index));
    const others = full.log.filter(({ index }) => !present.has(index));
    expect(others.length).toBeGreaterThan(5);
    for (const { index } of others) {
      const verdict = verdictOn(withLeaf(full, index));
      expect({ index, kind: verdict.kind }).toEqual({ index, kind: "wrong" });
    }
  });

  it("when a proof of possession was changed in a genesis that held a moment ago", () => {
    expect(verdictOn(plain.bundle, plain)).toMatchObject({ kind: "verified" });
    const bundle = copyOf(plain);
    const { possessions } = bundle.leaves[0]!.entry["file"] as { possessions: { proof: { signature: string } }[] };
    const [one, other] = possessions;
    one!.proof.signature = other!.proof.signature;
    const verdict = verdictOn(bundle, plain);
    expect(verdict).toMatchObject({ kind: "wrong", field: "leaves[0].entry.file.possessions[0]" });
  });

  it("when it is of another deployment than the one that was pinned a moment ago", () => {
    expect(verdictOn(plain.bundle, plain)).toMatchObject({ kind: "verified" });
    const verdict = verifyBundle(plain.bundle, plain.requestId, checks);
    expect(verdict).toMatchObject({ kind: "wrong", field: "leaves[0].entry.file" });
  });

  it("when two leaves changed places", () => {
    const bundle = copyOf(full);
    const [a, b] = [bundle.leaves[3]!, bundle.leaves[4]!];
    bundle.leaves[3] = b;
    bundle.leaves[4] = a;
    expect(verdictOn(bundle)).toMatchObject({ kind: "wrong" });
  });

  it("when it names another request of the same log", () => {
    expect(verdictOn({ ...copyOf(full), requestId: `0x${"77".repeat(32)}` })).toMatchObject({ field: "requestId" });
  });

  it("when the checkpoint is of another log", () => {
    const bundle = { ...copyOf(full), checkpoint: plain.bundle.checkpoint };
    expect(verdictOn(bundle)).toMatchObject({ kind: "wrong" });
  });

  it("when the second library does not agree with the first", () => {
    const deaf = { ...checks, recoverSecp256k1: () => undefined };
    const verdict = verifyBundle(full.bundle, full.genesis, checks, deaf);
    expect(verdict).toMatchObject({ kind: "wrong", why: expect.stringContaining("second of two") as string });
  });

  it("whatever a library that accepts everything says of the root", () => {
    const credulous = { ...checks, verifyEd25519: () => true };
    const bundle = copyOf(full);
    const allocation = bundle.leaves[positionOf(full, "allocation")]!.entry as {
      instant: number;
      facts: { now: number };
    };
    allocation.instant += 1;
    allocation.facts.now += 1;
    expect(verifyBundle(bundle, full.genesis, credulous)).toMatchObject({ kind: "wrong" });
  });
});
