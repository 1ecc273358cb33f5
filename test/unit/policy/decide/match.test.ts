/** Which rule an intent falls under, and how near the others came when none does. */
import { describe, expect, it } from "vitest";
import { matchRule } from "../../../../src/policy/decide/match.ts";
import { checksum } from "../../../../src/values/address.ts";
import { clause, decideWith, document, gld, inputWith, n, stranger } from "../example.ts";

describe("matchRule", () => {
  it("finds the one rule and its tier", () => {
    const match = matchRule(inputWith({ intent: { amount: gld("2000").toString() } }));
    expect(match.rule?.id).toBe("mint");
    expect(match.tier?.delaySeconds).toBe(1_800);
    expect(match.nearest).toEqual([]);
  });

  it("shows the recipient with its checksum and its label", () => {
    expect(clause(decideWith(), "mint.to")).toMatchObject({
      observed: "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa (Bank A omnibus)",
      bound: "list treasury",
    });
  });

  it("lists each rule's first failing clause when none matches, the nearest rule first", () => {
    const decision = decideWith({ intent: { to: stranger } });
    expect(decision).toMatchObject({ rule: null, tier: null, notBefore: null, requires: null, seats: [], missing: [] });
    // By clauses that pass: operation and initiator; initiator and recipient are both wrong for the last two.
    expect(decision.nearest.map(({ rule, clause: { id } }) => `${rule}: ${id}`)).toEqual([
      "mint: mint.to",
      "payout: payout.operation",
      "redeem: redeem.operation",
      "restart: restart.operation",
      "stop: stop.operation",
    ]);
    expect(decision.nearest[0]?.clause.observed).toBe(checksum(stranger));
  });

  it("tells two rules of one operation apart by their lists", () => {
    const lists = {
      treasury: document.lists!["treasury" as never],
      partners: { entries: [{ address: stranger, label: "Partner" }] },
    };
    const [mint] = document.rules;
    const second = { ...mint!, id: "mint-partners", when: { ...mint!.when, to: { in: "partners" } } };
    const bend = { policy: { lists, rules: [mint, second] } };
    expect(decideWith(bend).rule).toBe("mint");
    expect(decideWith({ ...bend, intent: { to: stranger } }).rule).toBe("mint-partners");
  });

  it("keeps the list of nearest rules short", () => {
    const input = inputWith({ intent: { to: stranger } });
    const [mint] = input.policy.rules;
    const rules = Array.from({ length: 50 }, (_, index) => ({ ...mint!, id: n(`r${index}`) }));
    expect(matchRule({ ...input, policy: { ...input.policy, rules } }).nearest).toHaveLength(10);
  });
});
