/** Amounts with units: one spelling in, one spelling out. */
import { describe, expect, it } from "vitest";
import { inAsset, inEther, parseQuantity } from "../../../src/policy/quantity.ts";
import { gld, inputWith, refusalOf } from "./example.ts";

const gold = { unit: "GLD", decimals: 18 };

describe("parseQuantity", () => {
  it("reads a number and its unit exactly", () => {
    expect(parseQuantity("5000 GLD", gold, "max")).toBe(gld("5000"));
    expect(parseQuantity("0.000000000000000001 GLD", gold, "max")).toBe(1n);
    expect(parseQuantity("7 XAU", { unit: "XAU", decimals: 0 }, "max")).toBe(7n);
  });

  it.each([
    "100",
    "100 ETH",
    "100 gld",
    "100  GLD",
    " 100 GLD",
    "100 GLD ",
    "100\tGLD",
    "0x10 GLD",
    "1e3 GLD",
    "+1 GLD",
    "-1 GLD",
    "1,000 GLD",
    "01 GLD",
    "GLD",
    "",
  ])("refuses `%s`", (text) => {
    expect(refusalOf(() => parseQuantity(text, gold, "limits.0.max"))).toMatchObject({
      code: "policy.amount",
      field: "limits.0.max",
    });
  });

  it("refuses surplus decimals and what does not fit, never rounding", () => {
    expect(refusalOf(() => parseQuantity("0.0000000000000000001 GLD", gold, "max")).message).toBe(
      "max: `0.0000000000000000001` has more than 18 decimals",
    );
    expect(refusalOf(() => parseQuantity(`${(1n << 256n).toString()} GLD`, gold, "max"))).toMatchObject({
      code: "policy.amount",
    });
  });
});

it("amounts are shown in human units, and a sum beyond 256 bits as more than that", () => {
  const { policy } = inputWith();
  expect(inAsset(gld("38350"), policy)).toBe("38,350 GLD");
  expect(inEther(1n)).toBe("0.000000000000000001 ETH");
  expect(inEther(1n << 256n)).toMatch(/^more than 115,792,.* ETH$/);
  expect(inEther((1n << 256n) - 1n)).toMatch(/^115,792,.* ETH$/);
  expect(inAsset(-1n, policy)).toBe("0 GLD");
});
