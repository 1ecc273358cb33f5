/** Ways of a quorum as places, with kinds and turns. */
import { describe, expect, it } from "vitest";
import { branches, isBounded, isDecidable } from "../../../../src/policy/compile/way.ts";
import type { Quorum } from "../../../../src/policy/document/requirement.ts";
import { n } from "../example.ts";

const group = (name: string, min: number): Quorum => ({ group: n(name), min });
const told = (quorum: Quorum): string[] =>
  branches(quorum).map((way) =>
    way
      .map((place) => `${place.group}${place.turn === undefined ? "" : ` ${place.turn.order}.${place.turn.stage}`}`)
      .join(", "),
  );

describe("branches", () => {
  it("give each place of an order its turn, and none to other places", () => {
    const ordered = { ordered: [group("a", 1), { any: [group("b", 1), { all: [group("c", 1), group("d", 1)] }] }] };
    expect(told(ordered)).toEqual(["a 0.0, b 0.1", "a 0.0, c 0.1, d 0.1"]);
    expect(told({ all: [ordered, group("x", 1)] })).toEqual(["a 0.0, b 0.1, x", "a 0.0, c 0.1, d 0.1, x"]);
  });

  it("keep two orders apart", () => {
    const order: Quorum = { ordered: [group("a", 1), group("b", 1)] };
    expect(told({ all: [order, order] })).toEqual(["a 0.0, b 0.1, a 1.0, b 1.1"]);
  });

  it("carry the kinds that a seat takes", () => {
    const [way] = branches({ group: n("a"), min: 2, credentials: ["wallet"] });
    expect(way?.map(({ kinds }) => [...(kinds ?? [])])).toEqual([["wallet"], ["wallet"]]);
    expect(branches(group("a", 1))[0]?.[0]?.kinds).toBeUndefined();
  });
});

describe("bounds", () => {
  const two: Quorum = { any: [group("a", 1), group("b", 1)] };
  const times = (count: number): Quorum => ({ all: Array.from({ length: count }, () => two) });

  it("of a document are narrower than those of a decision, which guards add to", () => {
    expect([6, 7, 10, 11].map((count) => isBounded(times(count)))).toEqual([true, false, false, false]);
    expect([6, 7, 10, 11].map((count) => isDecidable(times(count)))).toEqual([true, true, true, false]);
  });

  it("count the seats of the longest way of several", () => {
    expect(isBounded({ any: [group("a", 1), { all: [group("b", 33), group("c", 32)] }] })).toBe(false);
    expect(isBounded({ any: [group("a", 1), { all: [group("b", 32), group("c", 32)] }] })).toBe(true);
  });

  it("count the stages of an order as seats of one way", () => {
    expect(isBounded({ ordered: [group("a", 32), group("b", 32)] })).toBe(true);
    expect(isBounded({ ordered: [group("a", 32), group("b", 33)] })).toBe(false);
  });
});
