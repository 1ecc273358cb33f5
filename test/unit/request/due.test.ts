/** The duty of each state. */
import { describe, expect, it } from "vitest";
import { due } from "../../../src/request/due.ts";
import type { EventKind } from "../../../src/request/event.ts";
import { plus } from "../../../src/values/instant.ts";
import { after, events, fresh, noon } from "./sample.ts";

const far = plus(noon, 1_000);
const dutyAfter = (...kinds: EventKind[]) => due(after(fresh(), kinds), far);

describe("what is due", () => {
  it("names one duty for every state on the way", () => {
    expect(dutyAfter()).toEqual({ kind: "ask-gate" });
    expect(dutyAfter("held")).toEqual({ kind: "ask-gate" });
    expect(dutyAfter("cleared")).toEqual({ kind: "sign" });
    expect(dutyAfter("allocated")).toEqual({ kind: "sign" });
    expect(dutyAfter("permitted")).toEqual({ kind: "sign" });
    expect(dutyAfter("signed")).toEqual({ kind: "broadcast", raw: "0x02f8", txHash: events.signed.txHash });
    expect(dutyAfter("signed", "broadcast")).toEqual({ kind: "look-for-receipt", txHashes: [events.signed.txHash] });
    expect(dutyAfter("signed", "mined")).toMatchObject({ kind: "check-finality", blockNumber: 12 });
    expect(dutyAfter("signed", "broadcast", "replaced")).toMatchObject({ kind: "broadcast", raw: "0x02fa" });
  });

  it("is to look on for a transaction whose nonce seemed lost, and nothing for one that did something else", () => {
    expect(dutyAfter("signed", "escalated")).toMatchObject({ kind: "look-for-receipt" });
    expect(dutyAfter("signed", "mined", "escalated")).toEqual({ kind: "rest" });
    expect(dutyAfter("signed", "mismatched")).toEqual({ kind: "rest" });
  });

  it.each(["refused", "rejected", "vetoed", "expired", "cancelled"] as const)("is nothing for what was %s", (kind) => {
    expect(dutyAfter(kind)).toEqual({ kind: "rest" });
  });

  it("is to look for every transaction of the nonce, and for the finality of the one that was mined", () => {
    const { signed, replaced } = events;
    expect(dutyAfter("signed", "broadcast", "replaced", "broadcast")).toEqual({
      kind: "look-for-receipt",
      txHashes: [replaced.txHash, signed.txHash],
    });
    expect(dutyAfter("signed", "broadcast", "replaced", "broadcast", "mined")).toMatchObject({
      kind: "check-finality",
      txHash: signed.txHash,
    });
    const old = {
      ...after(fresh(), ["signed", "mined"]),
      mined: { blockNumber: 12, blockHash: events.mined.blockHash },
    };
    expect(due(old, far)).toMatchObject({ kind: "check-finality", txHash: signed.txHash });
  });

  it("is nothing for what is final or reverted", () => {
    expect(dutyAfter("signed", "mined", "finalized")).toEqual({ kind: "rest" });
    expect(dutyAfter("signed", "mined", "reverted")).toEqual({ kind: "rest" });
  });

  it("is to wait until the time of the next try", () => {
    const tried = after(fresh(), ["cleared", "postponed"]);
    expect(due(tried, noon)).toEqual({ kind: "await", until: plus(noon, 1) });
    expect(due(tried, plus(noon, 1))).toEqual({ kind: "sign" });
  });

  it("refuses to guess at a state that lacks what it needs", () => {
    expect(() => due({ ...fresh(), state: "signed" }, far)).toThrow("is signed without signed bytes");
    expect(() => due({ ...after(fresh(), ["signed"]), state: "mined" }, far)).toThrow("is mined in no block");
  });
});
