/** Refusals carry a code and a sentence. */
import { expect, test } from "vitest";
import { refusal } from "../../../src/gate/refusal.ts";

test("says why under a stable code", () => {
  expect(refusal("gate.frozen", "asset GLD is frozen")).toEqual({ code: "gate.frozen", why: "asset GLD is frozen" });
});
