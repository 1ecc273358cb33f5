/** The next nonce of a lane. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { nextNonce } from "../../../src/gate/lane.ts";

test("a fresh lane begins at the nonce the observers agree on", () => {
  expect(nextNonce({ highest: undefined, observed: 7 })).toEqual({ kind: "next", nonce: 7 });
});

test("without an agreed nonce there is no next one, and nobody is accused", () => {
  expect(nextNonce({ highest: 3, observed: undefined })).toMatchObject({
    kind: "closed",
    outsider: false,
    refusal: { code: "gate.nonce-unknown" },
  });
});

test("the journal counts: the next is one above the highest, whatever lower nonce the chain shows", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), (highest, behind) => {
      expect(nextNonce({ highest, observed: Math.max(0, highest + 1 - behind) })).toEqual({
        kind: "next",
        nonce: highest + 1,
      });
    }),
  );
});

test("a chain that is ahead of the journal means that somebody else used the key", () => {
  expect(nextNonce({ highest: 3, observed: 5 })).toMatchObject({
    kind: "closed",
    outsider: true,
    refusal: { code: "gate.outsider-nonce" },
  });
});

test("what is no whole number of at least 0 is no nonce", () => {
  for (const observed of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53]) {
    const unknown = { kind: "closed", outsider: false, refusal: { code: "gate.nonce-unknown" } };
    expect(nextNonce({ highest: undefined, observed })).toMatchObject(unknown);
    expect(nextNonce({ highest: observed, observed: 3 })).toMatchObject(unknown);
  }
});
