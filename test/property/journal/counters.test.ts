/** Laws of the running sums: whatever was allocated and ended, every question is answered as adding up all rows would answer it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { operationSchema, operations, type Operation } from "../../../src/intent/operation.ts";
import type { Allocation, Journal } from "../../../src/flow/gate/journal.port.ts";
import { levelOf, measure } from "../../../src/policy/decide/measure.ts";
import type { Counted, UsageQuestion } from "../../../src/policy/decide/usage.ts";
import { max } from "../../../src/values/amount.ts";
import type { Instant } from "../../../src/values/instant.ts";
import { journalPlace } from "../../contract/journal/journal-place.ts";
import { account, allocation, called, units, withLeaf } from "../../contract/journal/rows.ts";

const place = journalPlace();
type Row = Allocation & { endedAt: number };
type Step =
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "allocate"; readonly fields: Partial<Allocation> }
  | { readonly kind: "end"; readonly which: number; readonly outcome: "success" | "reverted" | "mismatch" };

const assets = [called("GLD"), called("SLV")];
const people = [called("ida"), called("ivan")];
const accounts = [account(7), account(8)];
const recipients = [account(21), account(22)];

/** Mostly of one series, so that it grows long; of the others often enough to see them kept apart. */
const asset = fc.constantFrom(...[0, 0, 0, 1].map((nth) => assets[nth]!));
const nth = fc.constantFrom(0, 0, 0, 1);
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Operation>("mint") },
  { weight: 2, arbitrary: fc.constantFrom<Operation>("burn", "redeem") },
  { weight: 1, arbitrary: fc.constantFrom<Operation>(...operationSchema.options) },
);

/** Seconds within a span of the returns, at its edges, and over several of them. */
const seconds = fc.oneof(fc.nat(3), fc.constantFrom(63, 64, 65, 4_095, 4_096, 86_400), fc.nat(400_000));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: seconds.map((waited): Step => ({ kind: "wait", seconds: waited })) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        asset,
        operation,
        initiator: nth.map((which) => people[which]!),
        account: nth.map((which) => accounts[which]!),
        to: nth.map((which) => recipients[which]!),
        amount: fc.oneof(fc.bigInt({ min: 1n, max: 50n }), fc.constant(max)).map(units),
        feeCeilingWei: fc.bigInt({ min: 0n, max: 20n }).map(units),
      })
      .map((fields): Step => ({ kind: "allocate", fields })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ which: fc.nat(50), outcome: fc.constantFrom("success", "reverted", "reverted", "mismatch" as const) })
      .map((end): Step => ({ kind: "end", ...end })),
  },
);

/** Some operations, for one value of a dimension. */
const amounts: fc.Arbitrary<Counted> = fc
  .record({
    asset,
    some: fc.uniqueArray(operation, { minLength: 1 }),
    per: fc.constantFrom("asset" as const, "initiator" as const, "to" as const, "account" as const),
    nth,
  })
  .map(({ asset: of, some, per, nth: which }) => ({
    kind: "amounts",
    asset: of,
    operations: some,
    per,
    of: { asset: of, initiator: people[which]!, to: recipients[which]!, account: accounts[which]! }[per],
  }));

type Asked = {
  readonly added: Counted;
  readonly metric: UsageQuestion["metric"];
  readonly window: number;
  /** Which row the window's edge lies at, and how far from it; beyond all rows it lies anywhere. */
  readonly edge: number;
  readonly beside: number;
  readonly asked: bigint;
  readonly max: bigint;
};

const asked: fc.Arbitrary<Asked> = fc.record({
  added: fc.oneof(
    { weight: 5, arbitrary: amounts },
    { weight: 1, arbitrary: fc.constant({ kind: "fees", account: accounts[0]! } as const) },
  ),
  metric: fc.constantFrom("sum" as const, "count" as const, "net" as const),
  window: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 3_000_000 })),
  edge: fc.nat(40),
  beside: fc.integer({ min: -1, max: 1 }),
  asked: fc.bigInt({ min: 1n, max: 20n }),
  max: fc.bigInt({ min: 1n, max: 150n }),
});

function counts(row: Row, counted: Counted, word: "added" | "removed"): bigint | undefined {
  if (counted.kind === "fees")
    return word === "added" && row.account === counted.account ? row.feeCeilingWei : undefined;
  const { operation } = row;
  if (row.asset !== counted.asset || !counted.operations.includes(operation)) return undefined;
  if (counted.per === "to" && !operations[operation].recipient) return undefined;
  if (row[counted.per] !== counted.of) return undefined;
  if (word === "added") return row.outcome === "reverted" ? undefined : row.amount;
  return row.outcome === "success" && (operation === "burn" || operation === "redeem") ? row.amount : undefined;
}

