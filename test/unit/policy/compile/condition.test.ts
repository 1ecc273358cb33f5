/** Conditions compiled: units, bounds, lists and windows, each found or refused by its field. */
import { describe, expect, it } from "vitest";
import { always, readCondition, type Named } from "../../../../src/policy/compile/condition.ts";
import { standardSchema } from "../../../../src/intent/standard.ts";
import { conditionSchema, policyOperationSchema } from "../../../../src/policy/document/condition-schema.ts";
import { max } from "../../../../src/values/amount.ts";
import { bankA, ether, gld, n, refusalOf } from "../example.ts";

const named: Named = {
  asset: { unit: "GLD", decimals: 18 },
  lists: new Set([n("treasury")]),
  holidays: new Map([[n("target2"), new Set(["2026-12-25"])]]),
  hasCalendar: true,
  standard: "role-erc20",
};
const read = (written: Readonly<Record<string, unknown>>, some = named): ReturnType<typeof readCondition> =>
  readCondition(conditionSchema.parse(written), "when", some);
const refused = (written: Readonly<Record<string, unknown>>, some = named): unknown => {
  const { code, field } = refusalOf(() => read(written, some));
  return { code, field };
};
const domain = { chainId: 1, verifyingContract: bankA };

describe("readCondition", () => {
  it("holds for everything when nothing is said", () => {
    expect(readCondition(undefined, "when", named)).toBe(always("role-erc20"));
    expect([...always("role-erc20").operations]).toEqual([
      ...["mint", "burn", "redeem", "transfer", "pause", "unpause", "grantRole", "revokeRole"],
      ...["distribute", "signTypedData"],
    ]);
  });

  it("knows no operation that the token's standard does not offer, and every one that it does", () => {
    expect(refused({ operation: "freeze" })).toEqual({ code: "policy.operation", field: "when.operation" });
    expect(refusalOf(() => read({ operation: { in: ["mint", "forcedTransfer"] } })).code).toBe("policy.operation");
    expect(refusalOf(() => read({ operation: "grantRole" }, { ...named, standard: "erc3643" })).code).toBe(
      "policy.operation",
    );
    const all = new Set(standardSchema.options.flatMap((standard) => [...always(standard).operations]));
    expect([...all].sort()).toEqual([...policyOperationSchema.options].sort());
  });

  it.each<[Record<string, string>, bigint, bigint]>([
    [{ eq: "5 GLD" }, gld("5"), gld("5") + 1n],
    [{ gt: "5 GLD" }, gld("5") + 1n, max + 1n],
    [{ gte: "5 GLD" }, gld("5"), max + 1n],
    [{ lt: "5 GLD" }, 0n, gld("5")],
    [{ lte: "5 GLD" }, 0n, gld("5") + 1n],
    [{ gt: "1 GLD", lt: "2 GLD" }, gld("1") + 1n, gld("2")],
    [{ gte: "1 GLD", lte: "max" }, gld("1"), max + 1n],
  ])("reads %j as an interval without its end", (amount, from, below) => {
    expect(read({ amount }).amount).toEqual({ from, below });
  });

  it("reads fees in ether, and arguments in the asset or in whole numbers", () => {
    expect(read({ maxFee: { lt: "0.05 ETH" } }).maxFee).toEqual({ from: 0n, below: ether("0.05") });
    const [amount, id] = read({ args: { amount: { lte: "5 GLD" }, id: { eq: "7" } } }).args;
    expect(amount).toEqual({ name: "amount", test: { kind: "between", from: 0n, below: gld("5") + 1n } });
    expect(id).toEqual({ name: "id", test: { kind: "between", from: 7n, below: 8n } });
  });

  it("brings an address that is said outright to lower case, and leaves other words", () => {
    const checksum = "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa";
    expect(read({ args: { to: { is: checksum }, memo: { is: "Abc" } } }).args.map(({ test }) => test)).toEqual([
      { kind: "is", value: bankA },
      { kind: "is", value: "Abc" },
    ]);
  });

  it("means typed data alone where it says which", () => {
    expect([...read({ typedData: { domain, primaryType: "Permit" } }).operations]).toEqual(["signTypedData"]);
    expect([...read({ operation: { in: ["mint", "burn"] } }).operations]).toEqual(["mint", "burn"]);
  });

  it("reads a window in seconds of the local day", () => {
    expect(read({ time: { days: ["sun", "mon"], from: "08:30", to: "24:00", holidays: "target2" } }).time).toEqual({
      days: new Set([6, 0]),
      fromSecond: 30_600,
      belowSecond: 86_400,
      holidays: new Set(["2026-12-25"]),
    });
    expect(read({ time: { from: "08:30" } }).time).toMatchObject({ days: undefined, belowSecond: 86_400 });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["an amount in another unit", { amount: { gt: "5 SLV" } }, "policy.amount", "when.amount.gt"],
    ["a fee in the asset", { maxFee: { lte: "5 GLD" } }, "policy.amount", "when.maxFee.lte"],
    ["an empty interval", { amount: { gt: "5 GLD", lte: "5 GLD" } }, "policy.interval", "when.amount"],
    ["more than everything", { amount: { gt: "max" } }, "policy.interval", "when.amount"],
    ["less than nothing", { amount: { lt: "0 GLD" } }, "policy.interval", "when.amount"],
    ["a list that is not there", { to: { notIn: "banks" } }, "policy.list", "when.to.notIn"],
    ["an argument's list that is not there", { args: { to: { in: "banks" } } }, "policy.list", "when.args.to.in"],
    ["holidays that are not there", { time: { holidays: "none" } }, "policy.holidays", "when.time.holidays"],
    ["a window over midnight", { time: { from: "22:00", to: "06:00" } }, "policy.time", "when.time"],
    ["a window of no time", { time: { from: "08:00", to: "08:00" } }, "policy.time", "when.time"],
    ["a day that begins when it is over", { time: { from: "24:00" } }, "policy.time", "when.time.from"],
    [
      "statements of this house",
      { typedData: { domain: { ...domain, name: "countersign" }, primaryType: "Approval" } },
      "policy.typed-data",
      "when.typedData.domain.name",
    ],
  ])("refuses %s", (_, written, code, field) => {
    expect(refused(written)).toEqual({ code, field });
  });

  const house = "statements of this house are signed by people, never by a managed key";
  const beyond = (1n << 256n).toString();
  it.each<[Record<string, unknown>, string]>([
    [{ amount: { gt: "5 GLD", lte: "5 GLD" } }, "when.amount: no value is in this interval"],
    [{ to: { notIn: "banks" } }, "when.to.notIn: there is no list `banks`"],
    [{ time: { holidays: "none" } }, "when.time.holidays: there are no holidays `none`"],
    [{ time: { from: "24:00" } }, "when.time.from: the day is over at `24:00`"],
    [
      { time: { from: "22:00", to: "06:00" } },
      "when.time: the window ends before it begins; write two guards for a night",
    ],
    [
      { typedData: { domain: { ...domain, name: "Countersign" }, primaryType: "Approval" } },
      `when.typedData.domain.name: ${house}`,
    ],
    [
      { typedData: { domain, primaryType: "Permit", fields: { spender: { in: "banks" } } } },
      "when.typedData.fields.spender.in: there is no list `banks`",
    ],
    [{ args: { id: { eq: beyond } } }, `when.args.id.eq: \`${beyond}\` does not fit in 256 bits`],
  ])("refuses %j in whole words", (written, message) => {
    expect(refusalOf(() => read(written)).message).toBe(message);
  });

  it.each(["eq", "gt", "gte", "lt", "lte"])("names the bound `%s` whose amount it cannot read", (bound) => {
    expect(refused({ amount: { [bound]: "5 SLV" } })).toEqual({ code: "policy.amount", field: `when.amount.${bound}` });
  });

  it("reads no number with a zero in front, and none of more than 256 bits", () => {
    expect(refused({ args: { id: { eq: "05" } } })).toEqual({ code: "policy.amount", field: "when.args.id.eq" });
    expect(refused({ args: { id: { eq: beyond } } })).toEqual({ code: "policy.amount", field: "when.args.id.eq" });
    expect(read({ args: { id: { eq: max.toString() } } }).args[0]?.test).toMatchObject({ from: max });
  });

  it("leaves a word as it is that only has an address in it", () => {
    const address = `0x${"AB".repeat(20)}`;
    const words = [`to ${address}`, `${address} only`];
    expect(words.map((word) => read({ args: { memo: { is: word } } }).args[0]?.test)).toEqual(
      words.map((value) => ({ kind: "is", value })),
    );
  });

  it("begins a window at midnight that says no beginning", () => {
    expect(read({ time: { to: "08:30" } }).time).toMatchObject({ fromSecond: 0, belowSecond: 30_600 });
  });

  it("refuses a time of day without a calendar", () => {
    expect(refusalOf(() => read({ time: { from: "08:00" } }, { ...named, hasCalendar: false })).message).toBe(
      "when.time: a time of day needs `timezone` and the `calendar` compiled from it",
    );
    expect(refused({ time: { from: "08:00" } }, { ...named, hasCalendar: false })).toEqual({
      code: "policy.calendar",
      field: "when.time",
    });
  });
});
