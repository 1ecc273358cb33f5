/** Arguments that a policy can ask about are fields of the intent, and nothing else is. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { argumentOf } from "../../../src/intent/argument.ts";
import { argumentTypes } from "../../../src/intent/operation.ts";
import { intents } from "./intents.ts";

it("every argument of the table is that field of the intent", () => {
  fc.assert(
    fc.property(intents, (intent) => {
      for (const name of Object.keys(argumentTypes(intent.operation)))
        expect(argumentOf(intent, name)).toBe(name === "to" ? intent.to : intent.amount);
    }),
  );
});

it("a name that the operation does not have has no value", () => {
  fc.assert(
    fc.property(intents, fc.constantFrom("from", "identity", "toString", "__proto__", "kind", ""), (intent, name) => {
      expect(argumentOf(intent, name)).toBeUndefined();
    }),
  );
});