function naive(rows: readonly Row[], counted: Counted, word: "added" | "removed", since: number) {
  const some = rows.flatMap((row) => {
    const value = counts(row, counted, word);
    return value !== undefined && (word === "added" ? row.at : row.endedAt) > since ? [value] : [];
  });
  return { sum: some.reduce((all, value) => all + value, 0n), count: some.length };
}

/** Plays the steps on the journal and on a plain list. */
function play(journal: Journal, steps: readonly Step[]): { readonly rows: readonly Row[]; readonly now: number } {
  const rows: Row[] = [];
  let now = 1_000;
  journal.transaction(() => {
    for (const one of steps) {
      if (one.kind === "wait") now += one.seconds;
      if (one.kind === "allocate") {
        const { operation = "mint" } = one.fields;
        const fields = {
          ...one.fields,
          at: now as Instant,
          ...(operations[operation].recipient ? {} : { to: account(0) }),
        };
        const made = allocation(
          rows.length + 1,
          operations[operation].amount ? fields : { ...fields, amount: units(0n) },
        );
        expect(journal.putAllocation(made)).toEqual({ kind: "stored" });
        rows.push({ ...made, endedAt: 0 });
      }
      const open = rows.filter(({ outcome }) => outcome === "open");
      const target = one.kind === "end" ? open[one.which % Math.max(1, open.length)] : undefined;
      if (one.kind === "end" && target !== undefined) {
        const { requestId } = target;
        journal.settleAllocation(requestId, { outcome: one.outcome, outcomeBlock: 5, at: now as Instant });
        rows[rows.indexOf(target)] = { ...target, outcome: one.outcome, endedAt: now };
      }
    }
  });
  return { rows, now };
}

it("every sum, in every dimension, at every edge, is the sum of the rows", () => {
  let full = 0;
  const property = fc.property(
    fc.array(step, { minLength: 5, maxLength: 60 }),
    fc.array(asked, { minLength: 30, maxLength: 30 }),
    (steps, all) => {
      try {
        const journal = withLeaf(place.open());
        const { rows, now } = play(journal, steps);
        for (const one of all) if (agree(journal, { rows, now }, one)) full += 1;
      } finally {
        place.remove();
      }
    },
  );
  fc.assert(property, { numRuns: 80 });
  expect(full).toBeGreaterThan(50);
}, 120_000);

/** Answers whether the limit was full for a while. */
function agree(journal: Journal, { rows, now }: ReturnType<typeof play>, one: Asked): boolean {
  const { added, window, edge, beside } = one;
  const row = rows[edge];
  const since = row === undefined ? now - window : Math.min(now, (edge % 2 === 0 ? row.at : row.endedAt) + beside);
  const inAll = naive(rows, added, "added", since);
  const less = naive(rows, added, "removed", since);
  expect(journal.allocatedAfter(added, since)).toEqual(inAll);
  if (added.kind === "amounts") expect(journal.removedAfter(added, since)).toEqual(less);
  if (since >= now) return false;
  const isNet = one.metric === "net" && added.kind === "amounts";
  const question: UsageQuestion = {
    key: "limit.l",
    metric: isNet ? "net" : one.metric === "net" ? "sum" : one.metric,
    added,
    removed: isNet ? added : undefined,
    since,
    ends: { kind: "rolling", seconds: now - since },
    asked: one.asked,
    max: one.max,
  };
  const sums = {
    added: (from: number) => journal.allocatedAfter(added, from),
    removed: (from: number) => journal.removedAfter(added, from),
  };
  const roomAt = firstRoom(rows, question, now);
  const expected = {
    added: question.metric === "count" ? 0n : inAll.sum,
    removed: isNet ? less.sum : 0n,
    count: inAll.count,
    roomAt,
  };
  expect(measure(question, sums, now as Instant)).toEqual(expected);
  return roomAt !== null;
}

/** Room can come only when something that was added leaves the window: each such instant is tried. */
function firstRoom(rows: readonly Row[], question: UsageQuestion, now: number): number | null {
  const { metric, added, removed, asked: wanted, max: most, ends } = question;
  const seconds = ends.kind === "rolling" ? ends.seconds : 0;
  const fits = (at: number): boolean => {
    const { sum, count } = naive(rows, added, "added", at - seconds);
    const less = removed === undefined ? 0n : naive(rows, removed, "removed", at - seconds).sum;
    return levelOf(metric, { added: sum, removed: less, count }) + wanted <= (most ?? 0n);
  };
  if (fits(now) || wanted > (most ?? 0n)) return null;
  const instants = rows
    .map((row) => row.at + seconds)
    .filter((at) => at > now)
    .sort((a, b) => a - b);
  return instants.find(fits) ?? null;
}
