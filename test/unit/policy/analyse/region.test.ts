/** Cells joined into regions, and regions in words. */
import { describe, expect, it } from "vitest";
import { addressClasses } from "../../../../src/policy/analyse/address-classes.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { joined, regionOf, regionText, type Region, type Wording } from "../../../../src/policy/analyse/region.ts";
import { noon } from "../../../../src/policy/analyse/spots.ts";
import * as address from "../../../../src/values/address.ts";
import * as amount from "../../../../src/values/amount.ts";
import * as instant from "../../../../src/values/instant.ts";
import { gld, n } from "../example.ts";
import { bank, lists, small } from "../small.ts";
import { spotOf } from "../terrain.ts";

const policy = compile(small({ lists: lists("a", "b") }));
const classes = addressClasses([...policy.lists.values()], []);
const wording: Wording = { policies: [policy], classes };
const region: Region = {
  operations: ["mint"],
  initiators: [n("ida")],
  recipients: [0],
  amounts: [{ from: 1n, below: gld("10") + 1n }],
  maxFees: [{ from: 0n, below: amount.max + 1n }],
  times: [noon],
  typed: [],
  keys: [n("hsm-mint")],
};
const next = { amounts: [{ from: gld("10") + 1n, below: gld("20") + 1n }] };

describe("regions", () => {
  it("that touch in one dimension are one", () => {
    const all = { amounts: [{ from: 1n, below: gld("20") + 1n }] };
    expect(joined([region, { ...region, ...next }])).toEqual([{ ...region, ...all }]);
    expect(joined([region, { ...region, recipients: [1] }])).toEqual([{ ...region, recipients: [0, 1] }]);
    expect(joined([region, { ...region, keys: [n("hsm-other")] }])).toMatchObject([
      { keys: ["hsm-mint", "hsm-other"] },
    ]);
  });

  it("that differ in two are joined in two steps, or not at all", () => {
    const square = [
      region,
      { ...region, ...next },
      { ...region, recipients: [1] },
      { ...region, ...next, recipients: [1] },
    ];
    expect(joined(square)).toHaveLength(1);
    expect(joined(square.slice(0, 3))).toHaveLength(2);
    expect(joined([region, { ...region, ...next, recipients: [1] }])).toHaveLength(2);
  });

  it("are joined along whatever they differ in, each set in its order and once", () => {
    const along = (one: Partial<Region>, other: Partial<Region>): readonly Region[] =>
      joined([
        { ...region, ...one },
        { ...region, ...other },
      ]);
    const fees = (from: bigint, below: bigint): Partial<Region> => ({ maxFees: [{ from, below }] });
    expect(along(fees(5n, 9n), fees(0n, 5n))).toEqual([{ ...region, ...fees(0n, 9n) }]);
    expect(along({ recipients: [10, 2] }, { recipients: [9, 2] })).toEqual([{ ...region, recipients: [2, 9, 10] }]);
    const times = [noon, instant.parse(noon - 86_400)];
    expect(along({ times: [times[0]!] }, { times: [times[1]!] })).toEqual([{ ...region, times: times.toReversed() }]);
    expect(along({ initiators: [n("ivan")] }, { initiators: [n("ida")] })).toEqual([
      { ...region, initiators: ["ida", "ivan"] },
    ]);
    expect(along({ typed: ["b"] }, { typed: ["a"] })).toEqual([{ ...region, typed: ["a", "b"] }]);
    expect(along({ operations: ["transfer"] }, { operations: ["burn"] })).toEqual([
      { ...region, operations: ["burn", "transfer"] },
    ]);
  });

  it("have one range where amounts overlap, whichever comes first", () => {
    const amounts = (...all: readonly (readonly [bigint, bigint])[]): Partial<Region> => ({
      amounts: all.map(([from, below]) => ({ from, below })),
    });
    const ranges = (...all: readonly Partial<Region>[]): unknown =>
      joined(all.map((one) => ({ ...region, ...one }))).map((one) =>
        one.amounts.map(({ from, below }) => [from, below]),
      );
    expect(ranges(amounts([50n, 60n], [30n, 40n]), amounts([10n, 20n]))).toEqual([
      [
        [10n, 20n],
        [30n, 40n],
        [50n, 60n],
      ],
    ]);
    expect(ranges(amounts([1n, 90n]), amounts([20n, 30n]))).toEqual([[[1n, 90n]]]);
    expect(ranges(amounts([20n, 30n]), amounts([1n, 25n]))).toEqual([[[1n, 30n]]]);
  });

  it("are joined as often as that makes others alike", () => {
    const apart = [
      { ...region, recipients: [0] },
      { ...region, recipients: [1] },
      { ...region, ...next, recipients: [0, 1] },
    ];
    expect(joined(apart)).toEqual([{ ...region, recipients: [0, 1], amounts: [{ from: 1n, below: gld("20") + 1n }] }]);
  });

  it("are told apart by each number of theirs", () => {
    const apart = (one: Partial<Region>, other: Partial<Region>): number =>
      joined([
        { ...region, ...one },
        { ...region, ...next, ...other },
      ]).length;
    expect(apart({ recipients: [1, 23] }, { recipients: [12, 3] })).toBe(2);
    expect(apart({ times: [], recipients: [12] }, { times: [instant.parse(1)], recipients: [2] })).toBe(2);
  });

  it("carry what the first of those joined does", () => {
    const [found, ...others] = joined([
      { ...region, word: "first" },
      { ...region, ...next, word: "second" },
    ]);
    expect([found?.word, others]).toEqual(["first", []]);
  });

  it("keep a hole in their amounts", () => {
    const far = { amounts: [{ from: gld("30"), below: gld("40") }] };
    expect(joined([region, { ...region, ...far }])[0]?.amounts).toHaveLength(2);
  });

  it("of a cell are the cell", () => {
    const found = regionOf(spotOf(), n("hsm-mint"));
    expect(found).toEqual({
      operations: ["mint"],
      initiators: ["ida", "ivan"],
      recipients: [0],
      amounts: [{ from: 1n, below: gld("100") + 1n }],
      maxFees: [{ from: 0n, below: amount.max + 1n }],
      times: [noon],
      typed: [],
      keys: ["hsm-mint"],
    });
  });
});

