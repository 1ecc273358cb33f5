/** The table of moves. */
import { describe, expect, it } from "vitest";
import { moves, next } from "../../../src/request/moves.ts";
import { ends, states } from "../../../src/request/state.ts";
import { events } from "./sample.ts";

describe("the table of moves", () => {
  it("has a row for every state and names only states", () => {
    expect(Object.keys(moves).sort()).toEqual([...states].sort());
    for (const row of Object.values(moves)) for (const to of Object.values(row)) expect(states).toContain(to);
  });

  it.each(ends)("has no way out of %s", (end) => {
    for (const event of Object.values(events)) expect(next(end, event)).toBeUndefined();
  });

  it("leads from the first state to every other", () => {
    const reached = new Set<string>(["submitted"]);
    for (const state of reached) for (const to of Object.values(moves[state as keyof typeof moves])) reached.add(to);
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it("takes mined back to broadcast when the block is undone", () => {
    expect(next("mined", events.orphaned)).toBe("broadcast");
    expect(next("broadcast", events.dropped)).toBe("signed");
  });

  it("ends nothing on a person's word once it is signed", () => {
    for (const state of ["signed", "broadcast", "mined"] as const) {
      for (const kind of ["rejected", "vetoed", "cancelled", "expired", "refused"] as const) {
        expect(next(state, events[kind])).toBeUndefined();
      }
    }
  });

  it("cancels what is signed only when what closes its nonce is final", () => {
    for (const state of ["signed", "broadcast", "mined", "needs-operator"] as const) {
      expect(next(state, events.contested)).toBe(state);
      expect(next(state, events.overruled)).toBe(state === "mined" ? "mined" : "signed");
      expect(next(state, events.annulled)).toBe("cancelled");
    }
    for (const state of ["submitted", "pending", "ready", "allocated", "signing"] as const)
      expect(next(state, events.annulled)).toBeUndefined();
  });
});
