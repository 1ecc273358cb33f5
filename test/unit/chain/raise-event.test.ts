/** What Backed's token says of a raise is what was approved: the multiplier, and its time where that has not come. */
import { describe, expect, it } from "vitest";
import { topic } from "../../../src/chain/mismatch.ts";
import { compare } from "../../../src/chain/outcome.ts";
import { compareRaise } from "../../../src/chain/raise-event.ts";
import type { SeenLog } from "../../../src/evidence/outcome.ts";
import { zero } from "../../../src/values/address.ts";
import { fromBigInt } from "../../../src/values/amount.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { addressOf } from "../../place/profiles.ts";

const approved = {
  newMultiplier: fromBigInt(1_004_200_000_000_000_000n),
  oldMultiplier: fromBigInt(10n ** 18n),
  activationTime: parseInstant(1_893_456_000),
};
const [token, account] = [addressOf("token"), addressOf("updater")];
const logged = (signature: string, ...values: readonly bigint[]): SeenLog =>
  ({
    address: token,
    topics: [topic(signature)],
    data: `0x${values.map((value) => value.toString(16).padStart(64, "0")).join("")}`,
  }) as unknown as SeenLog;
const updated = (value: bigint): SeenLog => logged("MultiplierUpdated(uint256)", value);
const scheduled = (value: bigint, at: bigint): SeenLog => logged("MultiplierScheduled(uint256,uint256)", value, at);
const good = scheduled(approved.newMultiplier, 1_893_456_000n);

describe("a raise", () => {
  it.each<[string, readonly SeenLog[]]>([
    ["announced", [good]],
    ["at once, since its time has come", [updated(approved.newMultiplier)]],
    ["after what was replaced was written down", [updated(approved.oldMultiplier), good]],
  ])("is as approved: %s", (_, logs) => {
    expect(compareRaise(logs, approved)).toEqual({ kind: "as-approved" });
    const receipt = { status: "success", from: account, to: token, logs } as const;
    const intent = { operation: "raiseMultiplier", account, to: zero, amount: fromBigInt(5n), ...approved } as const;
    expect(compare(receipt, intent, token)).toEqual({ kind: "as-approved" });
    const moved = logged("Transfer(address,address,uint256)", 5n);
    expect(compare({ ...receipt, logs: [...logs, moved] }, intent, token)).toMatchObject({
      kind: "mismatch",
      field: "event",
    });
  });

  it.each<[string, readonly SeenLog[], string]>([
    ["nothing", [], "multiplier"],
    ["another multiplier", [updated(approved.newMultiplier + 1n)], "multiplier"],
    ["another one announced", [scheduled(approved.newMultiplier - 1n, 1_893_456_000n)], "multiplier"],
    ["at another time", [scheduled(approved.newMultiplier, 1_893_456_001n)], "multiplier"],
    ["after another one than was replaced", [updated(approved.oldMultiplier + 1n), good], "event"],
    ["after one that was announced", [scheduled(approved.oldMultiplier, 7n), good], "event"],
    ["the third of three", [updated(approved.oldMultiplier), updated(approved.oldMultiplier), good], "event"],
    ["of another shape", [{ ...good, topics: [...good.topics, good.topics[0]!] }], "multiplier"],
  ])("is a mismatch: %s", (_, logs, field) => {
    expect(compareRaise(logs, approved)).toMatchObject({ kind: "mismatch", field });
  });
});
