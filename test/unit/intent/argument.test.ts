/** Arguments by their names in the ABI: those of the call that is signed. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { argumentOf } from "../../../src/intent/argument.ts";
import { decode, encode, callOf } from "../../../src/intent/calldata.ts";
import { argumentTypes, operationSchema } from "../../../src/intent/operation.ts";
import { intents } from "./intents.ts";

it("every argument of the table is one of the decoded call", () => {
  fc.assert(
    fc.property(intents, (intent) => {
      const call: Readonly<Record<string, unknown>> = decode(encode(callOf(intent)));
      for (const name of Object.keys(argumentTypes(intent.operation)))
        expect(argumentOf(intent, name)).toBe(call[name]);
    }),
  );
  expect(operationSchema.options.flatMap((operation) => Object.keys(argumentTypes(operation)))).toHaveLength(8);
});

it("a name that the call does not have has no value", () => {
  fc.assert(
    fc.property(intents, fc.constantFrom("from", "toString", "__proto__", "kind", ""), (intent, name) => {
      expect(argumentOf(intent, name)).toBeUndefined();
    }),
  );
});
