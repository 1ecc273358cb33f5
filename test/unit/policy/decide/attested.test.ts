/** Guards on prices, identities and documents: who counts, how many it takes, and what they may not say. */
import { describe, expect, it } from "vitest";
import { judgeGuards } from "../../../../src/policy/decide/guard.ts";
import type { Judgement } from "../../../../src/policy/decide/judgement.ts";
import {
  attested,
  bankA,
  clause,
  day,
  decideWith,
  idOf,
  inputWith,
  n,
  now,
  outcome,
  rosterWith,
  type Bend,
} from "../example.ts";

const guard = (require: Readonly<Record<string, unknown>>): Bend => ({
  policy: { guards: [{ id: "g", when: { operation: "mint" }, require }] },
});
const allowed = { verdict: "allowed", code: "policy.allowed", failing: [] };
const judged = (bend: Bend): readonly Judgement[] => judgeGuards(inputWith(bend)).judgements;
const evidence = { id: "guard.g.evidence", kind: "guard", curable: true };
const said = { id: "guard.g", kind: "guard", curable: true };
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

  const wantsTwo = "1 of attestors from 2 sources, at most 5m old";
  const apart = "prices of GLD/USD at most 0.02 of the lowest apart";
  it.each<[string, unknown[], object, object]>([
    [
      "no price",
      [],
      { code: "policy.evidence-missing", ok: false, observed: "0 current at 2027-01-15T08:00:00Z" },
      { code: "policy.evidence-missing", ok: false, observed: "price not attested" },
    ],
    [
      "prices that agree",
      [price("10.2", "b"), price("10.0", "a")],
      {
        code: "policy.attestation-stale",
        ok: true,
        observed:
          "2 current at 2027-01-15T08:00:00Z: vault-auditor by a as of 2027-01-15T07:59:00Z, vault-auditor by b as of 2027-01-15T07:59:00Z",
      },
      { code: "policy.price-spread", ok: true, observed: "10.0 to 10.2 USD" },
    ],
    [
      "an old price beside a new one",
      [price("10.0", "a"), price("10.0", "b", { asOf: now - 301 })],
      {
        code: "policy.attestation-stale",
        ok: false,
        observed:
          "1 current at 2027-01-15T08:00:00Z: vault-auditor by a as of 2027-01-15T07:59:00Z, vault-auditor by b as of 2027-01-15T07:54:59Z",
      },
      { code: "policy.evidence-missing", ok: false, observed: "price not attested" },
    ],
  ])("tells who says it and what they say: %s", (_, prices, who, what) => {
    expect(judged(bend(prices, { deviation: "0.02" }))).toEqual([
      { ...evidence, bound: wantsTwo, ...who },
      { ...said, bound: apart, ...what },
    ]);
  });

  it("takes a deviation for the share that it is", () => {
    const higher = (value: string): unknown => [price("10", "a"), price(value, "b")];
    expect(outcome(bend(higher("10.3"), { deviation: "0.03" }))).toEqual(allowed);
    expect(outcome(bend(higher("10.300000000000000001"), { deviation: "0.03" })).code).toBe("policy.price-spread");
  });

  it("tells prices that are equal in the order of those who say them", () => {
    const equal = [price("10.00", "b"), price("10.0", "a")];
    expect(clause(decideWith(bend(equal)), "guard.g").observed).toBe("10.0 to 10.00 USD");
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

  const verifiedBy = (min: number): string =>
    `address:${bankA} verified by ${String(min)} of attestors, and nobody says otherwise`;
  const at = "2027-01-15T07:59:00Z";
  it.each<[string, unknown[], object, object]>([
    [
      "nobody's word",
      [],
      { code: "policy.evidence-missing", ok: false, observed: "0 current at 2027-01-15T08:00:00Z" },
      { code: "policy.evidence-missing", ok: false, observed: "not attested" },
    ],
    [
      "one of the two that it takes",
      [attested()],
      {
        code: "policy.evidence-missing",
        ok: false,
        observed: `1 current at 2027-01-15T08:00:00Z: vault-auditor by registry as of ${at}`,
      },
      { code: "policy.evidence-missing", ok: false, observed: "verified by vault-auditor" },
    ],
    [
      "both, in the order of their names, and of their sources",
      [attested({ source: "z" }), attested({ source: "b" }), attested({ attestor: "obs-1" })],
      {
        code: "policy.attestation-stale",
        ok: true,
        observed: `3 current at 2027-01-15T08:00:00Z: obs-1 by registry as of ${at}, vault-auditor by b as of ${at}, vault-auditor by z as of ${at}`,
      },
      {
        code: "policy.evidence-missing",
        ok: true,
        observed: "verified by obs-1, verified by vault-auditor, verified by vault-auditor",
      },
    ],
    [
      "bad news beside good",
      [attested({ attestor: "obs-1", value: "revoked" }), attested()],
      {
        code: "policy.attestation-stale",
        ok: true,
        observed: `2 current at 2027-01-15T08:00:00Z: obs-1 by registry as of ${at}, vault-auditor by registry as of ${at}`,
      },
      { code: "policy.not-verified", ok: false, observed: "verified by vault-auditor, revoked by obs-1" },
    ],
  ])("tells who says it and what they say: %s", (_, identities, who, what) => {
    expect(judged({ ...bend(identities, { by: { group: "attestors", min: 2 } }), roster: two })).toEqual([
      { ...evidence, bound: "2 of attestors", ...who },
      { ...said, bound: verifiedBy(2), ...what },
    ]);
  });

  it("says the greatest age where it has one", () => {
    const [first] = judged(bend([], { maxAge: "30d" }));
    expect(first?.bound).toBe("1 of attestors, at most 30d old");
  });

  it("tells words of one attestor from one source in the order in which they came", () => {
    const words = (...asOf: number[]): unknown[] => asOf.map((moment) => attested({ asOf: moment }));
    const [early, late] = [now - 120, now - 60];
    expect(judged(bend(words(late, early)))[0]?.observed).toMatch(/07:59:00Z, .*07:58:00Z$/);
    expect(judged(bend(words(early, late)))[0]?.observed).toMatch(/07:58:00Z, .*07:59:00Z$/);
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

  const one = (min: number): string => `one document of reference:receipt-42 by ${String(min)} of attestors`;
  const lacks = { code: "policy.evidence-missing", ok: false };
  const differ = { code: "policy.documents-differ", ok: false };
  it.each<[string, unknown[], number, object]>([
    ["no document", [], 1, { ...lacks, observed: "not attested" }],
    ["one", [paper("one")], 1, { ...lacks, ok: true, observed: `${idOf("one")} by vault-auditor` }],
    ["one of two attestors", [paper("one")], 2, { ...lacks, observed: `${idOf("one")} by vault-auditor` }],
    [
      "two",
      [paper("one"), paper("two", { attestor: "obs-1" })],
      2,
      { ...differ, observed: `${idOf("two")} by obs-1, ${idOf("one")} by vault-auditor` },
    ],
    ["no hash", [paper("one", { value: "a paper" })], 1, { ...differ, observed: "a paper by vault-auditor" }],
  ])("tells what is said of the reference: %s", (_, documents, min, what) => {
    const guarded = guard({ evidence: "document", by: { group: "attestors", min } });
    expect(judged({ ...guarded, roster: two, facts: { documents } })[1]).toEqual({ ...said, bound: one(min), ...what });
  });
});
