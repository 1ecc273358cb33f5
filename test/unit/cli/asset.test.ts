/** The page of an asset in lines: what an auditor and an issuer read. */
import { describe, expect, it } from "vitest";
import { assetLines } from "../../../src/cli/asset.ts";
import { multiplierText } from "../../../src/evidence/multiplier.ts";
import { parse as parseAmount } from "../../../src/values/amount.ts";
import { parse as multiplierOf } from "../../../src/values/multiplier.ts";
import { goldView, goldWire } from "../../place/asset-view.ts";

const cover = (goldWire["cover"] as readonly Record<string, unknown>[])[0]!;

describe("an asset", () => {
  it("is told from its supply to its last report", () => {
    const lines = assetLines(goldView({ decimals: 0 }));
    expect(lines).toEqual([
      `GLD: token 0x${"11".repeat(20)} on chain 31337, policy version 1, as of 2027-01-15T09:00:00Z`,
      `attested by vault-auditor: 1,000 GLD (troy ounce) as of 2027-01-15T08:00:00Z, good until 2027-01-16T08:00:00Z, report 0x${"5e".repeat(32)}`,
      "obs-1 saw supply 400 GLD at block 50",
      "being minted: 100 GLD",
      "guard.reserves-cover is covered: reserves 1,000 GLD × 1.00 allow 1,000 GLD, 2.0000 behind each unit that is out; 1 of attestors, at most 1d old, evidence until 2027-01-16T08:00:00Z",
      "  vault-auditor: 1,000 GLD, 1h old, current",
      "room to mint, as the service counts it: 500 GLD",
      "band: covered",
      "open: 1 to mint, together 100 GLD",
      "open: 2 to redeem, together 30 GLD",
      "limit.mint-day is 37.51 % full: at most 5,000 GLD of mint in any 24 hours",
      `last report: 0x${"5e".repeat(32)} by vault-auditor as of 2027-01-15T08:00:00Z`,
    ]);
  });

  it("says of a token of shares what one is and what is announced, and that the supply is with it", () => {
    const seen = { blockNumber: 50, blockTime: 1_800_000_000, observer: "obs-1" };
    const linesOf = (value: string): readonly string[] =>
      assetLines(
        goldView({
          decimals: 0,
          observed: [
            { ...seen, fact: "supply", value: "404" },
            { ...seen, fact: "multiplier", value },
          ],
        }),
      );
    const at = { multiplier: multiplierOf("1.01"), activationTime: parseAmount("1800000600") };
    const shares = { current: multiplierOf("1"), nonce: parseAmount("3"), announced: at };
    expect(linesOf(multiplierText(shares)).slice(2, 4)).toEqual([
      "obs-1 saw supply 404 GLD, with what is announced, at block 50",
      "obs-1 saw multiplier 1, and 1.01 is announced at block 50",
    ]);
    expect(linesOf(multiplierText({ ...shares, announced: null }))[3]).toBe("obs-1 saw multiplier 1 at block 50");
  });

  it("says what is missing and what is proposed, and is frozen in its last lines", () => {
    const frozen = [
      { freezeId: `0x${"01".repeat(32)}`, scope: "key", target: "hsm-mint", reason: "lost", by: "cora", at: 1 },
    ];
    const lines = assetLines(
      goldView({
        cover: [{ ...cover, reserves: null, most: null, coverage: null, endsAt: null, band: "unknown", words: [] }],
        headroom: null,
        band: "short",
        proposal: { operation: "pause", why: "more GLD is out than its reserves cover" },
        limits: null,
        lastAudit: null,
        frozen,
      }),
    );
    expect(lines).toContain("guard.reserves-cover is unknown: reserves not attested; 1 of attestors, at most 1d old");
    expect(lines).toContain("no room to mint: evidence is missing");
    expect(lines).toContain("a pause is proposed: more GLD is out than its reserves cover");
    expect(lines).toContain("how full its limits are is not known: the gate does not answer the service");
    expect(lines).toContain("no report was attested");
    expect(lines.at(-1)).toBe(`key hsm-mint is frozen by cora: lost (freeze 0x${"01".repeat(32)})`);
    expect(assetLines(goldView({ frozen: null })).at(-1)).toBe(
      "whether it is frozen is not known: the gate does not answer the service",
    );
  });
});
