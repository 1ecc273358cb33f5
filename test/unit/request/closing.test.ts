/** The nonce of a request that ended: its filler is asked for, sent and awaited, and the request stays what it is. */
import { describe, expect, test } from "vitest";
import { close, closingEventOf, isClosing, leavesOpen, type ClosingEvent } from "../../../src/request/closing.ts";
import { due } from "../../../src/request/due.ts";
import type { Request } from "../../../src/request/request.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { plus } from "../../../src/values/instant.ts";
import { after, events, fresh, hashOf, noon } from "./sample.ts";

const far = plus(noon, 1_000);
const raw = "0x02f8";
const txHash = hashOf("filler");
const filled: ClosingEvent = { kind: "filled", raw, txHash };
const over = after(fresh(), ["allocated", "rejected"]);

function through(request: Request, ...closing: ClosingEvent[]): Request {
  return closing.reduce((before, event) => {
    const applied = close(before, event, noon);
    if (applied.kind === "ignored") throw new Error(`${event.kind} does not happen`);
    return applied.request;
  }, request);
}

describe("an open nonce", () => {
  test("is left by what ended with a nonce, and by nothing else", () => {
    for (const kind of ["rejected", "vetoed", "expired", "cancelled"] as const) {
      expect(leavesOpen(after(fresh(), ["allocated", kind]))).toBe(true);
      expect(leavesOpen(after(fresh(), [kind]))).toBe(false);
    }
    expect(leavesOpen(after(fresh(), ["allocated"]))).toBe(false);
    expect(leavesOpen(after(fresh(), ["signed", "mined", "finalized"]))).toBe(false);
    expect(leavesOpen(after(fresh(), ["signed", "mined", "reverted"]))).toBe(false);
  });

  test("is closed step by step, and the request stays rejected", () => {
    expect(due(over, far)).toEqual({ kind: "fill" });
    const signed = through(over, filled);
    expect(due(signed, far)).toEqual({ kind: "send-filler", raw, txHash });
    const sent = through(signed, { kind: "dispatched" });
    expect(due(sent, far)).toEqual({ kind: "look-for-filler", txHashes: [txHash] });
    expect(due(through(sent, { kind: "lost" }), far)).toEqual({ kind: "send-filler", raw, txHash });
    const closed = through(sent, { kind: "closed" });
    expect(due(closed, far)).toEqual({ kind: "rest" });
    expect(closed).toMatchObject({
      state: "rejected",
      waitsFor: over.waitsFor,
      signed: null,
      closing: { closed: true, why: "closed by a filler: nothing of the request was ever sent" },
    });
    expect(close(closed, filled, noon)).toEqual({ kind: "ignored" });
  });

  test("may be closed by a filler or by a dearer one that replaced it", () => {
    const dearer = { kind: "filled", raw: "0x02f9", txHash: hashOf("dearer filler") } as const;
    const both = through(over, filled, { kind: "dispatched" }, dearer);
    expect(both).toMatchObject({ earlier: [{ raw, txHash }], sentAt: null, closing: { sent: false } });
    expect(due(both, far)).toEqual({ kind: "send-filler", raw: dearer.raw, txHash: dearer.txHash });
    expect(close(both, filled, noon)).toEqual({ kind: "ignored" });
    expect(due(through(both, { kind: "dispatched" }), far)).toEqual({
      kind: "look-for-filler",
      txHashes: [dearer.txHash, txHash],
    });
  });

  test("may be told of by the log after the request ended by the gate's answer", () => {
    const early = after(fresh(), ["rejected"]);
    const told = through(early, { kind: "numbered", nonce: 7 });
    expect(told).toMatchObject({ nonce: 7, state: "rejected" });
    expect(due(told, far)).toEqual({ kind: "fill" });
    expect(close(told, { kind: "numbered", nonce: 7 }, noon)).toEqual({ kind: "ignored" });
    expect(() => close(told, { kind: "numbered", nonce: 8 }, noon)).toThrow(InvariantViolation);
    const signing = through(after(fresh(), ["permitted"]), { kind: "numbered", nonce: 7 });
    expect(signing).toMatchObject({ nonce: 7, state: "signing" });
    expect(leavesOpen(signing)).toBe(false);
  });

  test("is tried again later and later while nothing is learned, and told once", () => {
    const first = close(over, { kind: "delayed", why: "the gate does not answer" }, noon);
    expect(first).toMatchObject({ noted: true, request: { attempts: 1, dueAt: noon + 1 } });
    if (first.kind !== "moved") throw new Error(first.kind);
    const again = close(first.request, { kind: "delayed", why: "the gate does not answer" }, noon);
    expect(again).toMatchObject({ noted: false, request: { attempts: 2 } });
    const tired = { ...first.request, attempts: 40 };
    expect(close(tired, { kind: "delayed", why: "still not" }, noon)).toMatchObject({ request: { dueAt: noon + 5 } });
  });

  test("is not sent before it is signed, nor lost before it is sent", () => {
    expect(close(over, { kind: "dispatched" }, noon)).toEqual({ kind: "ignored" });
    expect(close(through(over, filled), { kind: "lost" }, noon)).toEqual({ kind: "ignored" });
    expect(close(through(over, filled), filled, noon)).toEqual({ kind: "ignored" });
  });
});

test("other events are not about the nonce", () => {
  expect(Object.values(events).filter((event) => isClosing(event))).toEqual([]);
  expect(isClosing(filled)).toBe(true);
});

test.each([
  [{ kind: "signed", raw, txHash, nonce: 7, digest: hashOf("digest") }, "filled"],
  [
    { kind: "signing", on: "ledger-cold", needs: "a person at ledger-cold" },
    "the filler waits for a person at ledger-cold",
  ],
  [{ kind: "needs-cosignature", checkpoint: "", nonce: 7 }, "the filler waits for witnesses to cosign the log"],
  [
    { kind: "refused", code: "gate.doubt", why: "it may be signed" },
    "its nonce is open: it may be signed (gate.doubt)",
  ],
  [
    { kind: "problem", code: "gate.busy", message: "busy", field: "" },
    "its nonce is open: the gate does not answer: busy (gate.busy)",
  ],
] as const)("the gate's %o is heard", (answer, expected) => {
  const event = closingEventOf(answer);
  expect(event.kind === "delayed" ? event.why : event.kind).toBe(expected);
});
