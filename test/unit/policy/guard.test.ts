/** Guards deny what a rule would permit, and apply where their filter says. */
import { describe, expect, it } from "vitest";
import { clause, decideWith, ether, outcome, vote } from "./example.ts";

const over = { feeCeilingWei: (ether("0.05") + 1n).toString() };
const burn = { operation: "burn", to: `0x${"00".repeat(20)}` };

describe("the fee guard", () => {
  it("denies fees above its bound, not those equal to it", () => {
    expect(outcome({ intent: { feeCeilingWei: ether("0.05").toString() } })).toMatchObject({ verdict: "allowed" });
    expect(outcome({ intent: over })).toEqual({
      verdict: "refused",
      code: "policy.fee-ceiling",
      failing: ["guard.fee"],
    });
    expect(clause(decideWith({ intent: over }), "guard.fee")).toMatchObject({
      observed: "fees up to 0.050000000000000001 ETH",
      bound: "at most 0.05 ETH",
    });
  });

  it("holds for every operation unless it names some", () => {
    expect(outcome({ intent: { ...burn, ...over }, facts: { votes: [vote("chris")] } })).toMatchObject({
      code: "policy.fee-ceiling",
    });
    const policy = {
      guards: [
        {
          id: "fee",
          when: { operation: { in: ["mint", "transfer"] } },
          unless: { maxFee: { lte: "0.05 ETH" } },
          deny: true,
        },
      ],
    };
    expect(outcome({ policy, intent: { ...burn, ...over }, facts: { votes: [vote("chris")] } })).toMatchObject({
      verdict: "allowed",
    });
    expect(outcome({ policy, intent: over })).toMatchObject({ code: "policy.fee-ceiling" });
  });

  it("beside another is judged with it", () => {
    const fee = (id: string, lte: string): unknown => ({ id, unless: { maxFee: { lte } }, deny: true });
    const policy = { guards: [fee("loose", "1 ETH"), fee("tight", "0.001 ETH")] };
    expect(outcome({ policy })).toEqual({ verdict: "refused", code: "policy.fee-ceiling", failing: ["guard.tight"] });
  });
});
