/** What waits for the reader comes first, and of that what ends first; what is over comes last. */
import { expect, it } from "vitest";
import { byUrgency, turnOf } from "../../../src/console/urgency.ts";
import type { RequestView } from "../../../src/request/api.ts";
import { view } from "../../http/fake-desk.ts";

const reader = { member: "chris", groups: ["custodians"] };

function having(fields: Partial<RequestView>, expiresAt = 100): RequestView {
  return { ...view, votes: [], events: [], redemption: null, signed: [], ...fields, submission: { expiresAt } };
}

const pending = { state: "pending", waitsFor: "waits for 1 more of custodians" };

it.each<[string, Partial<RequestView>, string]>([
  ["a seat of the reader's group", pending, "yours"],
  ["a seat of another group", { ...pending, waitsFor: "waits for 1 more of compliance" }, "others"],
  [
    "a group whose name begins like the reader's",
    { ...pending, waitsFor: "waits for 1 more of custodians-2" },
    "others",
  ],
  ["time", { ...pending, waitsFor: "waits for 2026-11-23T10:00:00Z, when its waits are over" }, "others"],
  ["a request of the reader's own", { ...pending, initiator: "chris" as RequestView["initiator"] }, "others"],
  [
    "a request the reader voted on",
    {
      ...pending,
      votes: [{ person: "chris", decision: "approve", reason: "", at: 1 }] as unknown as RequestView["votes"],
    },
    "others",
  ],
  ["a request on its way", { state: "broadcast", waitsFor: "waits for a block" }, "under-way"],
  ["a state that is not known here", { state: "dreaming", waitsFor: "" }, "under-way"],
  ["an alarm", { ...pending, alarm: "look" }, "alarm"],
  ["an end", { state: "final" }, "ended"],
  ["an end with an alarm", { state: "expired", alarm: "its nonce is open" }, "alarm"],
])("%s", (_, fields, turn) => {
  expect(turnOf(having(fields), reader)).toBe(turn);
});

it("orders by turn, then by end; what is over by what happened last", () => {
  const at = (instant: number): Partial<RequestView> => ({ updatedAt: instant as RequestView["updatedAt"] });
  const given = [
    having({ state: "final", words: "f", ...at(1) }),
    having({ state: "final", words: "e", ...at(9) }),
    having({ state: "signed", words: "d" }),
    having({ ...pending, words: "c", waitsFor: "waits for 1 more of compliance" }, 5),
    having({ ...pending, words: "b" }, 50),
    having({ ...pending, words: "a" }, 40),
  ];
  expect(byUrgency(given, reader).map(({ view: { words } }) => words)).toEqual(["a", "b", "c", "d", "e", "f"]);
});
