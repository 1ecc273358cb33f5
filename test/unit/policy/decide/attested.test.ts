/** Guards on prices, identities and documents: who counts, how many it takes, and what they may not say. */
import { describe, expect, it } from "vitest";
import { attested, clause, day, decideWith, idOf, n, now, outcome, rosterWith, type Bend } from "../example.ts";

const guard = (require: Readonly<Record<string, unknown>>): Bend => ({
  policy: { guards: [{ id: "g", when: { operation: "mint" }, require }] },
});
const allowed = { verdict: "allowed", code: "policy.allowed", failing: [] };
const two = rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } });

describe("the price guard", () => {
  const required = { evidence: "price", maxAge: "5m", sources: 2, deviation: "0.01" };
  const price = (value: string, source: string, fields = {}): unknown =>
    attested({ subject: "GLD/USD", value, source, ...fields });
  const bend = (prices: unknown, more: Readonly<Record<string, unknown>> = {}): Bend => ({
    ...guard({ ...required, ...more }),
    facts: { prices },
  });

  it("takes two sources that agree to the share of the lowest, itself included", () => {
    expect(outcome(bend([price("10.00", "a"), price("10.10", "b")]))).toEqual(allowed);
    expect(outcome(bend([price("10.00", "a"), price("10.100000000000000001", "b")]))).toEqual({
      verdict: "pending",
      code: "policy.price-spread",
      failing: ["guard.g"],
    });
    expect(clause(decideWith(bend([price("10.2", "b"), price("10.00", "a")])), "guard.g")).toMatchObject({
      observed: "10.00 to 10.2 USD",
      bound: "prices of GLD/USD at most 0.01 of the lowest apart",
    });
  });

  it("counts sources and not words: one source twice, or an undefined price, is no second", () => {
    const lacking = { verdict: "pending", code: "policy.evidence-missing", failing: ["guard.g.evidence", "guard.g"] };
    expect(outcome(bend([price("10", "a"), price("10", "a", { asOf: now - 61 })]))).toEqual(lacking);
    expect(outcome(bend([price("10", "a")]))).toEqual(lacking);
    expect(outcome(bend(undefined))).toEqual(lacking);
    for (const value of ["", "0", "-1", "NaN", "1e3", "null"])
      expect(outcome(bend([price("10", "a"), price(value, "b")])).verdict).toBe("pending");
  });

  it("does not take another pair, or another quote than it asks for", () => {
    const other = [price("10", "a"), price("10", "b", { subject: "GLD/EUR" })];
    expect(outcome(bend(other)).code).toBe("policy.evidence-missing");
    const euros = [price("10", "a", { subject: "GLD/EUR" }), price("10", "b", { subject: "GLD/EUR" })];
    expect(outcome(bend(euros, { quote: "EUR" }))).toEqual(allowed);
  });

  it("takes a price of just the age, and none older, expired, or of a time to come", () => {
    const second = (fields: Readonly<Record<string, unknown>>): unknown => [price("10", "a"), price("10", "b", fields)];
    expect(outcome(bend(second({ asOf: now - 300 })))).toEqual(allowed);
    for (const fields of [{ asOf: now - 301 }, { asOf: now + 1 }, { expiresAt: now }])
      expect(outcome(bend(second(fields)))).toMatchObject({
        verdict: "pending",
        code: "policy.attestation-stale",
        failing: ["guard.g.evidence", "guard.g"],
      });
  });

  it("counts nobody outside the group, and wants as many attestors as it says", () => {
    const stranger = [price("10", "a"), price("10", "b", { attestor: "obs-2" })];
    expect(outcome(bend(stranger)).code).toBe("policy.evidence-missing");
    const by = { by: { group: "attestors", min: 2 } };
    expect(outcome(bend([price("10", "a"), price("10", "b")], by)).code).toBe("policy.evidence-missing");
    const both = [price("10", "a"), price("10", "b", { attestor: "obs-1" })];
    expect(outcome({ ...bend(both, by), roster: two })).toEqual(allowed);
  });
});

describe("the identity guard", () => {
  const bend = (identities: unknown, more: Readonly<Record<string, unknown>> = {}): Bend => ({
    ...guard({ evidence: "identity", ...more }),
    facts: { identities },
  });

  it("takes a verified recipient, and nobody who says otherwise", () => {
    expect(outcome(bend([attested()]))).toEqual(allowed);
    const revoked = attested({ attestor: "obs-1", value: "revoked" });
    expect(outcome({ ...bend([attested(), revoked]), roster: two })).toEqual({
      verdict: "pending",
      code: "policy.not-verified",
      failing: ["guard.g"],
    });
    expect(outcome(bend([attested(), revoked]))).toEqual(allowed);
    const past = attested({ attestor: "obs-1", value: "revoked", expiresAt: now });
    expect(outcome({ ...bend([attested(), past]), roster: two })).toEqual(allowed);
  });

  it("takes no word about somebody else, and none at all is a lack", () => {
    const other = attested({ subject: `address:0x${"01".repeat(20)}` });
    for (const identities of [[other], [], undefined])
      expect(outcome(bend(identities))).toMatchObject({ verdict: "pending", code: "policy.evidence-missing" });
  });

  it("asks for an age only when it says one", () => {
    const old = [attested({ asOf: now - 90 * day })];
    expect(outcome(bend(old))).toEqual(allowed);
    expect(outcome(bend(old, { maxAge: "30d" })).code).toBe("policy.attestation-stale");
  });

  it("counts attestors who say yes, each once", () => {
    const by = { by: { group: "attestors", min: 2 } };
    const again = attested({ source: "another register" });
    expect(outcome({ ...bend([attested(), again], by), roster: two }).code).toBe("policy.evidence-missing");
    expect(outcome({ ...bend([attested(), attested({ attestor: "obs-1" })], by), roster: two })).toEqual(allowed);
  });
});

describe("the document guard", () => {
  const paper = (word: string, fields = {}): unknown =>
    attested({ subject: "reference:receipt-42", value: idOf(word), ...fields });
  const bend = (documents: unknown): Bend => ({ ...guard({ evidence: "document" }), facts: { documents } });

  it("takes one document of the reference, and no two", () => {
    expect(outcome(bend([paper("one")]))).toEqual(allowed);
    expect(outcome(bend([paper("one"), paper("one", { source: "b" })]))).toEqual(allowed);
    expect(outcome(bend([paper("one"), paper("two", { source: "b" })]))).toEqual({
      verdict: "pending",
      code: "policy.documents-differ",
      failing: ["guard.g"],
    });
  });

  it("takes none of another reference, and nothing that is no hash", () => {
    expect(outcome(bend([paper("one", { subject: "reference:receipt-43" })])).code).toBe("policy.evidence-missing");
    expect(outcome(bend([paper("one", { value: "a paper" })])).failing).toEqual(["guard.g"]);
  });
});
