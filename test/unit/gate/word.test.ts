/** How old a word of the witnesses is: as the head that it is about, by a clock that only goes on and by the time of day. */
import { describe, expect, it } from "vitest";
import { askedMs, heldMs, quietMs, Word, type Moment } from "../../../src/gate/word.ts";
import { parse as instant } from "../../../src/values/instant.ts";

const at = (ms: number, seconds = Math.floor(ms / 1_000)): Moment => ({ ticks: ms, at: instant(1_000_000 + seconds) });

function taken(size: number, shown: number, when: number): Word {
  const word = new Word();
  word.show(size, at(shown));
  word.take(size, at(when));
  return word;
}

describe("a word", () => {
  it("is none before it is taken", () => {
    const word = new Word();
    word.show(3, at(0));
    expect([word.isTaken(), word.isYoung(at(0)), word.isHeld(at(0))]).toEqual([false, false, false]);
    expect(word.untilQuiet(at(0))).toBe(quietMs);
  });

  it("counts from the showing of its head to the millisecond, not from when it was handed in", () => {
    const word = taken(3, 0, 100_000);
    expect([word.isYoung(at(askedMs - 1)), word.isYoung(at(askedMs))]).toEqual([true, false]);
    expect([word.isHeld(at(heldMs - 1)), word.isHeld(at(heldMs))]).toEqual([true, false]);
    expect(taken(3, 0, askedMs).isYoung(at(askedMs))).toBe(false);
  });

  it("ends by the time of day where the other clock stood still", () => {
    const word = taken(3, 0, 0);
    expect(word.isYoung(at(0, askedMs / 1_000 - 1))).toBe(true);
    expect(word.isYoung(at(0, askedMs / 1_000))).toBe(false);
    expect(word.isHeld(at(0, heldMs / 1_000))).toBe(false);
  });

  it("is as old as when a head of so many leaves was first shown", () => {
    const word = new Word();
    word.show(3, at(0));
    word.show(3, at(500_000));
    word.take(3, at(500_000));
    expect(word.isYoung(at(500_000))).toBe(false);
    // One shown within a second of another counts from that one, and from no later showing.
    word.show(4, at(500_000));
    word.show(5, at(500_400));
    word.show(5, at(900_000));
    word.take(5, at(900_000));
    expect(word.isYoung(at(900_000))).toBe(false);
    expect(word.isYoung(at(500_000 + askedMs - 1))).toBe(true);
  });

  it("of a size that was never shown, or of fewer leaves than the one before, makes nothing younger", () => {
    const word = new Word();
    word.show(5, at(0));
    word.take(4, at(0));
    expect([word.isTaken(), word.isYoung(at(0))]).toEqual([true, false]);
    word.show(7, at(10_000));
    word.take(7, at(10_000));
    word.take(5, at(20_000));
    expect(word.isYoung(at(10_000 + askedMs - 1))).toBe(true);
  });

  it("forgets heads that are too old to be any word's, and never the last", () => {
    const word = new Word();
    for (let size = 1; size <= 1_000; size += 1) word.show(size, at(size * 2_000));
    word.take(999, at(2_000_000));
    expect(word.isYoung(at(2_000_000))).toBe(true);
    const idle = new Word();
    idle.show(1, at(0));
    idle.show(2, at(heldMs * 2));
    idle.take(1, at(heldMs * 2));
    expect(idle.isHeld(at(heldMs * 2))).toBe(false);
    idle.take(2, at(heldMs * 3));
    expect(idle.isHeld(at(heldMs * 3))).toBe(false);
    expect(idle.isHeld(at(heldMs * 3 - 1))).toBe(true);
  });

  it("wants a leaf to be had for once the newest head is half as old as would be too old", () => {
    const word = new Word();
    expect(word.isStale(3, at(0))).toBe(false);
    word.show(3, at(0));
    expect([word.isStale(3, at(askedMs / 2 - 1)), word.isStale(3, at(askedMs / 2))]).toEqual([false, true]);
    expect(word.isStale(4, at(askedMs / 2))).toBe(false);
  });

  it("lets another gate's end so long after the first one was taken", () => {
    const word = taken(3, 0, 7_000);
    word.show(4, at(100_000));
    word.take(4, at(100_000));
    expect(word.untilQuiet(at(7_000 + quietMs - 1))).toBe(1);
    expect(word.untilQuiet(at(7_000 + quietMs))).toBe(0);
    expect(word.untilQuiet(at(7_000 + quietMs * 2))).toBe(0);
  });
});

it("no word outlives the quiet that another gate keeps, by a fifth", () => {
  expect(askedMs * 2).toBe(heldMs);
  expect(quietMs * 5).toBe(heldMs * 6);
});
