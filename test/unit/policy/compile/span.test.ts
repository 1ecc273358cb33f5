/** Durations of documents in seconds: nothing where nothing is said, and never nothing where something must be. */
import { expect, it } from "vitest";
import { optionally, positive, seconds } from "../../../../src/policy/compile/span.ts";
import { refusalOf } from "../example.ts";

it("what is left out is no time, or not said", () => {
  expect([seconds(undefined), seconds("0s"), seconds("2h")]).toEqual([0, 0, 7_200]);
  expect([optionally(undefined, "f"), optionally("1m", "f")]).toEqual([undefined, 60]);
});

it("what is no length is told from what is no duration", () => {
  expect(refusalOf(() => positive("0s", "f")).message).toBe("f: `0s` is no time at all");
  expect(refusalOf(() => positive("2w", "f")).message).not.toContain("no time at all");
  expect(refusalOf(() => positive("2w", "f")).message).toMatch(/^f: .*`2w`/);
});

it.each(["0s", "0d", "2w", ""])("`%s` is not a length, by its field", (text) => {
  expect(refusalOf(() => positive(text, "limits.0.window"))).toMatchObject({
    code: "policy.duration",
    field: "limits.0.window",
  });
  expect(refusalOf(() => optionally(text, "f")).code).toBe("policy.duration");
});
