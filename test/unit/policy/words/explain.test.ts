/** Decisions in words. */
import { describe, expect, it } from "vitest";
import { explainDecision } from "../../../../src/policy/words/explain.ts";
import { decideWith, gld, idOf, mintRule, now, stranger, tierWith, vote } from "../example.ts";

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

  it("says that it is judged in a batch, and of how much", () => {
    const rules = [{ ...mintRule(), batch: { max: 9, total: "900 GLD" } }];
    const batch = (...people: string[]): object => ({
      ...{
        merkleRoot: idOf("root"),
        firstSeen: 0,
        count: 3,
        total: gld("900").toString(),
        largest: gld("500").toString(),
      },
      votes: people.map((person) => vote(person)),
    });
    const lines = (...people: string[]): string[] =>
      explainDecision(decideWith({ policy: { rules }, facts: { votes: [], batches: [batch(...people)] } }));
    expect(lines("carla", "chris")).toEqual([
      "allowed by rule mint, tier 1 for a batch of 3 requests, 900 GLD together, signed by hsm-mint",
    ]);
    expect(lines("carla")).toEqual([
      "pending (policy.quorum-missing) for a batch of 3 requests, 900 GLD together until 2027-01-15T09:00:00Z",
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

  it("says all of a refusal in these lines, with what waits beside it", () => {
    const lines = explainDecision(decideWith({ intent: { chainId: 1 }, facts: { votes: [vote("carla")] } }));
    expect(lines).toEqual([
      "refused (policy.wrong-chain)",
      "refused: token.chain: chain 1; must be: chain 31337",
      "waits for 1 more of custodians: chris or cyril",
    ]);
  });

  it("names no rule, tier or key where a decision has none", () => {
    const decision = { ...decideWith(), rule: null, tier: null, key: null };
    expect(explainDecision(decision)).toEqual(["allowed"]);
    expect(explainDecision({ ...decision, rule: "mint" })).toEqual(["allowed by rule mint"]);
  });

  it("says of seats that nobody in particular lacks what was seen and what must be", () => {
    const decision = decideWith({ facts: { votes: [vote("carla")] } });
    expect(explainDecision({ ...decision, missing: [] })[1]).toMatch(
      /^waits: mint\.quorum: carla for custodians, lacks /,
    );
  });

  it("says of seats and of different people each what is lacking", () => {
    const policy = { rules: [mintRule({}, tierWith({ distinct: { people: 3 } }))] };
    expect(explainDecision(decideWith({ policy, facts: { votes: [vote("carla")] } })).slice(1)).toEqual([
      "waits for 1 more of custodians: chris or cyril",
      "waits: mint.people: 1 people: carla; must be: at least 3 different people",
    ]);
  });

  it("says that a rule was found whose tiers end too low", () => {
    const lines = explainDecision(decideWith({ intent: { amount: gld("5001").toString() } }));
    expect(lines).toContain("refused: mint.amount: 5,001 GLD; must be: at most 5,000 GLD");
  });
});
