/** How events change a request. */
import { describe, expect, it } from "vitest";
import { apply, signedOn } from "../../../src/request/request.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";
import { plus } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { after, decision, events, fresh, hashOf, noon } from "./sample.ts";

const later = plus(noon, 10);

describe("a request", () => {
  it("walks from submitted to final", () => {
    const done = after(fresh(), [
      "held",
      "cleared",
      "allocated",
      "permitted",
      "signed",
      "broadcast",
      "mined",
      "finalized",
    ]);
    expect(done).toMatchObject({ state: "final", nonce: 7, signed: { raw: "0x02f8" }, revision: 8 });
  });

  it("keeps what it is when an event does not happen in its state", () => {
    expect(apply(after(fresh(), ["cancelled"]), events.signed, later)).toEqual({ kind: "ignored" });
  });

  it("never takes other bytes than those it has", () => {
    const signing = { ...after(fresh(), ["signed"]), state: "signing" as const };
    expect(() => apply(signing, { ...events.signed, raw: "0x02f9" }, later)).toThrow(InvariantViolation);
    expect(() => apply(signing, { ...events.signed, nonce: 8 }, later)).toThrow("has nonce 7, not 8");
    expect(apply(signing, events.signed, later).kind).toBe("moved");
  });

  it("keeps every transaction of its nonce when a dearer one is signed, and takes each once", () => {
    const dearer = after(fresh(), ["signed", "broadcast", "replaced"]);
    const { signed, replaced } = events;
    expect(dearer).toMatchObject({ state: "signed", signed: { raw: replaced.raw }, earlier: [{ raw: signed.raw }] });
    expect(signedOn(dearer).map(({ txHash }) => txHash)).toEqual([replaced.txHash, signed.txHash]);
    expect(apply(dearer, replaced, later)).toEqual({ kind: "ignored" });
    expect(apply(dearer, { ...replaced, raw: signed.raw }, later)).toEqual({ kind: "ignored" });
    expect(dearer.waitsFor).toContain("a dearer transaction on the same nonce");
  });

  it("remembers since when its newest transaction is out", () => {
    const sent = after(fresh(), ["signed", "broadcast"]);
    expect(sent.sentAt).toBe(noon);
    const again = apply(after(sent, ["dropped"], later), events.broadcast, later);
    expect(again).toMatchObject({ request: { sentAt: noon } });
    expect(after(sent, ["replaced"]).sentAt).toBeNull();
    expect(after(after(sent, ["replaced"]), ["broadcast"], later).sentAt).toBe(later);
    expect(after(after(fresh(), ["signed"]), ["postponed"], later).sentAt).toBe(later);
  });

  it("forgets its block when the block is undone, and keeps its bytes", () => {
    const orphan = after(fresh(), ["signed", "broadcast", "mined", "orphaned"]);
    expect(orphan).toMatchObject({ state: "broadcast", mined: null, signed: { raw: "0x02f8" } });
  });

  it("notes the same lack once, and counts the tries", () => {
    const held = after(fresh(), ["held"]);
    const again = apply(held, events.held, later);
    expect(again).toMatchObject({ noted: false, request: { attempts: 1, updatedAt: noon, state: "pending" } });
    expect(apply(held, { ...events.held, why: "another lack" }, later)).toMatchObject({ noted: true });
  });

  it("notes a transaction that moved to another block", () => {
    const mined = after(fresh(), ["signed", "mined"]);
    expect(apply(mined, { ...events.mined, blockHash: hashOf("block 12 again") }, later)).toMatchObject({
      noted: true,
    });
  });

  it("waits long for people, until the time named for time, and briefly for evidence", () => {
    const until = (change: Parameters<typeof decision>[1]): number => {
      const applied = apply(fresh(), { ...events.held, decision: decision("pending", change) }, noon);
      return applied.kind === "moved" ? applied.request.dueAt - noon : -1;
    };
    expect(until({ missing: [{ group: parseName("custodians"), count: 1 }] })).toBe(30);
    expect(until({ notBefore: plus(noon, 12) })).toBe(12);
    expect(until({ notBefore: plus(noon, 3_000) })).toBe(30);
    expect(until({})).toBe(1);
  });

  it("is due at once when it is woken", () => {
    const tired = after(fresh(), ["held", "held", "held", "held"]);
    expect(apply(tired, events.woken, later)).toMatchObject({ request: { attempts: 0, dueAt: later }, noted: false });
  });
});
