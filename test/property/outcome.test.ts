/** What a transaction did is what was approved, or it is told apart: whatever else of the token moved, in whatever order the events stand. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compare } from "../../src/chain/outcome.ts";
import type { SeenLog } from "../../src/evidence/outcome.ts";
import { operations } from "../../src/intent/operation.ts";
import { parse as parseAddress, zero, type Address } from "../../src/values/address.ts";
import { fromBigInt } from "../../src/values/amount.ts";
import { keccak256, utf8 } from "../../src/values/digest.ts";

const topic = (signature: string): string => keccak256(utf8(signature));
const transfer = topic("Transfer(address,address,uint256)");
const address = fc.stringMatching(/^[1-9a-f][0-9a-f]{39}$/).map((digits) => parseAddress(`0x${digits}`));
const word = (hex: string): string => `0x${hex.replace(/^0x/, "").padStart(64, "0")}`;
const moved = (token: Address, from: string, to: string, amount: bigint): SeenLog =>
  ({ address: token, topics: [transfer, word(from), word(to)], data: word(amount.toString(16)) }) as unknown as SeenLog;

const moving = ["mint", "burn", "redeem", "transfer", "forcedTransfer"] as const;
const cases = fc
  .record({
    operation: fc.constantFrom(...moving),
    parties: fc.uniqueArray(address, { minLength: 6, maxLength: 6 }),
    amount: fc.bigInt({ min: 1n, max: 2n ** 200n }),
    other: fc.bigInt({ min: 0n, max: 2n ** 200n }),
    noise: fc.array(fc.constantFrom("elsewhere", "approval", "paused"), { maxLength: 4 }),
    place: fc.nat(4),
  })
  .filter(({ amount, other }) => amount !== other);
type One = typeof cases extends fc.Arbitrary<infer C> ? C : never;

function played({ operation, parties, amount, noise, place }: One): {
  readonly intent: Parameters<typeof compare>[1];
  readonly token: Address;
  readonly right: SeenLog;
  readonly logs: (of: readonly SeenLog[]) => SeenLog[];
} {
  const [account, to, from, token, elsewhere] = parties as unknown as readonly [
    Address,
    Address,
    Address,
    Address,
    Address,
  ];
  const uses = operations[operation];
  const intent = {
    operation,
    account,
    to: uses.recipient ? to : zero,
    amount: fromBigInt(amount),
    ...(operation === "forcedTransfer" ? { from } : {}),
  };
  const sender = operation === "mint" ? zero : operation === "forcedTransfer" ? from : account;
  const around: readonly SeenLog[] = noise.map((one) =>
    one === "elsewhere"
      ? moved(elsewhere, account, to, amount)
      : ({
          address: token,
          topics: [topic(one === "paused" ? "Seen(address)" : "Approval(address,address,uint256)")],
          data: "0x",
        } as unknown as SeenLog),
  );
  const logs = (of: readonly SeenLog[]): SeenLog[] => [...around.slice(0, place), ...of, ...around.slice(place)];
  return { intent, token, right: moved(token, sender, uses.recipient ? to : zero, amount), logs };
}

const wrongs: Readonly<Record<string, (right: SeenLog, one: One) => readonly SeenLog[]>> = {
  "nothing moved": () => [],
  "it moved twice": (right) => [right, right],
  "another amount": (right, { other }) => [{ ...right, data: word(other.toString(16)) } as unknown as SeenLog],
  "from somebody else": (right, { parties }) => [replaced(right, 1, parties[5])],
  "to somebody else": (right, { parties }) => [replaced(right, 2, parties[5])],
  "something moved besides": (right, { parties, other }) => [
    right,
    moved(right.address, parties[5] ?? zero, parties[0] ?? zero, other),
  ],
  "minted besides": (right, { parties, other }) => [moved(right.address, zero, parties[5] ?? zero, other), right],
  "a word too much": (right) => [{ ...right, data: `${right.data}00` } as unknown as SeenLog],
  "on another token": (right, { parties }) => [{ ...right, address: parties[4] ?? zero }],
};

function replaced(log: SeenLog, index: number, by: Address | undefined): SeenLog {
  return { ...log, topics: log.topics.map((one, at) => (at === index ? word(by ?? zero) : one)) } as unknown as SeenLog;
}

test("as approved is that one movement and no other", () => {
  fc.assert(
    fc.property(cases, (one) => {
      const { intent, token, right, logs } = played(one);
      const receipt = { status: "success", from: intent.account, to: token } as const;
      expect(compare({ ...receipt, logs: logs([right]) }, intent, token)).toEqual({ kind: "as-approved" });
      for (const [what, wrong] of Object.entries(wrongs)) {
        const found = compare({ ...receipt, logs: logs(wrong(right, one)) }, intent, token);
        expect(found.kind, `${one.operation}: ${what}`).toBe("mismatch");
      }
      expect(compare({ ...receipt, from: one.parties[5] ?? zero, logs: logs([right]) }, intent, token).kind).toBe(
        "mismatch",
      );
      expect(compare({ ...receipt, to: one.parties[5] ?? zero, logs: logs([right]) }, intent, token).kind).toBe(
        "mismatch",
      );
      expect(compare({ ...receipt, status: "reverted", logs: [] }, intent, token)).toEqual({ kind: "reverted" });
    }),
    { numRuns: 300 },
  );
});
