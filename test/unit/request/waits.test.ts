/** The sentence that says what a request waits for. */
import { describe, expect, it } from "vitest";
import type { EventKind } from "../../../src/request/event.ts";
import { lackOf, sentenceAfter, toldBy } from "../../../src/request/waits.ts";
import { plus } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { decision, events, noon } from "./sample.ts";

const clause = {
  id: "guard.reserves-cover",
  kind: "guard",
  ok: false,
  curable: true,
  observed: "900",
  bound: "at least 1000",
} as const;

describe("what a request waits for", () => {
  it("is told by name: people, evidence, time", () => {
    const lack = decision("pending", {
      missing: [{ group: parseName("custodians"), count: 2 }],
      clauses: [
        clause,
        { ...clause, id: "quorum", kind: "quorum" },
        { ...clause, id: "rule.to", ok: true },
        { ...clause, id: "rule.x", curable: false },
      ],
      notBefore: plus(noon, 60),
    });
    expect(lackOf(lack, noon)).toBe(
      "waits for 2 more of custodians; guard.reserves-cover (is 900, must be at least 1000); 2026-11-23T12:01:00Z, when its waits are over",
    );
  });

  it("is the gate when nothing is missing any more", () => {
    expect(lackOf(decision("pending"), noon)).toBe("waits for the gate to decide again");
  });

  it("is one line after every event", () => {
    for (const kind of Object.keys(events) as EventKind[]) expect(sentenceAfter(events[kind])).toMatch(/^[^\n]{5,}$/);
    expect(sentenceAfter(events.refused)).toBe("refused: no rule (policy.no-rule)");
    expect(sentenceAfter(events.rejected)).toBe("rejected: kurt rejected it: wrong recipient");
    expect(sentenceAfter(events.permitted)).toBe("waits for a person at ledger-cold");
    expect(sentenceAfter({ ...events.allocated, nonce: null })).toBe("has its nonce, waits for the gate to sign");
  });

  it("never repeats the bytes of a transaction that an endpoint quotes", () => {
    const raw = `0x02f8${"ab".repeat(120)}`;
    const told = toldBy(`could not\n coalesce error (payload={"params":["${raw}"]})`);
    expect(told).toBe('could not coalesce error (payload={"params":["(bytes)"]})');
    expect(toldBy("x ".repeat(500)).length).toBe(200);
    expect(toldBy(`unknown ${events.signed.txHash}`)).toContain(events.signed.txHash);
  });
});
