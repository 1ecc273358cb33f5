/** Decisions and policies in words. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../src/policy/compile.ts";
import { explainDecision, explainPolicy } from "../../../src/policy/explain.ts";
import { decideWith, document, documentWith, gld, now, stranger, vote, bankA } from "./example.ts";

describe("explainDecision", () => {
  it("says by which rule, tier and key something is allowed", () => {
    expect(explainDecision(decideWith())).toEqual(["allowed by rule mint, tier 1, signed by hsm-mint"]);
  });

  it("says for whom it waits, by name", () => {
    expect(explainDecision(decideWith({ facts: { votes: [vote("carla")] } }))).toEqual([
      "pending (policy.quorum-missing) until 2027-01-15T09:00:00Z",
      "waits for 1 more of custodians: chris or cyril",
    ]);
  });

  it("says for what it waits, with what was seen and what must be", () => {
    const lines = explainDecision(
      decideWith({ intent: { amount: gld("2000").toString() }, facts: { votes: [vote("chris")], firstSeen: now } }),
    );
    expect(lines.slice(1)).toEqual([
      "waits for 1 more of custodians: carla or cyril",
      "waits for 1 more of compliance: cora",
      "waits: mint.delay: it is 2027-01-15T08:00:00Z, first seen 2027-01-15T08:00:00Z; must be: 30m later, from 2027-01-15T08:30:00Z",
    ]);
  });

  it("says why it is refused, and how near the rules came", () => {
    const lines = explainDecision(decideWith({ intent: { to: stranger } }));
    expect(lines[0]).toBe("refused (policy.recipient-not-listed)");
    expect(lines[1]).toMatch(
      /^refused: rule: mint by ida to 0x.*; must be: a rule among mint, payout, redeem, restart, stop$/,
    );
    expect(lines[2]).toMatch(/^nearest rule mint: mint.to: 0x.*; must be: list treasury$/);
  });

  it("says that a rule was found whose tiers end too low", () => {
    const lines = explainDecision(decideWith({ intent: { amount: gld("5001").toString() } }));
    expect(lines).toContain("refused: mint.amount: 5,001 GLD; must be: at most 5,000 GLD");
  });
});

describe("explainPolicy", () => {
  it("says what is permitted, by whom, and that the rest is denied", () => {
    const lines = explainPolicy(compile(document));
    expect(lines).toContain("mint: somebody of issuers may ask to mint to somebody on list treasury");
    expect(lines).toContain(
      "  over 1,000 GLD and up to 5,000 GLD: 2 of custodians and 1 of compliance, after 30m, signed by hsm-mint",
    );
    expect(lines).toContain("  any amount: 1 of officers or 1 of custodians, signed by hsm-mint");
    expect(lines).toContain(
      "guard reserves-cover: no mint beyond attested reserves × 1.00, attested by 1 of attestors within 1d",
    );
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint in any 1d");
    expect(lines).toContain("to loosen: 2 of officers, after 24h, unless 1 of compliance object");
    expect(lines.at(-1)).toBe("everything else is denied");
  });

  it("says what is counted together and how old an entry must be", () => {
    const limits = [{ ...document.limits![0]!, per: "initiator" }];
    const lists = { treasury: { minAge: "48h", entries: [{ address: bankA, label: "Bank A" }] } };
    const lines = explainPolicy(compile(documentWith({ limits, lists })));
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint per initiator in any 1d");
    expect(lines).toContain("list treasury, each after 2d: Bank A (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa)");
  });
});
