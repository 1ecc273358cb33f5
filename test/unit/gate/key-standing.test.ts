/** Whether a key can sign and where, from the gate's own report of its places. */
import { expect, test } from "vitest";
import { placesOf, readinessOf } from "../../../src/gate/key-standing.ts";
import type { Health } from "../../../src/gate/wire.ts";
import { parse as name } from "../../../src/values/name.ts";

type Place = Health["backends"][number];

const hot = name("hot");
const place = (id: string, ready: boolean, serves: readonly string[], keys: readonly string[] = ["hot"]): Place => ({
  name: name(id),
  keys: keys.map(name),
  serves: serves.map(name),
  ready,
  why: ready ? "the token is open" : `${id} is away`,
  pid: null,
  recovery: "native",
  rests: false,
  work: null,
});

test("one of two tokens that is lost is told, and the key is ready on the other", () => {
  const places = [place("first", false, []), place("second", true, ["hot"])];
  expect(placesOf(places, hot)).toEqual({
    ready: true,
    why: "the token is open",
    servedBy: "second",
    heldBy: [
      { name: "first", ready: false, why: "first is away" },
      { name: "second", ready: true, why: "the token is open" },
    ],
  });
  expect(readinessOf(places)).toEqual({
    ready: true,
    why: "first is lost, its keys sign elsewhere: first is away",
  });
});

test("when no token can sign, each says why", () => {
  const places = [place("first", false, ["hot"]), place("second", false, [])];
  expect(placesOf(places, hot)).toMatchObject({
    ready: false,
    servedBy: null,
    why: "first: first is away; second: second is away",
  });
  expect(readinessOf(places)).toEqual({ ready: false, why: "hot: first is away; hot: second is away" });
});

test("a key of one token is as ready as its token", () => {
  expect(placesOf([place("first", true, ["hot"])], hot)).toMatchObject({ ready: true, servedBy: "first" });
  expect(placesOf([place("first", false, ["hot"])], hot)).toMatchObject({ ready: false, why: "first is away" });
  expect(readinessOf([place("first", true, ["hot"])])).toEqual({ ready: true, why: "ready" });
});

test("a lost token with a key of its own makes the whole not ready", () => {
  const places = [place("first", false, ["cold"], ["hot", "cold"]), place("second", true, ["hot"])];
  expect(placesOf(places, hot).ready).toBe(true);
  expect(readinessOf(places)).toEqual({ ready: false, why: "hot, cold: first is away" });
});

test("a key that no place holds says so", () => {
  expect(placesOf([], hot)).toEqual({ ready: false, why: "no token of this gate has it", servedBy: null, heldBy: [] });
});
