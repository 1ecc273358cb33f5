/** The cover of a mint with a warning before its end and with a price, and guards that want no more than a recent report. */
import { describe, expect, it } from "vitest";
import {
  clause,
  day,
  decideWith,
  documentWith,
  gld,
  idOf,
  n,
  now,
  outcome,
  reserve,
  rosterWith,
  vote,
  type Bend,
} from "../example.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";

type Fields = Readonly<Record<string, unknown>>;

const by = { group: "attestors", min: 1 };
const guarded = (cover: Fields | undefined, rest: Fields = {}): Fields => ({
  guards: [
    {
      id: "backed",
      when: { operation: "mint" },
      require: { evidence: "reserve", by, maxAge: "24h", ...(cover === undefined ? {} : { cover }), ...rest },
    },
  ],
});
const allowed = { verdict: "allowed" };

describe("a warning", () => {
  const policy = guarded({ ratio: "1.00", warn: { ratio: "0.8", add: { quorum: { group: "officers", min: 1 } } } });
  const holding = (reserves: bigint, more: Fields = {}): Bend => ({
    policy,
    facts: { reserves: [reserve({ reserves: reserves.toString() })], ...more },
  });

  it("asks for more people from one unit beyond it, and is silent to the last one", () => {
    expect(outcome(holding(gld("1375")))).toMatchObject(allowed);
    expect(outcome(holding(gld("1375") - 1n))).toMatchObject({
      verdict: "pending",
      code: "policy.quorum-missing",
      failing: ["mint.quorum"],
    });
    const votes = [vote("carla"), vote("chris"), vote("otto")];
    expect(outcome(holding(gld("1375") - 1n, { votes }))).toMatchObject(allowed);
    expect(outcome(holding(gld("1100"), { votes }))).toMatchObject(allowed);
    expect(outcome(holding(gld("1100") - 1n, { votes }))).toMatchObject({ code: "policy.reserves-short" });
  });

  it("says whether it applies, and what it adds", () => {
    const shown = { id: "guard.backed.warn", kind: "guard", ok: true, curable: true };
    const bound = "adds 1 of officers beyond reserves × 0.8";
    expect(clause(decideWith(holding(gld("2000"))), "guard.backed.warn")).toEqual({
      ...shown,
      observed: "does not apply: 1,100 GLD",
      bound,
    });
    expect(clause(decideWith(holding(gld("1200"))), "guard.backed.warn")).toEqual({
      ...shown,
      observed: "applies: 1,100 GLD",
      bound,
    });
  });

  it("applies while nobody knows how far the reserves reach", () => {
    const decision = decideWith({ policy, facts: { reserves: [] } });
    expect(clause(decision, "guard.backed.warn").observed).toBe("applies: how far the reserves reach is not known");
    expect(decision.requires).toEqual({
      all: [
        { group: "custodians", min: 2 },
        { group: "officers", min: 1 },
      ],
    });
  });

  it("stands below the ratio, or is no warning", () => {
    for (const ratio of ["1.00", "1", "1.01"])
      expect(() => compile(documentWith(guarded({ ratio: "1.00", warn: { ratio, add: { delay: "1h" } } })))).toThrow(
        `\`${ratio}\` is not below the ratio \`1.00\``,
      );
  });
});

