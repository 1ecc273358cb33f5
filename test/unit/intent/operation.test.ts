/** Every operation is one of the table, offered by some standard, with the fields that its calls need. */
import { expect, it } from "vitest";
import { furtherNames, operations, operationSchema, type Operation } from "../../../src/intent/operation.ts";
import { isOffered, standardSchema } from "../../../src/intent/standard.ts";

const names = Object.keys(operations) as Operation[];

it("is one of the table, for the schema too", () => {
  expect([...names].sort()).toEqual([...operationSchema.options].sort());
  for (const name of ["approve", "toString", "Mint", "", null])
    expect(operationSchema.safeParse(name).success).toBe(false);
});

it("is offered by a token of some standard", () => {
  for (const name of names)
    expect(
      standardSchema.options.some((standard) => isOffered(standard, name)),
      name,
    ).toBe(true);
});

it("has as arguments the recipient and the amount that it uses, and no further one of the same name", () => {
  for (const name of names) {
    const { arguments: given, recipient, amount } = operations[name];
    expect(Object.keys(given), name).toEqual([...(recipient ? ["to"] : []), ...(amount ? ["amount"] : [])]);
    for (const further of furtherNames(name)) expect(Object.keys(given)).not.toContain(further);
  }
});
