/** What was out and what stood behind it: each change once, in time; of several attestors the least; and what was issued and burned in all. */
import { expect, it } from "vitest";
import { backingHistory, coverageOver } from "../../../src/console/backing-history.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { parse as parseInstant, type Instant } from "../../../src/values/instant.ts";
import {
  attestation,
  goldDeployment,
  goldToken,
  idOf,
  observation,
  submission,
  treasury,
  units,
} from "../../place/gold.ts";
import { raise } from "../../place/profiles.ts";

const deployment = goldDeployment();
const now = 1_800_000_000;
const token = {
  asset: "GLD",
  address: parseAddress(goldToken),
  chainId: 31_337,
  until: parseInstant(now + 3_600),
};
const whole = (value: bigint): bigint => value / 10n ** 18n;

const statement = (one: Envelope): object => ({ kind: "statement", statement: one });
const log = (...entries: readonly object[]): readonly Logged[] =>
  entries.map((entry, index) => ({ index, entry: entrySchema.parse({ epoch: 0, instant: now + index, ...entry }) }));
const supply = (at: number, value: number, address = goldToken): object =>
  statement(
    observation(
      deployment,
      "obs-1",
      { subject: `token:${address}`, fact: "supply", value: units(value) },
      { blockTime: at },
    ),
  );
const reserves = (at: number, value: number, overrides: object = {}): object =>
  statement(attestation(deployment, at + 60, { reserves: units(value), ...overrides }));
const ended = (reference: string, operation: string, amount: number, status: string): readonly object[] => [
  statement(
    submission(deployment, {
      now,
      intent: {
        reference,
        operation,
        amount: units(amount),
        to: operation === "mint" ? treasury : `0x${"0".repeat(40)}`,
        ...(operation === "raiseMultiplier" ? raise : {}),
      },
    }),
  ),
  { kind: "outcome", requestId: idOf(reference), txHash: idOf("tx"), status, blockNumber: 7, statements: [] },
];

it("has each change of the supply once, in time, whoever said it in which order", () => {
  const history = backingHistory(
    log(supply(now + 20, 7), supply(now, 5), supply(now + 10, 5), supply(now, 9, treasury)),
    token,
  );
  expect(history.supply.map(({ at, value }) => [at - now, whole(value)])).toEqual([
    [0, 5n],
    [20, 7n],
  ]);
});

it("takes what a raise of the multiplier adds from the supply alone: its amount is the most that it may", () => {
  const history = backingHistory(log(supply(now, 5), ...ended("RAISE-1", "raiseMultiplier", 42, "success")), token);
  expect([history.moves, history.supply.map(({ value }) => whole(value))]).toEqual([[], [5n]]);
});

it("adds to the supply what was issued and burned since it was seen, and nothing twice", () => {
  const seenAt = (blockNumber: number, blockTime: number, value: number): object =>
    statement(
      observation(
        deployment,
        "obs-1",
        { subject: `token:${goldToken}`, fact: "supply", value: units(value) },
        { blockNumber, blockTime },
      ),
    );
  const mined = (reference: string, operation: string, amount: number, blockNumber: number): readonly object[] => {
    const [said, outcome] = ended(reference, operation, amount, "success");
    return [said!, { ...outcome, blockNumber }];
  };
  const entries = log(
    ...[seenAt(10, now - 50, 5), ...mined("A", "mint", 10, 12), ...mined("B", "mint", 2, 9)],
    // Seen before the block of A was final.
    ...[seenAt(13, now - 30, 15), ...mined("C", "burn", 3, 14)],
  );
  expect(backingHistory(entries, token).supply.map(({ at, value }) => [at - now, whole(value)])).toEqual([
    [-50, 5n],
    [-30, 15n],
    [7, 12n],
  ]);
});

it("takes of several attestors the least of their last words", () => {
  const other = (value: number, at: number): object => {
    const said = attestation(deployment, at + 60, { reserves: units(value) });
    return statement({ ...said, credential: "other-key" as Envelope["credential"] });
  };
  const history = backingHistory(
    log(reserves(now, 10), other(8, now + 10), reserves(now + 20, 6), reserves(now + 30, 12)),
    token,
  );
  expect(history.reserves.map(({ at, value }) => [at - now, whole(value)])).toEqual([
    [0, 10n],
    [10, 8n],
    [20, 6n],
    [30, 8n],
  ]);
});

it("leaves out what was attested of another asset", () => {
  expect(backingHistory(log(reserves(now, 10, { asset: "SLV" })), token).reserves).toEqual([]);
});

it("leaves out what is of a token with the same address on another chain", () => {
  const elsewhere = (one: object): object => {
    const { statement: said } = one as { readonly statement: Envelope };
    return statement({ ...said, message: { ...said.message, chainId: 1 } });
  };
  const history = backingHistory(log(elsewhere(reserves(now, 10)), elsewhere(supply(now, 5))), token);
  expect([history.reserves, history.supply]).toEqual([[], []]);
});

it("counts a word while it holds, and nothing when none does", () => {
  const brief = (at: number, value: number, holds: number, credential = "vault-auditor-1"): object => {
    const said = attestation(deployment, at + 60, { reserves: units(value), expiresAt: at + holds });
    return statement({ ...said, credential: credential as Envelope["credential"] });
  };
  const entries = log(brief(now, 10, 100), brief(now + 20, 6, 30, "other-key"), brief(now + 200, 12, 100));
  expect(
    backingHistory(entries, { ...token, until: parseInstant(now + 250) }).reserves.map(({ at, value }) => [
      at - now,
      whole(value),
    ]),
  ).toEqual([
    [0, 10n],
    [20, 6n],
    [50, 10n],
    [100, 0n],
    [200, 12n],
  ]);
});

it("has what was issued and burned, each with its request, and nothing that did not come to be", () => {
  const entries = log(
    ...ended("A", "mint", 10, "success"),
    ...ended("B", "mint", 20, "reverted"),
    ...ended("C", "burn", 3, "success"),
    ...ended("D", "redeem", 4, "success"),
  );
  expect(
    backingHistory(entries, token).moves.map(({ requestId, issues, value }) => [requestId, issues, whole(value)]),
  ).toEqual([
    [idOf("A"), true, 10n],
    [idOf("C"), false, 3n],
    [idOf("D"), false, 4n],
  ]);
});

it("has the ratio of reserves to supply at each change of either, once something is out", () => {
  const at = (seconds: number, value: bigint): { readonly at: Instant; readonly value: bigint } => ({
    at: parseInstant(now + seconds),
    value,
  });
  const ratio = coverageOver([at(0, 100n), at(30, 0n)], [at(0, 0n), at(10, 80n), at(20, 100n), at(40, 0n)]);
  expect(ratio).toEqual([at(10, 12_500n), at(20, 10_000n), at(30, 0n)]);
});
