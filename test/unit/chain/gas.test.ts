/** How much gas an operation may carry. */
import { describe, expect, it } from "vitest";
import { fillerGas, gasBounds } from "../../../src/chain/gas.ts";
import { operationSchema } from "../../../src/intent/operation.ts";

describe("the gas of an operation", () => {
  it.each(operationSchema.options)("lies between floor and cap for %s", (operation) => {
    const { floor, usual, cap } = gasBounds[operation];
    expect(floor).toBeGreaterThan(fillerGas);
    expect(usual).toBeGreaterThan(floor);
    expect(cap).toBeGreaterThan(usual);
  });

  it("is the same for a burn by either name", () => {
    expect(gasBounds.redeem).toEqual(gasBounds.burn);
  });
});
