/** What a recipient got before: counted, added up, with the last time; and who else looks like them. */
import { describe, expect, it } from "vitest";
import { sendingsIn, sendingsOf, sentBefore, type Sending } from "../../../src/console/sent-before.ts";
import type { RequestView } from "../../../src/request/api.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { goldDeployment, idOf, submission, treasury, units } from "../../place/gold.ts";

const deployment = goldDeployment();
const now = 1_800_000_000;
const to = parseAddress(treasury);
const twin = parseAddress(`0xaaaa${"7".repeat(32)}aaaa`);
const stranger = parseAddress(`0x${"12".repeat(20)}`);
const sending = (recipient: typeof to, value: bigint, at: number): Sending => ({
  to: recipient,
  units: value,
  at: parseInstant(now + at),
});

describe("what was sent to an address before", () => {
  it("is counted and added up, with the latest moment, whatever the order", () => {
    const found = sentBefore(to, [sending(to, 5n, 30), sending(stranger, 9n, 40), sending(to, 2n, 10)]);
    expect(found).toEqual({ times: 2, units: 7n, last: now + 30, alike: [] });
  });

  it("is nothing for somebody new", () => {
    expect(sentBefore(to, [sending(stranger, 9n, 40)])).toEqual({ times: 0, units: 0n, last: undefined, alike: [] });
  });

  it("names earlier recipients who look like this one, with how often they got something", () => {
    const found = sentBefore(twin, [sending(to, 5n, 30), sending(to, 5n, 31), sending(stranger, 1n, 32)]);
    expect(found.alike).toEqual([{ address: to, times: 2 }]);
  });
});

const requested = (operation: string, reference: string) =>
  submission(deployment, {
    now,
    intent: { operation, reference, amount: operation === "grantRole" ? "0" : units(3), to: treasury },
  });

describe("requests that count", () => {
  it("move tokens to somebody: being spoken of is no sending", () => {
    const view = (operation: string): RequestView =>
      ({ submission: requested(operation, "A").message, initiator: "ida", updatedAt: now }) as unknown as RequestView;
    expect(sendingsOf([view("mint"), view("transfer")]).map(({ units: sum }) => sum)).toHaveLength(2);
    expect(sendingsOf([view("grantRole")])).toEqual([]);
  });

  it("of a log are those of the asset whose success was seen", () => {
    const outcome = (reference: string, status: string): object => ({
      kind: "outcome",
      requestId: idOf(reference),
      txHash: idOf("tx"),
      status,
      blockNumber: 7,
      statements: [],
    });
    const leaves = [
      ...["A", "B", "C"].map((reference) => ({ kind: "statement", statement: requested("mint", reference) })),
      outcome("A", "success"),
      outcome("B", "reverted"),
    ];
    const entries = leaves.map((leaf, index) => ({
      index,
      entry: entrySchema.parse({ epoch: 0, instant: now + index, ...leaf }),
    }));
    expect(sendingsIn(entries, "GLD")).toEqual([{ to, units: BigInt(units(3)), at: now + 3 }]);
    expect(sendingsIn(entries, "SLV")).toEqual([]);
  });
});
