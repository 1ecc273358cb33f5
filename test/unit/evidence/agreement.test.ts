/** Observers agree at the newest block that enough of them saw alike, in any order, whatever a few of them say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agree, agreement, type Observation } from "../../../src/evidence/agreement.ts";
import { observedSchema } from "../../../src/policy/facts.ts";
import type { ChainObservation } from "../../../src/statement/message.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { parse as instant } from "../../../src/values/instant.ts";
import * as name from "../../../src/values/name.ts";

const now = instant(1_000);
let made = 0;

const seen = (
  observer: string,
  blockNumber: number,
  value: string,
  change: Partial<ChainObservation> = {},
): Observation => {
  made += 1;
  const message = {
    chainId: 31_337,
    blockNumber,
    blockHash: sha256(utf8(`block ${blockNumber}`)),
    blockTime: instant(blockNumber * 10),
    finalized: false,
    subject: "token:0x11",
    fact: "supply",
    value,
    expiresAt: instant(2_000),
    ...change,
  } as ChainObservation;
  return { observer: name.parse(observer), hash: sha256(utf8(`observation ${made}`)), message };
};

describe("observers agree", () => {
  it("on the newest block that enough of them saw alike", () => {
    const all = [seen("a", 10, "5"), seen("b", 10, "5"), seen("a", 12, "6"), seen("b", 11, "6")];
    expect(agree(all, 2, now)).toMatchObject({
      blockNumber: 10,
      value: "5",
      blockTime: 100,
      statements: [all[0]!.hash, all[1]!.hash].sort(),
    });
    expect(agree([...all, seen("b", 12, "6")], 2, now)).toMatchObject({ blockNumber: 12, value: "6" });
  });

  it("in the form that a decision takes", () => {
    expect(observedSchema.safeParse(agree([seen("a", 1, "1")], 1, now)).success).toBe(true);
  });

  it("only as distinct observers: one voice twice is one", () => {
    expect(agree([seen("a", 10, "5"), seen("a", 10, "5")], 2, now)).toBeUndefined();
  });

  it("not when hash, time or value differ", () => {
    for (const change of [{ blockHash: sha256(utf8("fork")) }, { blockTime: instant(1) }, { value: "6" }]) {
      expect(agreement([seen("a", 10, "5"), seen("b", 10, "5", change)], { min: 2, now })).toEqual({
        kind: "disagree",
        blockNumber: 10,
      });
    }
  });

  it("not on words that expired, at the very instant too", () => {
    expect(agree([seen("a", 10, "5"), seen("b", 10, "5", { expiresAt: now })], 2, now)).toBeUndefined();
    expect(agree([seen("a", 10, "5"), seen("b", 10, "5", { expiresAt: instant(1_001) })], 2, now)).toBeDefined();
  });

  it("never below a block already used", () => {
    const all = [seen("a", 10, "5"), seen("b", 10, "5")];
    expect(agree(all, 2, now, 11)).toBeUndefined();
    expect(agree(all, 2, now, 10)).toBeDefined();
  });

  it("on finality only when enough of them saw it", () => {
    const final = { finalized: true };
    expect(agree([seen("a", 10, "5", final), seen("b", 10, "5")], 2, now)?.finalized).toBe(false);
    expect(agree([seen("a", 10, "5", final), seen("b", 10, "5", final), seen("c", 10, "5")], 2, now)?.finalized).toBe(
      true,
    );
    expect(agree([seen("a", 10, "5"), seen("a", 10, "5", final), seen("b", 10, "5", final)], 2, now)?.finalized).toBe(
      true,
    );
  });

  it("on nothing when two camps are each large enough", () => {
    const camps = [seen("a", 10, "5"), seen("b", 10, "5"), seen("c", 10, "6"), seen("d", 10, "6")];
    expect(agreement([...camps, seen("a", 9, "5"), seen("b", 9, "5")], { min: 2, now })).toEqual({
      kind: "disagree",
      blockNumber: 10,
    });
    expect(agreement([seen("a", 10, "5"), seen("b", 10, "6")], { min: 1, now }).kind).toBe("disagree");
  });

  it("past one liar among enough honest ones", () => {
    expect(agree([seen("a", 10, "5"), seen("liar", 10, "9"), seen("b", 10, "5")], 2, now)?.value).toBe("5");
  });

  it("without an observer that says two things of one block", () => {
    const all = [seen("a", 10, "5"), seen("liar", 10, "5"), seen("liar", 10, "6")];
    expect(agreement(all, { min: 2, now })).toEqual({ kind: "disagree", blockNumber: 10 });
    expect(agree([...all, seen("b", 10, "5")], 2, now)?.statements).toHaveLength(2);
  });

  it("not at all when nobody said anything, or too few did", () => {
    expect(agreement([], { min: 1, now })).toEqual({ kind: "absent" });
    expect(agreement([seen("a", 10, "5"), seen("b", 11, "5")], { min: 2, now })).toEqual({ kind: "absent" });
  });

  it("about one fact at a time, and never by nobody", () => {
    expect(() => agree([seen("a", 1, "1"), seen("b", 1, "1", { fact: "paused" })], 2, now)).toThrow(InvariantViolation);
    expect(() => agree([], 0, now)).toThrow(InvariantViolation);
  });
});

describe("laws of agreement", () => {
  const observation = fc
    .record({
      observer: fc.constantFrom("a", "b", "c", "d"),
      block: fc.integer({ min: 1, max: 4 }),
      value: fc.constantFrom("5", "6"),
      finalized: fc.boolean(),
      expired: fc.boolean(),
    })
    .map(({ observer, block, value, finalized, expired }) =>
      seen(observer, block, value, { finalized, expiresAt: instant(expired ? 500 : 2_000) }),
    );
  const min = fc.integer({ min: 1, max: 4 });

  it("the order of statements never matters", () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12 }), min, fc.infiniteStream(fc.nat()), (all, needed, chance) => {
        const shuffled = all
          .map((one) => ({ one, rank: Number(chance.next().value) }))
          .sort((x, y) => x.rank - y.rank)
          .map(({ one }) => one);
        expect(agreement(shuffled, { min: needed, now })).toEqual(agreement(all, { min: needed, now }));
      }),
    );
  });

  it("what is agreed is said by that many observers, who recompute it from their own statements alone", () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12 }), min, (all, needed) => {
        const agreed = agree(all, needed, now);
        if (agreed === undefined) return;
        const voices = all.filter((one) => agreed.statements.includes(one.hash));
        expect(new Set(voices.map((one) => one.observer)).size).toBeGreaterThanOrEqual(needed);
        expect(
          voices.every((one) => one.message.value === agreed.value && one.message.blockNumber === agreed.blockNumber),
        ).toBe(true);
        expect(agree(voices, needed, now)).toEqual(agreed);
      }),
    );
  });

  it("fewer than the minimum never make a fact, whatever they say", () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 20 }), (all) => {
        const few = all.filter((one) => one.observer === "a" || one.observer === "b");
        expect(agree(few, 3, now)).toBeUndefined();
      }),
    );
  });
});
