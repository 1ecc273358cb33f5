/** Facts as they are stored beside a decision. */
import { expect, it } from "vitest";
import { factsSchema } from "../../../src/policy/facts.ts";
import { toWire } from "../../../src/values/wire.ts";
import { factsWith, now, reserve, spend } from "./example.ts";

it("facts survive being written and read", () => {
  const facts = factsWith({ spends: [spend()] });
  expect(factsSchema.parse(toWire(facts))).toEqual(facts);
});

it.each(["-1", "+1", "01", "1.5", "0x1", " 1", "1 ", "", `1${"0".repeat(100)}`])(
  "what is used is no sum that is `%s`",
  (added) => {
    const usage = { "limit.day": { added, removed: "0", count: 0, roomAt: null } };
    expect(() => factsWith({ usage })).toThrow("not a sum in decimal digits");
  },
);

it("what is used may be more than 256 bits hold", () => {
  const added = (1n << 300n).toString();
  const usage = { "limit.day": { added, removed: "0", count: 0, roomAt: null } };
  expect(factsWith({ usage }).usage?.["limit.day"]?.added).toBe(1n << 300n);
});

it.each([
  ["no time", { now: undefined }],
  ["a time in milliseconds", { now: now * 1_000 }],
  ["an amount that is a number", { outstanding: 1 }],
  ["an amount with a sign", { outstanding: "-1" }],
  ["an amount beyond 256 bits", { spends: [spend({ amount: (1n << 256n).toString() })] }],
  ["an attestation without a sequence", { reserves: [reserve({ sequence: undefined })] }],
  ["an observation of something else", { observed: { "token:x supply": { value: "1" } } }],
  ["a fact nobody knows", { price: "1" }],
])("facts with %s are refused", (_, fields) => {
  expect(() => factsWith(fields)).toThrow();
});
