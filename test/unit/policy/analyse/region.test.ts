/** Cells joined into regions, and regions in words. */
import { describe, expect, it } from "vitest";
import { addressClasses } from "../../../../src/policy/analyse/address-classes.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { joined, regionOf, regionText, type Region } from "../../../../src/policy/analyse/region.ts";
import { noon } from "../../../../src/policy/analyse/spots.ts";
import * as address from "../../../../src/values/address.ts";
import * as amount from "../../../../src/values/amount.ts";
import * as instant from "../../../../src/values/instant.ts";
import { gld, n } from "../example.ts";
import { bank, lists, small } from "../small.ts";
import { spotOf } from "../terrain.ts";

const policy = compile(small({ lists: lists("a", "b") }));
const classes = addressClasses([...policy.lists.values()], []);
const wording = { policies: [policy], classes };
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

  it("keep a hole in their amounts", () => {
    const far = { amounts: [{ from: gld("30"), below: gld("40") }] };
    expect(joined([region, { ...region, ...far }])[0]?.amounts).toHaveLength(2);
  });

  it("of a cell are the cell", () => {
    const found = regionOf(spotOf(), n("hsm-mint"));
    expect(found).toMatchObject({
      operations: ["mint"],
      initiators: ["ida", "ivan"],
      recipients: [0],
      times: [noon],
      typed: [],
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
});
