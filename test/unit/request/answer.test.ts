/** What the gate's answers mean. */
import { describe, expect, it } from "vitest";
import { eventOf } from "../../../src/request/answer.ts";
import type { State } from "../../../src/request/state.ts";
import { lackOf } from "../../../src/request/waits.ts";
import { decision, events, hashOf, noon } from "./sample.ts";

const refused = (code: string, state: State, verdict?: "pending" | "refused") =>
  eventOf(
    { kind: "refused", code, why: "because", ...(verdict === undefined ? {} : { decision: decision(verdict) }) },
    state,
    noon,
  );

describe("the gate's answer", () => {
  it("is a signature with its nonce", () => {
    const { raw, txHash } = events.signed;
    expect(eventOf({ kind: "signed", raw, txHash, nonce: 7, digest: hashOf("digest") }, "ready", noon)).toEqual(
      events.signed,
    );
  });

  it("is cleared, held or refused by the policy's verdict", () => {
    const told = (["allowed", "pending", "refused"] as const).map(
      (verdict) => eventOf({ kind: "decided", decision: decision(verdict) }, "pending", noon).kind,
    );
    expect(told).toEqual(["cleared", "held", "refused"]);
  });

  it.each(["rejected", "vetoed", "cancelled", "expired"] as const)(
    "ends what was %s, with or without a nonce",
    (end) => {
      for (const state of ["submitted", "ready", "allocated", "signing"] as const) {
        expect(refused(`gate.${end}`, state)).toEqual({ kind: end, why: "because" });
      }
    },
  );

  it("cancels what has its nonce and whose initiator left, so that the nonce is closed", () => {
    expect(refused("gate.initiator-left", "signing")).toEqual({ kind: "cancelled", why: "because" });
    expect(refused("gate.unknown-request", "signing").kind).toBe("postponed");
  });

  it("ends what enough people vetoed, in the words of its clause", () => {
    const clause = { kind: "wait", ok: false, curable: false, bound: "fewer than 1 of officers" } as const;
    const clauses = [{ ...clause, id: "mint.veto", observed: "olga objects" }];
    const vetoed = { ...decision("refused"), code: "policy.vetoed", clauses };
    expect(eventOf({ kind: "decided", decision: vetoed }, "pending", noon)).toEqual({
      kind: "vetoed",
      why: "olga objects",
    });
    expect(refused("policy.vetoed", "ready", "refused")).toEqual({ kind: "vetoed", why: "because" });
  });

  it("refuses what no wait cures", () => {
    expect(refused("gate.reference-taken", "ready").kind).toBe("refused");
    expect(refused("gate.distribution-taken", "ready").kind).toBe("refused");
    expect(refused("policy.no-rule", "submitted", "refused").kind).toBe("refused");
  });

  it("never ends an allocated request by a refusal that is not an ending", () => {
    expect(refused("policy.no-rule", "allocated", "refused").kind).toBe("postponed");
    expect(refused("gate.reference-taken", "signing").kind).toBe("postponed");
    expect(refused("policy.vetoed", "signing", "refused").kind).toBe("postponed");
  });

  it("says of what has its nonce whom or what the policy asks for today", () => {
    const answer = { kind: "refused", code: "policy.quorum", why: "because", decision: decision("pending") } as const;
    expect(eventOf(answer, "signing", noon)).toEqual({
      kind: "postponed",
      why: `has its nonce, but ${lackOf(decision("pending"), noon)}`,
    });
  });

  it("keeps waiting on a code it does not know", () => {
    expect(refused("gate.unheard-of", "submitted")).toMatchObject({ kind: "held", why: "because (gate.unheard-of)" });
    expect(refused("gate.unheard-of", "ready")).toMatchObject({ kind: "postponed" });
    expect(refused("policy.quorum", "ready", "pending")).toMatchObject({ kind: "held" });
  });

  it("says whom or what it waits for", () => {
    expect(eventOf({ kind: "signing", on: "ledger-cold", needs: "a person" }, "ready", noon)).toEqual({
      kind: "permitted",
      on: "a person (ledger-cold)",
    });
    const uncosigned = { kind: "needs-cosignature", checkpoint: "…", nonce: 7 } as const;
    expect(eventOf(uncosigned, "ready", noon)).toEqual({ kind: "allocated", nonce: 7, decision: null });
    for (const state of ["allocated", "signing"] as const)
      expect(eventOf(uncosigned, state, noon, "waits for witness w1: it is asleep")).toEqual({
        kind: "postponed",
        why: "has nonce 7, waits for witness w1: it is asleep",
      });
    for (const state of ["ready", "allocated"] as const)
      expect(eventOf({ ...uncosigned, nonce: null }, state, noon)).toEqual({
        kind: "postponed",
        why: "waits for witnesses to cosign the log, since the gate started",
      });
    expect(eventOf({ kind: "problem", code: "gate.busy", message: "busy", field: "" }, "ready", noon).kind).toBe(
      "postponed",
    );
  });
});
