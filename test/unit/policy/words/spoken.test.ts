/** Spans, counts and demands as people say them. */
import { expect, it } from "vitest";
import { anySpanText, counted, demandText, listed, spanText } from "../../../../src/policy/words/spoken.ts";
import { n } from "../example.ts";

it.each([
  [0, "0 seconds"],
  [1, "1 second"],
  [90, "90 seconds"],
  [1_800, "30 minutes"],
  [3_600, "1 hour"],
  [86_400, "1 day"],
  [172_800, "2 days"],
])("says %i seconds in the largest unit that divides them: %s", (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

it("leaves out a single one behind `any`", () => {
  expect([anySpanText(86_400), anySpanText(7 * 86_400), anySpanText(11 * 86_400)]).toEqual([
    "day",
    "7 days",
    "11 days",
  ]);
});

it("counts and lists", () => {
  expect([counted(1, "request"), counted(2n, "request")]).toEqual(["1 request", "2 requests"]);
  expect([listed([], "or"), listed(["a"], "or"), listed(["a", "b"], "and"), listed(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
});

it("says what is demanded of people and of time, and nothing else", () => {
  const nothing = { quorum: undefined, distinct: { people: 0, units: 0 }, delaySeconds: 0, veto: undefined };
  const quorum = { group: n("custodians"), min: 2 };
  expect(demandText(nothing)).toBe("");
  expect(demandText({ ...nothing, quorum })).toBe("2 of custodians must agree");
  expect(demandText({ ...nothing, distinct: { people: 1, units: 0 } })).toBe("they must be at least 1 person");
  expect(demandText({ ...nothing, distinct: { people: 2, units: 2 } })).toBe(
    "they must be at least 2 people of at least 2 units",
  );
  expect(demandText({ ...nothing, distinct: { people: 0, units: 1 } })).toBe("they must be of at least 1 unit");
  expect(
    demandText({ quorum, distinct: { people: 3, units: 2 }, delaySeconds: 60, veto: { group: n("officers"), min: 1 } }),
  ).toBe(
    "2 of custodians must agree, they must be at least 3 people of at least 2 units, it waits 1 minute and meanwhile 1 of officers can stop it",
  );
});
