/** Laws of a request's life, over any order of events. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { leavesOpen } from "../../../src/request/closing.ts";
import { due } from "../../../src/request/due.ts";
import type { Event, EventKind } from "../../../src/request/event.ts";
import { next } from "../../../src/request/moves.ts";
import { apply, requestSchema, signedOn, type Request } from "../../../src/request/request.ts";
import { isEnd } from "../../../src/request/state.ts";
import { parse as parseInstant, plus } from "../../../src/values/instant.ts";
import { toWire } from "../../../src/values/wire.ts";
import { events, fresh, noon } from "../../unit/request/sample.ts";

const anyEvent = fc.constantFrom(...(Object.keys(events) as EventKind[])).map((kind): Event => events[kind]);
const anyHistory = fc.array(anyEvent, { maxLength: 60 });

/** Every request on the way, the first included. */
function lives(history: readonly Event[]): Request[] {
  const lived = [fresh()];
  for (const [step, event] of history.entries()) {
    const applied = apply(lived.at(-1)!, event, plus(noon, step));
    if (applied.kind === "moved") lived.push(applied.request);
  }
  return lived;
}

it("follows the table and ignores the rest, bytes it holds already among it", () => {
  fc.assert(
    fc.property(anyHistory, anyEvent, (history, event) => {
      const request = lives(history).at(-1)!;
      const applied = apply(request, event, plus(noon, 100));
      const isHeld =
        (event.kind === "replaced" || event.kind === "overruled") &&
        signedOn(request).some(({ raw }) => raw === event.raw);
      expect(applied.kind === "moved" ? applied.request.state : undefined).toBe(
        isHeld ? undefined : next(request.state, event),
      );
    }),
    { numRuns: 1_000 },
  );
});

it("never leaves an end", () => {
  fc.assert(
    fc.property(anyHistory, anyHistory, (history, more) => {
      const lived = lives([...history, ...more]);
      const end = lived.findIndex((request) => isEnd(request.state));
      expect(end === -1 || end === lived.length - 1).toBe(true);
    }),
  );
});

it("never loses signed bytes, nor changes the nonce, once they are there", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const lived = lives(history);
      const held = lived.map((request) => new Set(signedOn(request).map(({ raw }) => raw)));
      for (const [step, raws] of held.entries())
        expect([...raws].filter((raw) => step + 1 < held.length && !held[step + 1]!.has(raw))).toEqual([]);
      for (const request of lived) expect(new Set(signedOn(request)).size).toBe(signedOn(request).length);
      const first = lived.findIndex((request) => request.signed !== null);
      if (first !== -1)
        expect(lived.slice(first).every((request) => request.signed !== null && request.nonce === 7)).toBe(true);
    }),
  );
});

it("always has a duty until it ends, and only then none", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      for (const request of lives(history)) {
        const rests = due(request, parseInstant(noon + 10_000)).kind === "rest";
        const isOver = isEnd(request.state) && !leavesOpen(request);
        expect(rests).toBe(
          isOver || (request.state === "needs-operator" && (request.mined ?? request.settled) !== null),
        );
      }
    }),
  );
});

it("is never due further away than half a minute, nor in the past of its last event", () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(1_000), (history, passed) => {
      for (const event of history) {
        const at = plus(noon, passed);
        const applied = apply(lives(history).at(-1)!, event, at);
        if (applied.kind === "moved" && !isEnd(applied.request.state)) {
          expect(applied.request.dueAt - at).toBeGreaterThanOrEqual(0);
          expect(applied.request.dueAt - at).toBeLessThanOrEqual(30);
        }
      }
    }),
    { numRuns: 30 },
  );
});

it("is read back as it was written", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const request = lives(history).at(-1)!;
      expect(requestSchema.parse(toWire(request))).toEqual(request);
    }),
    { numRuns: 30 },
  );
});
