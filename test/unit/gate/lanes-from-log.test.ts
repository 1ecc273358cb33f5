/** The lanes of a log that a real gate wrote, and what is found when one leaf of it is another. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { digest as digestOf } from "../../../src/chain/transaction.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import { checkLanes } from "../../../src/gate/lanes-from-log.ts";
import type { Logged } from "../../../src/gate/usage-from-log.ts";
import { entrySchema, type Entry } from "../../../src/log/entry.ts";
import { approvedMint, bringEvidence, busy, moodyBackend, openPlace, requestIdOf } from "../../place/gate.ts";
import { approval, goldDeployment, idOf, observation } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";
import { readStatement } from "../../../src/statement/read.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";

const checks = nativeChecks();
const deployment = goldDeployment();
let log: Logged[];

/** One mint that is signed, one that ended first and was closed, one more that is signed. */
beforeAll(async () => {
  const token = moodyBackend();
  const place = openPlace(deployment, token);
  await bringEvidence(place);
  const first = await approvedMint(place, { intent: { reference: "D-1" } });
  await place.sign(requestIdOf(first));
  const second = await approvedMint(place, { intent: { reference: "D-2" } });
  token.mood = busy;
  await place.sign(requestIdOf(second));
  token.mood = undefined;
  await place.admit(approval(deployment, second, "carla", { decision: "reject", reason: "wrong receipt" }));
  const filled = await place.fill(requestIdOf(second));
  if (filled.kind !== "signed") throw new Error(filled.kind);
  const { account } = deployment.key;
  const value = outcomeText({ status: "success", from: account, nonce: 1, to: account, blockNumber: 12, logs: [] });
  const seen = { subject: `tx:${filled.txHash}`, fact: "outcome", value };
  for (const by of ["obs-1", "obs-2"] as const)
    await place.admit(
      observation(deployment, by, seen, { blockNumber: 14, blockTime: place.now, overrides: { finalized: true } }),
    );
  const third = await approvedMint(place, { intent: { reference: "D-3" } });
  await place.sign(requestIdOf(third));
  const found = await place.gate.answer({ verb: "entries", from: 0, limit: 500 });
  if (found.kind !== "entries") throw new Error(found.kind);
  log = found.leaves.map(({ index, leaf }) => ({ index, entry: entrySchema.parse(JSON.parse(leaf)) }));
  await place.close();
});
afterAll(() => {
  log = [];
});

const at = (kind: Entry["kind"], nth = 0): number =>
  log.flatMap(({ entry }, i) => (entry.kind === kind ? [i] : []))[nth]!;

/** The log with another entry at a place; its order stays. */
function changed(place: number, change: object): Logged[] {
  return log.map((one, i) => (i === place ? { ...one, entry: { ...one.entry, ...change } } : one));
}

function whys(leaves: readonly Logged[]): string[] {
  return checkLanes(leaves, checks).faults.map(({ why }) => why);
}

test("a gate's own log has no fault in it", () => {
  expect(checkLanes(log, checks)).toMatchObject({ lanes: 1, nonces: 3, closed: 1, faults: [] });
});

describe("a log is faulty", () => {
  test.each([
    ["in which a nonce is left out", "allocation", 1, { nonce: 2 }, "nonce 2 does not follow 0"],
    [
      "in which a request has two nonces",
      "allocation",
      1,
      { requestId: idOf("D-1") },
      "the request has a nonce already",
    ],
    ["in which a permit is of nobody", "permit", 0, { requestId: idOf("nobody") }, "the request has no nonce"],
    [
      "in which a filler's digest is another",
      "filler",
      0,
      { digest: idOf("x") },
      "the digest is not the transaction's",
    ],
    [
      "in which a signature was never permitted",
      "signature",
      0,
      { digest: idOf("x") },
      "nothing permitted this signature",
    ],
    ["in which the hash is another", "signature", 1, { txHash: idOf("x") }, "the signed transaction has another hash"],
    ["in which a filler ends as a mint", "outcome", 0, { status: "success" }, "a filler does not end as success"],
    [
      "in which an outcome is a stranger's",
      "outcome",
      0,
      { txHash: idOf("x") },
      "the transaction was not signed for this request",
    ],
  ] as const)("%s", (_, kind, nth, change, why) => {
    expect(whys(changed(at(kind, nth), change))).toContain(why);
  });

  test("in which somebody else signed", () => {
    const other = log[at("signature", 0)]!.entry as Extract<Entry, { kind: "signature" }>;
    const { r, s } = other;
    expect(whys(changed(at("signature", 1), { r, s }))).toContain("the account did not sign it");
  });

  test("in which a request is signed after its nonce was closed, or closed after it was signed", () => {
    const permit = log[at("permit", 1)]!;
    const late = [...log, { index: log.length, entry: permit.entry }];
    expect(whys(late)).toEqual(["a filler closes this nonce already"]);
    const { requestId } = log[at("permit", 0)]!.entry as Extract<Entry, { kind: "permit" }>;
    expect(whys([...log, { index: log.length, entry: filler({ nonce: 0 }, { requestId }) }])).toEqual([
      "the request was signed before, and nobody cancelled it",
    ]);
  });

  test("in which a signed request was cancelled by words about another, ended in another way, or went on", () => {
    const { requestId } = log[at("permit", 0)]!.entry as Extract<Entry, { kind: "permit" }>;
    const cancelled = (about: Bytes32): Logged[] => {
      const said = sign("carla", deployment.deploymentId, "Cancellation", {
        requestId: about,
        intentHash: idOf("intent"),
        reason: "wrong receipt",
      });
      const statement = { kind: "statement", epoch: 1, instant: 0, statement: said } as unknown as Entry;
      return [...log, { index: log.length, entry: statement }];
    };
    const closing = (code: string, about: Bytes32, between: readonly Entry[] = []): Logged[] => {
      const said = cancelled(about);
      const { statement } = said.at(-1)!.entry as Extract<Entry, { kind: "statement" }>;
      const statements = [readStatement(statement).hash];
      const entries = [...between, filler({ nonce: 0 }, { requestId, code, statements })];
      return [...said, ...entries.map((entry, i) => ({ index: said.length + i, entry }))];
    };
    const wrong = ["the request was signed before, and nobody cancelled it"];
    expect(whys(closing("gate.cancelled", idOf("another")))).toEqual(wrong);
    expect(whys(closing("gate.expired", requestId))).toEqual(wrong);
    expect(whys(closing("gate.cancelled", requestId))).toEqual([]);
    const after = ["something was permitted or signed after it was cancelled"];
    for (const kind of ["permit", "signature"] as const)
      expect(whys(closing("gate.cancelled", requestId, [log[at(kind, 0)]!.entry]))).toEqual(after);
  });

  test("in which a filler sends something, or to somebody else", () => {
    const { address: to } = deployment.policy.token;
    for (const other of [{ to }, { value: 1n }, { data: "0x00" }, { gasLimit: 21_001n }])
      expect(whys(log.map((one, i) => (i === at("filler") ? { ...one, entry: filler(other) } : one)))).toContain(
        "a filler sends nothing to its own account",
      );
  });
});

/** The log's filler with another transaction, under its own digest. */
function filler(other: object, change: object = {}): Entry {
  const entry = log[at("filler")]!.entry as Extract<Entry, { kind: "filler" }>;
  const transaction = { ...entry.transaction, ...other };
  return { ...entry, transaction, digest: digestOf(transaction), ...change };
}
