/** Addresses in classes, none in two and none left out. */
import { describe, expect, it } from "vitest";
import { addressClasses, coarsened } from "../../../../src/policy/analyse/address-classes.ts";
import type { PermitList } from "../../../../src/policy/policy.ts";
import * as address from "../../../../src/values/address.ts";
import { bank } from "../small.ts";

const of = (...letters: readonly string[]): PermitList => ({
  minAgeSeconds: 0,
  entries: new Map(letters.map((letter) => [address.parse(bank(letter)), letter])),
});
const letters = ({ members }: { readonly members: readonly string[] }): string =>
  members
    .map((one) => one.charAt(2))
    .sort()
    .join("");

const [one, other] = [of("a", "b", "c"), of("b", "c", "d")];

describe("classes of addresses", () => {
  it("hold those together who are in the same lists, and strangers last", () => {
    const classes = addressClasses([one, other], []);
    expect(classes.map((found) => [letters(found), found.lists.size, found.kind])).toEqual([
      ["a", 1, "listed"],
      ["bc", 2, "listed"],
      ["d", 1, "listed"],
      ["dd", 0, "strangers"],
    ]);
  });

  it("give an address that a test names a class of its own, listed or not", () => {
    const pins = ["b", "e"].map((letter) => address.parse(bank(letter)));
    const classes = addressClasses([one, other], pins);
    expect(classes.filter(({ pinned }) => pinned !== undefined).map(letters)).toEqual(["b", "e"]);
    expect(classes.map(letters)).toContain("c");
  });

  it("know no stranger that somebody names, and more than one", () => {
    const strangers = addressClasses([one], [address.parse(`0x${"dead".repeat(8)}00000000`)]).at(-1);
    expect(strangers?.members).toHaveLength(2);
    expect(strangers?.members).not.toContain(`0x${"dead".repeat(8)}00000000`);
  });

  it("are joined where only other lists tell them apart", () => {
    const classes = coarsened(addressClasses([one, other], []), new Set([one]), new Set());
    expect(classes.map(letters)).toEqual(["abc", "ddd"]);
    expect(classes.map(({ parts }) => parts)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(classes.map(({ kind }) => kind)).toEqual(["listed", "strangers"]);
  });

  it("leave the zero address out, which receives nothing", () => {
    expect(addressClasses([], [address.zero])).toHaveLength(1);
  });
});
