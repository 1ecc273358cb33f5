/** What a checkpoint says of our own log: cosigned, afresh or not, foreign, or proof that our journal is not the newest. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { testimonyOf, type OwnLog } from "../../../src/gate/witnessing.ts";
import { format, parse, withSignature } from "../../../src/log/checkpoint.ts";
import { cosignatureLine, cosignatureToSign } from "../../../src/log/cosignature.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import { logSigner, noteSigner, witnessesOf, witnessKey, wordLog, type WordLog } from "../../place/witness.ts";

const words = "one two three four five six".split(" ");
const log = wordLog(words);
const begun = 2;

const ownOf = (one: WordLog): OwnLog => ({ key: logSigner, size: one.size, rootAt: one.root });

function cosigned(text: string, ...lines: readonly (readonly [name: string, at: number])[]): string {
  return format(
    lines.reduce((signed, [name, at]) => {
      const key = witnessKey(name);
      const signature = fromBytes(key.sign(cosignatureToSign(signed.checkpoint, instant(at))));
      return withSignature(signed, cosignatureLine(key, { at: instant(at), signature }));
    }, parse(text)),
  );
}

const judge = (text: string, { min = 1, own = ownOf(log) } = {}): ReturnType<typeof testimonyOf> =>
  testimonyOf(text, own, { witnesses: witnessesOf(min, "w1", "w2") as never, begun, checks: nativeChecks() });

describe("a checkpoint of our log", () => {
  it("is cosigned when as many witnesses said so as the genesis asks for", () => {
    const text = cosigned(log.checkpoint(), ["w2", 1_000]);
    expect(judge(text)).toEqual({ kind: "cosigned", size: 6, by: ["w2"], afresh: true });
    expect(judge(text, { min: 2 })).toEqual({
      kind: "refused",
      code: "checkpoint.not-cosigned",
      why: "1 of 2 witnesses cosigned the checkpoint; not w1",
    });
    expect(judge(cosigned(text, ["w1", 1_005]), { min: 2 })).toMatchObject({ kind: "cosigned", by: ["w1", "w2"] });
  });

  it("is afresh when the leaf that our run began with is in it, whatever the witnesses' clocks say", () => {
    const afresh = (size: number, ...ats: readonly number[]): unknown => {
      const lines = ats.map((at, i) => [`w${i + 1}`, at] as const);
      return judge(cosigned(log.checkpoint(size), ...lines), { min: ats.length });
    };
    for (const at of [1, 1_000, 9_999_999_999]) {
      expect(afresh(begun + 1, at)).toMatchObject({ kind: "cosigned", afresh: true });
      expect(afresh(begun, at, at)).toMatchObject({ kind: "cosigned", afresh: false });
    }
    const text = cosigned(log.checkpoint(), ["w1", 1_000]);
    const given = { witnesses: witnessesOf(1, "w1") as never, checks: nativeChecks() };
    expect(testimonyOf(text, ownOf(log), { ...given, begun: undefined })).toMatchObject({ afresh: false });
  });

  it("that is longer than ours, or another history, is proof against our journal without any witness", () => {
    const short = ownOf(wordLog(words.slice(0, 5)));
    expect(judge(log.checkpoint(), { own: short })).toMatchObject({
      kind: "not-ours",
      why: "the log key signed 6 leaves, this journal has 5: it was put back to an earlier state",
    });
    const other = ownOf(wordLog([...words.slice(0, 5), "otherwise", "and more"]));
    expect(judge(log.checkpoint(), { own: other })).toMatchObject({ kind: "not-ours" });
    expect(judge(log.checkpoint(5), { own: other })).toMatchObject({ kind: "refused" });
  });

  it("that the log key did not sign proves nothing", () => {
    const thief = { ...noteSigner("thief"), name: logSigner.name };
    for (const text of [log.checkpoint(6, thief), wordLog(words, noteSigner("other")).checkpoint(), "nonsense"])
      expect(judge(text)).toMatchObject({ kind: "refused", code: "checkpoint.foreign" });
  });
});
