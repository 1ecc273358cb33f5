/** What tokens of each standard offer. */
import { expect, it } from "vitest";
import { hasMultiplier, isOffered, offered, standardSchema } from "../../../src/intent/standard.ts";

it("every standard mints, burns, redeems, transfers, stops, and pays a yield in one way", () => {
  for (const standard of standardSchema.options)
    for (const one of ["mint", "burn", "redeem", "transfer", "pause", "unpause"])
      expect(offered(standard)).toContain(one);
  for (const standard of standardSchema.options) {
    expect(isOffered(standard, "raiseMultiplier")).toBe(standard === "backed-token");
    expect(isOffered(standard, "distribute")).toBe(!hasMultiplier(standard));
  }
});

it("roles are granted where OpenZeppelin keeps them, holders are known where a registry is, and nowhere else", () => {
  const offering = (operation: string): readonly string[] =>
    standardSchema.options.filter((standard) => isOffered(standard, operation));
  expect(offering("grantRole")).toEqual(["role-erc20"]);
  expect(offering("revokeRole")).toEqual(["role-erc20"]);
  expect(offering("registerIdentity")).toEqual(["erc3643"]);
  expect(offering("forcedTransfer")).toEqual(["erc3643", "erc7943"]);
  expect(offering("freeze")).toEqual(["erc3643", "erc7943", "fiat-token"]);
  expect(offering("upgrade")).toEqual([]);
});
