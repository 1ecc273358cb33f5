/** A decision is shown with a request when it is about that intent and about people of the roster in force. */
import { describe, expect, it } from "vitest";
import { checkDecision, isOpen } from "../../../src/sdk/shown-decision.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { decision, rosterIndex, submission } from "../../http/fake-desk.ts";
import { testSecret } from "../../place/people.ts";

const check = (changed: object, state = "pending"): void => {
  checkDecision({ ...decision, ...changed }, { state, submission: submission as never, roster: rosterIndex });
};
const seat = { ...decision.seats[0]!, person: parseName("carla") };

it("people's words count until a nonce is taken", () => {
  expect(["submitted", "pending", "ready"].every(isOpen)).toBe(true);
  expect(["allocated", "final", "rejected", "anything"].some(isOpen)).toBe(false);
});

it("is taken as it is, with somebody in their own seat too", () => {
  check({});
  check({ seats: [seat] });
});

it("may want people of a group that was emptied: that is for officers to mend, and no lie", () => {
  check({ missing: [{ group: "ghosts", count: 1 }] });
});

describe("is not believed", () => {
  it.each<[string, object, RegExp]>([
    ["about another intent", { intentHash: testSecret("other") }, /another intent/],
    ["with somebody in a seat of others", { seats: [{ ...seat, person: "ida" }] }, /has ida in a seat of custodians/],
    ["with nobody known in a seat", { seats: [{ ...seat, person: "nobody" }] }, /has nobody in a seat/],
  ])("%s", (_, changed, why) => {
    expect(() => {
      check(changed);
    }).toThrow(why);
  });
});

it("of a request that is over may have people in it who left since, and is still about that intent", () => {
  check({ seats: [{ ...seat, person: "nobody" }], missing: [{ group: "ghosts", count: 1 }] }, "final");
  expect(() => {
    check({ intentHash: testSecret("other") }, "final");
  }).toThrow(/another intent/);
});
