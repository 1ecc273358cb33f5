/** The events. */
import { expect, it } from "vitest";
import { moves } from "../../../src/request/moves.ts";
import { events } from "./sample.ts";

it("each happens in some state", () => {
  const happening = new Set(Object.values(moves).flatMap((row) => Object.keys(row)));
  expect([...happening].sort()).toEqual(Object.keys(events).sort());
});
