/** Parts of a pool: together exactly the pool, whoever holds how much, at any decimals. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entitlementsOf, type Holding, type Pool } from "../../src/evidence/entitlement.ts";
import * as address from "../../src/values/address.ts";
import * as amount from "../../src/values/amount.ts";

const runs = 300;
const addressOf = (index: number): address.Address => address.parse(`0x${(index + 1).toString(16).padStart(40, "0")}`);
const escrow = addressOf(0xfffffe);
const treasury = addressOf(0xffffff);

const sum = (parts: readonly { readonly amount: bigint }[]): bigint => parts.reduce((all, one) => all + one.amount, 0n);

/** Up to a million whole tokens, or a few base units. */
const balance = fc.oneof(
  fc.bigInt(1n, 9n),
  fc
    .tuple(fc.constantFrom(0, 6, 8, 18), fc.bigInt(1n, 1_000_000n), fc.bigInt(0n, 999n))
    .map(([decimals, whole, rest]) => whole * 10n ** BigInt(decimals) + rest),
  fc.constant(amount.max),
);

const pools: fc.Arbitrary<Pool> = fc
  .record({
    balances: fc.array(balance, { maxLength: 40 }),
    barred: fc.array(fc.nat({ max: 39 }), { maxLength: 10 }),
    pool: fc.oneof(fc.bigInt(1n, 50n), fc.bigInt(1n, 10n ** 24n), fc.constant(amount.max)),
  })
  .map(({ balances, barred, pool }) => {
    const holders = balances.map((one, index): Holding => ({
      address: addressOf(index),
      balance: amount.fromBigInt(one),
    }));
    const ineligible = holders.filter((_, index) => barred.includes(index)).map((one) => one.address);
    return { pool: amount.fromBigInt(pool), escrow, treasury, ineligible, holders };
  });

const held = ({ holders }: Pool): bigint => holders.reduce((all, one) => all + one.balance, 0n);

describe("entitlements", () => {
  it("are the pool together, to the last unit", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        expect(sum(entitlementsOf(pool))).toBe(pool.pool);
      }),
      { numRuns: runs },
    );
  });

  it("are nobody's twice, of nothing, or above one's part rounded up or below it rounded down", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const parts = entitlementsOf({ ...pool, ineligible: [] });
        expect(parts.map(({ to }) => to)).toEqual([...new Set(parts.map(({ to }) => to))].sort());
        const given = new Map(parts.map((one) => [one.to, one.amount]));
        for (const { address: to, balance: own } of pool.holders) {
          const exact = pool.pool * own;
          const part = given.get(to) ?? 0n;
          expect(part * held(pool) - exact < held(pool) && exact - part * held(pool) < held(pool)).toBe(true);
        }
        expect(parts.every((one) => one.amount > 0n)).toBe(true);
      }),
      { numRuns: runs },
    );
  });

  it("do not hang on the order in which holders are named", () => {
    fc.assert(
      fc.property(
        pools.chain((pool) =>
          fc.tuple(fc.constant(pool), fc.shuffledSubarray([...pool.holders], { minLength: pool.holders.length })),
        ),
        ([pool, holders]) => {
          expect(entitlementsOf({ ...pool, holders })).toEqual(entitlementsOf(pool));
        },
      ),
      { numRuns: runs },
    );
  });

  it("of those who may not have theirs are the escrow's, and change nobody else's", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const all = new Map(entitlementsOf({ ...pool, ineligible: [] }).map((one) => [one.to, one.amount]));
        const some = new Map(entitlementsOf(pool).map((one) => [one.to, one.amount]));
        const kept = pool.ineligible.reduce((total, one) => total + (all.get(one) ?? 0n), 0n);
        expect(some.get(escrow) ?? 0n).toBe(kept);
        expect(pool.ineligible.some((one) => some.has(one))).toBe(false);
        for (const [to, part] of some) if (to !== escrow) expect(part).toBe(all.get(to));
      }),
      { numRuns: runs },
    );
  });

  it("grow with what is held", () => {
    fc.assert(
      fc.property(pools, (pool) => {
        const given = new Map(entitlementsOf({ ...pool, ineligible: [] }).map((one) => [one.to, one.amount]));
        const inOrder = [...pool.holders].sort((one, other) => (one.balance < other.balance ? -1 : 1));
        for (const [index, one] of inOrder.slice(1).entries()) {
          const before = inOrder[index]!;
          if (before.balance < one.balance)
            expect((given.get(before.address) ?? 0n) <= (given.get(one.address) ?? 0n)).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  });

  it.each([0, 6, 8, 18])("of ten thousand holders at %s decimals are the pool", (decimals) => {
    const unit = 10n ** BigInt(decimals);
    const holders = Array.from({ length: 10_000 }, (_, index): Holding => {
      const own = BigInt((index * 7_919) % 104_729) * unit + BigInt(index % 1_000) + 1n;
      return { address: addressOf(index), balance: amount.fromBigInt(own) };
    });
    const pool = amount.fromBigInt(1_234_567n * unit + 1n);
    const ineligible = [addressOf(3), addressOf(77)];
    const parts = entitlementsOf({ pool, escrow, treasury, ineligible, holders });
    expect(sum(parts)).toBe(pool);
    expect(parts.length).toBeLessThanOrEqual(9_999);
  });
});
