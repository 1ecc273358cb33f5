/** Every operation is a function of the token, with the arguments the table says. */
import { readFileSync } from "node:fs";
import { Interface } from "ethers/abi";
import { expect, it } from "vitest";
import { operations, operationSchema, type Operation } from "../../../src/intent/operation.ts";

const names = Object.keys(operations) as Operation[];
const contract = JSON.parse(
  readFileSync(new URL("../../../src/adapters/anvil/demo-token.json", import.meta.url), "utf8"),
) as { abi: never };

it("is one of the table, for the schema too", () => {
  for (const name of names) expect(operationSchema.safeParse(name).success, name).toBe(true);
  for (const name of ["approve", "toString", "Mint", "", null])
    expect(operationSchema.safeParse(name).success).toBe(false);
});

it("is a function that the demo token has", () => {
  const token = new Interface(contract.abi);
  for (const name of names)
    expect(token.getFunction(operations[name].signature)?.format(), name).toBe(operations[name].signature);
});

it("uses a recipient and an amount exactly where its function takes them", () => {
  for (const name of names) {
    const { signature, recipient, amount } = operations[name];
    expect(signature.includes("address"), name).toBe(recipient);
    expect(signature.includes("uint256"), name).toBe(amount);
  }
});
