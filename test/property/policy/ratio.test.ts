/** How far reserves reach, over random reserves, prices, ratios and decimals: exactly as far as the whole inequality says, without a division. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseUnits } from "../../../src/values/amount.ts";
import {
  decideWith,
  document,
  gld,
  idOf,
  mintRule,
  n,
  now,
  observation,
  observed,
  reserve,
  rosterWith,
  tierWith,
} from "../../unit/policy/example.ts";
import { runs } from "./random-case.ts";

/** Two who attest; the least counts. */
const roster = rosterWith({ "obs-1": { groups: [n("observers"), n("attestors")] } });

/** A decimal number above 0 as people write it. */
const decimal = (most: number): fc.Arbitrary<string> =>
  fc
    .record({ whole: fc.integer({ min: 0, max: most }), part: fc.stringMatching(/^[0-9]{1,4}$/) })
    .map(({ whole, part }) => `${String(whole)}.${part}`)
    .filter((text) => Number(text) > 0);

const steps = (text: string): bigint => parseUnits(text, 18);
const prices = fc.option(
  fc.record({
    // At most three times apart, which the guard below takes.
    values: fc.array(
      fc.integer({ min: 1_000, max: 2_999 }).map((milli) => (milli / 1_000).toFixed(3)),
      {
        minLength: 2,
        maxLength: 5,
      },
    ),
    par: decimal(9),
  }),
);

const cases = fc.record({
  decimals: fc.constantFrom(0, 6, 8, 18),
  ratio: decimal(2),
  early: fc.integer({ min: 1, max: 99 }),
  prices,
  /** Of every attestor, in base units of the smallest. */
  counts: fc.array(fc.bigInt({ min: 0n, max: 10n ** 7n }), { minLength: 2, maxLength: 2 }),
  outstanding: fc.bigInt({ min: 0n, max: 10n ** 5n }),
  /** How much more than the most that fits is out already; and where there is no such number, nothing. */
  beyond: fc.constantFrom(-2n, -1n, 0n, 1n, 2n),
  asked: fc.bigInt({ min: 1n, max: 10n ** 5n }),
});

type One = typeof cases extends fc.Arbitrary<infer C> ? C : never;

/** reserves × price × ratio over par, as a fraction. */
function reach({ counts, prices: said, ratio }: One, scale: bigint): { top: bigint; bottom: bigint } {
  const least = counts.reduce((low, count) => (count < low ? count : low)) * scale;
  const sorted = [...(said?.values ?? ["1"])].map(steps).sort((a, b) => (a < b ? -1 : 1));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
  const par = steps(said?.par ?? "1");
  return { top: least * middle * steps(ratio), bottom: par * steps("1") };
}

type Parts = { readonly supply: bigint; readonly outstanding: bigint; readonly asked: bigint; readonly scale: bigint };

function decided(one: One, parts: Parts): ReturnType<typeof decideWith> {
  const { decimals, ratio, early, prices: said, counts } = one;
  const warn = { ratio: `0.00${String(early).padStart(2, "0")}`, add: { delay: "1s" } };
  const price = { par: said?.par, maxAge: "1h", sources: said?.values.length, deviation: "2.00" };
  const cover = { ratio, ...(steps(ratio) > steps(warn.ratio) ? { warn } : {}), ...(said === null ? {} : { price }) };
  const require = { evidence: "reserve", by: { group: "attestors", min: 2 }, maxAge: "24h", cover };
  const attested = counts.map((count, index) =>
    reserve({
      attestor: ["vault-auditor", "obs-1"][index],
      reserves: String(count * parts.scale),
      supply: "0",
    }),
  );
  return decideWith({
    roster,
    policy: {
      token: { ...document.token, decimals },
      guards: [{ id: "backed", when: { operation: "mint" }, require }],
      limits: [],
      rules: [mintRule({}, tierWith({}))],
    },
    intent: { amount: String(parts.asked) },
    ceilings: { request: gld("1000000000"), day: gld("1000000000") },
    facts: {
      observed: { ...observed, ...observation("supply", String(parts.supply)) },
      outstanding: String(parts.outstanding),
      reserves: attested,
      prices: (said?.values ?? []).map((value, index) => ({
        attestor: "vault-auditor",
        subject: "GLD/USD",
        value,
        source: `source ${String(index)}`,
        asOf: now - 60,
        expiresAt: now + 60,
        statement: idOf(`price ${String(index)}`),
      })),
    },
  });
}

it("lets a mint through exactly when supply, what is on its way and the mint fit", () => {
  const seen = { fits: 0, short: 0, warned: 0, priced: 0 };
  fc.assert(
    fc.property(cases, (one) => {
      const scale = 10n ** BigInt(Math.max(0, one.decimals - 6));
      const { top, bottom } = reach(one, scale);
      const most = top / bottom;
      const room = most + one.beyond - one.outstanding - one.asked;
      const supply = room > 0n ? room : 0n;
      const sum = supply + one.outstanding + one.asked;
      const decision = decided(one, { supply, outstanding: one.outstanding, asked: one.asked, scale });
      const fits = sum * bottom <= top;
      expect(decision.clauses.find(({ id }) => id === "guard.backed")?.ok).toBe(fits);
      expect(decision.verdict === "allowed").toBe(fits && decision.clauses.every(({ ok }) => ok));
      // The warning comes before the end, by the same reckoning.
      const warned = decision.clauses.find(({ id }) => id === "guard.backed.warn");
      const early = steps(`0.00${String(one.early).padStart(2, "0")}`);
      if (warned !== undefined)
        expect(warned.observed.startsWith("applies")).toBe(sum * bottom * steps(one.ratio) > top * early);
      seen[fits ? "fits" : "short"] += 1;
      if (one.prices !== null) seen.priced += 1;
      if (warned?.observed.startsWith("applies") === true) seen.warned += 1;
    }),
    runs(600),
  );
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
});

it("says the same of the same gold in any number of decimals", () => {
  fc.assert(
    fc.property(cases, (one) => {
      const { top, bottom } = reach(one, 1n);
      const room = top / bottom + one.beyond - one.outstanding - one.asked;
      const supply = room > 0n ? room : 0n;
      const answers = ([0, 6, 8, 18] as const).map((decimals) => {
        const scale = 10n ** BigInt(decimals);
        const { asked, outstanding } = one;
        const parts = { supply: supply * scale, outstanding: outstanding * scale, asked: asked * scale, scale };
        return decided({ ...one, decimals }, parts).clauses.find(({ id }) => id === "guard.backed")?.ok;
      });
      // A whole unit more or less is seen in each of them.
      expect(new Set(answers).size).toBe(1);
    }),
    runs(150),
  );
});
