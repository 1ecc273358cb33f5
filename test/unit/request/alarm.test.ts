/** What is an alarm, and what is only waiting. */
import { expect, test } from "vitest";
import { alarmOf, alarming, alarmingEnds, laneAlarmOf } from "../../../src/request/alarm.ts";
import { close, type ClosingEvent } from "../../../src/request/closing.ts";
import type { Request } from "../../../src/request/request.ts";
import { states } from "../../../src/request/state.ts";
import { plus } from "../../../src/values/instant.ts";
import { account, after, events, fresh, noon } from "./sample.ts";

const late = plus(noon, 3_600);

test("a signed transaction is one from the instant of its expiry until it is in a block", () => {
  for (const request of [after(fresh(), ["signed"]), after(fresh(), ["signed", "broadcast"])]) {
    expect(alarmOf(request, plus(late, -1))).toBeNull();
    expect(alarmOf(request, late)).toBe(
      `it expired at 2026-11-23T13:00:00Z with its transaction signed: that may still be mined, and it counts until nonce 7 of ${account} is used`,
    );
  }
  expect(alarmOf(after(fresh(), ["signed", "mined"]), late)).toBeNull();
  expect(alarmOf(after(fresh(), ["signed", "mined", "finalized"]), late)).toBeNull();
});

test("what an operator has to look at is one, in its own words", () => {
  const called = after(fresh(), ["signed", "escalated"]);
  expect(alarmOf(called, noon)).toBe(called.waitsFor);
});

test("what was never signed is none, however late", () => {
  for (const kinds of [[], ["held"], ["allocated"], ["permitted"], ["expired"]] as const)
    expect(alarmOf(after(fresh(), kinds), plus(late, 10_000))).toBeNull();
});

test("an ended request is one while others wait for its nonce, until its filler is out", () => {
  const ended = after(fresh(), ["allocated", "expired"]);
  expect(laneAlarmOf(ended)).toBe(`it ended and its nonce 7 is open, which later requests of ${account} wait for`);
  const doubted = closed(ended, { kind: "delayed", why: "its nonce is open: a token may have signed (gate.doubt)" });
  expect(laneAlarmOf(doubted)).toContain("wait for: its nonce is open: a token may have signed (gate.doubt)");
  const { raw, txHash } = events.signed;
  const sent = closed(closed(ended, { kind: "filled", raw, txHash }), { kind: "dispatched" });
  expect(laneAlarmOf(sent)).toBeNull();
  expect(laneAlarmOf(after(fresh(), ["expired"]))).toBeNull();
});

function closed(request: Request, event: ClosingEvent): Request {
  const applied = close(request, event, noon);
  if (applied.kind === "ignored") throw new Error(`${event.kind} is ignored`);
  return applied.request;
}

test("the states in which there may be one are states", () => {
  expect([...alarming, ...alarmingEnds].filter((one) => !states.includes(one))).toEqual([]);
});
