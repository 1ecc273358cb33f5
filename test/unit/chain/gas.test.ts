/** How much gas an operation may carry. */
import { describe, expect, it } from "vitest";
import { fillerGas, gasBounds } from "../../../src/chain/gas.ts";
import { operationSchema } from "../../../src/intent/operation.ts";
import { isOffered, offered, standardSchema } from "../../../src/intent/standard.ts";

describe("the gas of an operation", () => {
  const offers = standardSchema.options.flatMap((standard) =>
    offered(standard).map((operation) => [standard, operation] as const),
  );

  it.each(offers)("of a token of %s lies between floor and cap for %s", (standard, operation) => {
    const { floor, usual, cap } = gasBounds(standard, operation)!;
    expect(floor).toBeGreaterThan(fillerGas);
    expect(usual).toBeGreaterThan(floor);
    expect(cap).toBeGreaterThan(usual);
  });

  it("is the same for a burn by either name", () => {
    for (const standard of standardSchema.options)
      expect(gasBounds(standard, "redeem")).toEqual(gasBounds(standard, "burn"));
  });

  it("is none where the standard does not offer the operation", () => {
    for (const standard of standardSchema.options)
      for (const operation of operationSchema.options)
        expect(gasBounds(standard, operation) !== undefined).toBe(isOffered(standard, operation));
  });
});
