/** Errors say whose fault it is, and where. */
import { expect, it } from "vitest";
import { Fault, InvalidValue, invariant, InvariantViolation } from "../../../src/values/errors.ts";

it("names a field from the outside in", () => {
  const error = new InvalidValue("value.amount", "no", "amount");
  expect(error.within("message").within("possessions.3")).toMatchObject({
    code: "value.amount",
    message: "no",
    field: "possessions.3.message.amount",
  });
  expect(new InvalidValue("value.amount", "no").within("amount").field).toBe("amount");
});

it("says whether a call that failed may be made again, and keeps the cause", () => {
  const cause = new Error("disk");
  expect(new Fault("journal.full", "no space", "never", cause)).toMatchObject({
    code: "journal.full",
    retry: "never",
    cause,
  });
  expect("cause" in new Fault("journal.full", "no space", "safe")).toBe(false);
});

it("stops at a broken promise of our own", () => {
  expect(() => {
    invariant(true, "fine");
  }).not.toThrow();
  expect(() => {
    invariant(false, "two leaves at one index");
  }).toThrow(InvariantViolation);
});
