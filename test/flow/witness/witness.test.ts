/** A witness under attack: forks, shrinking, foreign keys, races and kills; it cosigns one history and never another. */
import { describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { format } from "../../../src/log/add-checkpoint.ts";
import * as checkpoint from "../../../src/log/checkpoint.ts";
import { verifyCosignature } from "../../../src/log/cosignature.ts";
import { parseLines } from "../../../src/log/signed-note.ts";
import { logSigner, noteSigner, openWitness, witnessKey, wordLog, type Answer } from "../../place/witness.ts";

const checks = nativeChecks();
const words = "a genesis and then some more words of one and the same log".split(" ");
const log = wordLog(words);
const fork = wordLog([...words.slice(0, 4), "another", "history"]);

/** What the witness's line says of the checkpoint. */
function said(answer: Answer, text: string, name = "witness.example/w1"): unknown {
  if (answer.kind !== "cosigned") return answer.kind;
  const [line] = parseLines(answer.lines);
  return verifyCosignature(checkpoint.withSignature(checkpoint.parse(text), line!), witnessKey(name), checks);
}

describe("a witness", () => {
  test("cosigns a log from its first checkpoint on, each time at its own time", async () => {
    const witness = openWitness();
    expect(witness.newest()).toBeUndefined();
    expect(said(await witness.add(log.ask(0, 3)), log.checkpoint(3))).toEqual({ kind: "cosigned", at: 1_800_000_000 });
    witness.now += 60;
    expect(said(await witness.add(log.ask(3, 7)), log.checkpoint(7))).toEqual({ kind: "cosigned", at: 1_800_000_060 });
    const newest = checkpoint.parse(witness.newest()!);
    expect(newest.checkpoint.size).toBe(7);
    expect(verifyCosignature(newest, witness.key, checks)).toEqual({ kind: "cosigned", at: 1_800_000_060 });
  });

  test("cosigns the same checkpoint again, and again later", async () => {
    const witness = openWitness();
    await witness.add(log.ask(0, 5));
    witness.now += 1;
    expect(said(await witness.add(log.ask(5, 5)), log.checkpoint(5))).toEqual({ kind: "cosigned", at: 1_800_000_001 });
  });

  test("says which size it knows when it is asked to go on from another", async () => {
    const witness = openWitness();
    expect(await witness.add(log.ask(2, 5))).toMatchObject({ kind: "conflict", size: 0 });
    await witness.add(log.ask(0, 5));
    expect(await witness.add(log.ask(0, 9))).toMatchObject({ kind: "conflict", size: 5 });
    expect(await witness.add(log.ask(7, 9))).toMatchObject({ kind: "conflict", size: 5 });
  });

  test("refuses a log that shrank", async () => {
    const witness = openWitness();
    await witness.add(log.ask(0, 8));
    expect(await witness.add(log.ask(0, 4))).toMatchObject({ kind: "conflict", size: 8 });
    expect(await witness.add(log.ask(4, 4))).toMatchObject({ kind: "conflict", size: 8 });
    const shrunk = format({ oldSize: 8, proof: [], checkpoint: log.checkpoint(4) });
    expect(await witness.add(shrunk)).toMatchObject({ kind: "malformed" });
    expect(checkpoint.parse(witness.newest()!).checkpoint.size).toBe(8);
  });

  test("refuses a fork, whatever proof comes with it", async () => {
    const witness = openWitness();
    await witness.add(log.ask(0, 5));
    for (const body of [fork.ask(5, 6), fork.ask(4, 6), fork.ask(0, 6)])
      expect((await witness.add(body)).kind).not.toBe("cosigned");
    expect((await witness.add(fork.ask(5, 6))).kind).toBe("inconsistent");
    const borrowed = format({ oldSize: 5, proof: [log.root(5)], checkpoint: fork.checkpoint(6) });
    expect((await witness.add(borrowed)).kind).toBe("inconsistent");
    expect(said(await witness.add(log.ask(5)), log.checkpoint())).toMatchObject({ kind: "cosigned" });
  });

  test("calls two roots of one size what they are", async () => {
    const witness = openWitness();
    await witness.add(log.ask(0, 5));
    const answer = await witness.add(format({ oldSize: 5, proof: [], checkpoint: fork.checkpoint(5) }));
    expect(answer).toMatchObject({ kind: "conflict", size: 5 });
    expect("why" in answer && answer.why.startsWith("FORK")).toBe(true);
  });

  test("takes no proof where none is needed, and none that is too long", async () => {
    const witness = openWitness();
    expect((await witness.add(format({ oldSize: 0, proof: [log.root()], checkpoint: log.checkpoint() }))).kind).toBe(
      "inconsistent",
    );
    await witness.add(log.ask(0, 5));
    expect((await witness.add(format({ oldSize: 5, proof: [log.root()], checkpoint: log.checkpoint(5) }))).kind).toBe(
      "inconsistent",
    );
  });

  test("knows one log and one log key", async () => {
    const witness = openWitness();
    const stranger = noteSigner("countersign/other-log");
    expect((await witness.add(wordLog(words, stranger).ask(0))).kind).toBe("unknown-log");
    const forged = log.checkpoint(5, { ...noteSigner("x", "thief"), name: logSigner.name });
    expect((await witness.add(format({ oldSize: 0, proof: [], checkpoint: forged }))).kind).toBe("not-signed");
    const moved = log.checkpoint(5).replace(/\n5\n/, "\n6\n");
    expect((await witness.add(format({ oldSize: 0, proof: [], checkpoint: moved }))).kind).toBe("not-signed");
    expect(witness.newest()).toBeUndefined();
  });

  test.each([
    ["nothing", ""],
    ["no blank line", "old 0\n"],
    ["no old size", `new 0\n\n${log.checkpoint()}`],
    ["a size with a zero before it", `old 00\n\n${log.checkpoint()}`],
    ["a negative size", `old -1\n\n${log.checkpoint()}`],
    ["a hash that is too short", `old 1\nAAAA\n\n${log.checkpoint()}`],
    ["a proof without end", `old 1\n${`${"A".repeat(43)}=\n`.repeat(64)}\n${log.checkpoint()}`],
    ["an extension line", `old 0\n\n${log.checkpoint().replace("\n\n", "\nmore\n\n")}`],
    ["an old size above the new one", format({ oldSize: 99, proof: [], checkpoint: log.checkpoint() })],
  ])("does not understand %s", async (_, body) => {
    expect((await openWitness().add(body)).kind).toBe("malformed");
  });

  test("cosigns one of two that race, and tells the other which size it is at", async () => {
    const witness = openWitness();
    await witness.add(log.ask(0, 4));
    // Both are checked before either is stored.
    let arrived = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    witness.fault = async (point) => {
      if (point !== "witness:signed") return;
      arrived += 1;
      if (arrived === 2) open();
      await both;
    };
    const answers = await Promise.all([witness.add(log.ask(4, 6)), witness.add(fork.ask(4, 6))]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(["conflict", "cosigned"]);
    expect(answers.find(({ kind }) => kind === "conflict")).toMatchObject({ size: 6 });
  });

  test("that cannot remember cosigns nothing", async () => {
    const witness = openWitness();
    const heads = { ...witness.heads, replace: () => false };
    expect((await openWitness("witness.example/w1", { heads }).add(log.ask(0))).kind).toBe("conflict");
  });
});