describe("a price", () => {
  const price = { par: "1.00", maxAge: "1h", sources: 2, deviation: "0.10" };
  const policy = guarded({ ratio: "1.00", price });
  const said = (source: string, value: string, fields: Fields = {}): Fields => ({
    attestor: "vault-auditor",
    subject: "GLD/USD",
    value,
    source,
    asOf: now - 60,
    expiresAt: now + day,
    statement: idOf(`price ${source}`),
    ...fields,
  });
  const priced = (reserves: bigint, ...prices: readonly Fields[]): Bend => ({
    policy,
    facts: { reserves: [reserve({ reserves: reserves.toString() })], prices },
  });

  it("is the middle one of its sources, and of two middle ones the lower", () => {
    const three = [said("a", "2.00"), said("b", "2.10"), said("c", "2.20")];
    // 1,100 over 2.10, to the unit: 523.809… times 2.10.
    const least = (gld("1100") * 100n + 209n) / 210n;
    expect(outcome(priced(least, ...three))).toMatchObject(allowed);
    expect(outcome(priced(least - 1n, ...three))).toMatchObject({ code: "policy.reserves-short" });
    const two = [said("a", "2.00"), said("b", "2.20")];
    expect(outcome(priced(gld("550"), ...two))).toMatchObject(allowed);
    expect(outcome(priced(gld("550") - 1n, ...two))).toMatchObject({ code: "policy.reserves-short" });
  });

  it("counts the lowest word of a source that several attest", () => {
    const roster = rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } });
    const words = [said("a", "2.00"), said("a", "2.20", { attestor: "obs-1" }), said("b", "2.20")];
    const bend = (reserves: bigint): Bend => ({ ...priced(reserves, ...words), roster });
    expect(outcome(bend(gld("550")))).toMatchObject(allowed);
    expect(outcome(bend(gld("550") - 1n))).toMatchObject({ code: "policy.reserves-short" });
  });

  it("stands over what one unit promises", () => {
    const bills = guarded({ ratio: "1.00", price: { ...price, par: "4.00" } });
    const words = [said("a", "2.00"), said("b", "2.00")];
    const bend = (reserves: bigint): Bend => ({ ...priced(reserves, ...words), policy: bills });
    expect(outcome(bend(gld("2200")))).toMatchObject(allowed);
    expect(outcome(bend(gld("2200") - 1n))).toMatchObject({ code: "policy.reserves-short" });
    expect(clause(decideWith(bend(gld("2200"))), "guard.backed").bound).toBe(
      "reserves 2,200 GLD × 2.00 USD ÷ 4.00 × 1.00",
    );
  });

  it.each([
    ["is missing", [said("a", "2.00")], "policy.evidence-missing", "guard.backed.price.evidence"],
    [
      "is old",
      [said("a", "2"), said("b", "2", { asOf: now - 3_601 })],
      "policy.attestation-stale",
      "guard.backed.price.evidence",
    ],
    ["is too far from another", [said("a", "2.00"), said("b", "2.21")], "policy.price-spread", "guard.backed.price"],
    [
      "is of something else",
      [said("a", "2"), said("b", "2", { subject: "SLV/USD" })],
      "policy.evidence-missing",
      "guard.backed.price.evidence",
    ],
  ])("that %s leaves the reserves worth nothing", (_, prices, code, first) => {
    const found = outcome(priced(gld("10000"), ...prices));
    expect(found).toMatchObject({ verdict: "pending", code });
    expect(found.failing[0]).toBe(first);
    expect(found.failing.at(-1)).toBe("guard.backed");
    expect(clause(decideWith(priced(gld("10000"), ...prices)), "guard.backed").observed).toBe(
      "no agreed price of the reserves",
    );
  });
});

describe("an audit", () => {
  const policy = guarded(undefined, { maxAge: "35d" });
  const at = (asOf: number): Bend => ({ policy, facts: { reserves: [reserve({ asOf, reserves: "0" })] } });

  it("is a report of no more than its age, whatever it counted", () => {
    expect(outcome(at(now - 35 * day))).toMatchObject(allowed);
    expect(outcome(at(now - 35 * day - 1))).toEqual({
      verdict: "pending",
      code: "policy.attestation-stale",
      failing: ["guard.backed.evidence"],
    });
    expect(
      decideWith(at(now))
        .clauses.filter(({ id }) => id.startsWith("guard."))
        .map(({ id }) => id),
    ).toEqual(["guard.backed.evidence"]);
  });

  it("that is overdue stops no burn", () => {
    const burn = { operation: "redeem", to: `0x${"00".repeat(20)}` };
    const ids = decideWith({ ...at(0), intent: burn }).clauses.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("guard."))).toEqual([]);
  });
});