describe("a region in words", () => {
  const said: readonly (readonly [Partial<Region>, string])[] = [
    [{}, "mint of up to 10 GLD to list treasury by ida signed by hsm-mint"],
    [next, "mint of over 10 GLD up to 20 GLD to list treasury by ida signed by hsm-mint"],
    [
      { amounts: [{ from: gld("3"), below: gld("3") + 1n }] },
      "mint of exactly 3 GLD to list treasury by ida signed by hsm-mint",
    ],
    [
      { amounts: [{ from: gld("3") + 1n, below: amount.max + 1n }] },
      "mint of over 3 GLD to list treasury by ida signed by hsm-mint",
    ],
    [
      { amounts: [{ from: 1n, below: amount.max + 1n }] },
      "mint of any amount to list treasury by ida signed by hsm-mint",
    ],
    [{ recipients: [0, 1, 2] }, "mint of up to 10 GLD to anybody by ida signed by hsm-mint"],
    [{ recipients: [1, 2] }, "mint of up to 10 GLD to anybody not on list treasury by ida signed by hsm-mint"],
    [{ recipients: [2] }, "mint of up to 10 GLD to anybody on no list by ida signed by hsm-mint"],
    [
      { recipients: [0, 1] },
      `mint of up to 10 GLD to ${address.checksum(address.parse(bank("a")))} or ${address.checksum(address.parse(bank("b")))} by ida signed by hsm-mint`,
    ],
    [
      { maxFees: [{ from: 0n, below: 10n ** 16n + 1n }] },
      "mint of up to 10 GLD to list treasury by ida with fees up to 0.01 ETH signed by hsm-mint",
    ],
    [
      { times: [instant.fromIso("2026-12-20T09:00:00Z")] },
      "mint of up to 10 GLD to list treasury by ida at times such as 2026-12-20T09:00:00Z signed by hsm-mint",
    ],
    [
      { initiators: ["a", "b", "c", "d", "e", "f"].map(n) },
      "mint of up to 10 GLD to list treasury by a, b, c, d or 2 more signed by hsm-mint",
    ],
    [{ operations: ["pause"], recipients: [] }, "pause by ida signed by hsm-mint"],
    [{ recipients: [], operations: ["burn", "pause"] }, "burn or pause of up to 10 GLD by ida signed by hsm-mint"],
    [
      { amounts: [{ from: gld("5"), below: amount.max }] },
      "mint of over 4.999999999999999999 GLD up to 115,792,089,237,316,195,423,570,985,008,687,907,853,269,984,665,640,564,039,457.584007913129639934 GLD to list treasury by ida signed by hsm-mint",
    ],
    [
      { amounts: [...region.amounts, { from: gld("20") + 1n, below: gld("30") + 1n }] },
      "mint of up to 10 GLD or over 20 GLD up to 30 GLD to list treasury by ida signed by hsm-mint",
    ],
    [
      {
        maxFees: [
          { from: 0n, below: 10n ** 16n + 1n },
          { from: 10n ** 18n + 1n, below: amount.max + 1n },
        ],
      },
      "mint of up to 10 GLD to list treasury by ida with fees up to 0.01 ETH or over 1 ETH signed by hsm-mint",
    ],
    [
      { times: ["20", "21", "22", "23"].map((day) => instant.fromIso(`2026-12-${day}T09:00:00Z`)) },
      "mint of up to 10 GLD to list treasury by ida at times such as 2026-12-20T09:00:00Z, 2026-12-21T09:00:00Z, 2026-12-22T09:00:00Z signed by hsm-mint",
    ],
    [
      { keys: [n("hsm-mint"), n("hsm-other")], initiators: [n("ida"), n("ivan")] },
      "mint of up to 10 GLD to list treasury by ida or ivan signed by hsm-mint or hsm-other",
    ],
    [
      { operations: ["signTypedData"], recipients: [], typed: ["Permit for a", "Order for b"] },
      "signTypedData Permit for a or Order for b by ida signed by hsm-mint",
    ],
  ];

  it.each(said.map(([bend, text]) => [text, bend] as const))("%s", (text, bend) => {
    expect(regionText({ ...region, ...bend }, wording)).toBe(text);
  });

  it("says the domain and the fields of typed data", () => {
    const domain = {
      name: "GLD",
      version: undefined,
      chainId: policy.token.chain,
      verifyingContract: address.parse(bank("1")),
    };
    const fields = new Map([
      ["deadline", { kind: "absent" as const }],
      ["memo", { kind: "text" as const, value: "yes" }],
      ["spender", { kind: "address" as const, members: classes[0]! }],
      ["value", { kind: "number" as const, from: 0n, below: 11n }],
    ]);
    const spot = {
      ...spotOf(),
      operation: "signTypedData" as const,
      recipients: undefined,
      typed: { domain, primaryType: "Permit", fields },
    };
    expect(regionText(regionOf(spot, n("hsm-mint")), wording)).toBe(
      `signTypedData Permit of \`GLD\` for ${bank("1")} with no deadline, memo \`yes\`, spender like ${bank("a")}, value up to 10 by ida or ivan signed by hsm-mint`,
    );
  });

  it("names three recipients, counts the rest, and says who is on no list", () => {
    const treasury = {
      treasury: { entries: [] },
      first: { entries: ["1", "2", "3", "4"].map((letter) => ({ address: bank(letter), label: letter })) },
      second: { entries: [{ address: bank("5"), label: "5" }] },
      third: { entries: [{ address: bank("6"), label: "6" }] },
    };
    const several = compile(small({ lists: treasury }));
    const all = addressClasses([...several.lists.values()], []);
    const said = (...recipients: readonly number[]): string =>
      regionText({ ...region, recipients }, { policies: [several], classes: all });
    const names = ["1", "2", "3"].map((letter) => address.checksum(address.parse(bank(letter)))).join(" or ");
    expect(said(0, 1)).toBe(`mint of up to 10 GLD to ${names} or 2 more by ida signed by hsm-mint`);
    expect(said(1, 3)).toBe(
      `mint of up to 10 GLD to ${address.checksum(address.parse(bank("5")))} or anybody on no list by ida signed by hsm-mint`,
    );
  });

  it("says typed data without a name or a field", () => {
    const domain = {
      name: undefined,
      version: undefined,
      chainId: policy.token.chain,
      verifyingContract: address.parse(bank("1")),
    };
    const spot = {
      ...spotOf(),
      operation: "signTypedData" as const,
      recipients: undefined,
      typed: { domain, primaryType: "Permit", fields: new Map() },
    };
    expect(regionOf(spot, n("hsm-mint")).typed).toEqual([`Permit for ${bank("1")}`]);
  });
});
