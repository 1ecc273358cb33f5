/** Who is told of what, in words without an amount, and once for each piece of news. */
import { describe, expect, it } from "vitest";
import { alarmNotice, expiringOf, noticeOf, noticeSchema, type Notice } from "../../../src/request/notice.ts";
import { plus } from "../../../src/values/instant.ts";
import { parse as name } from "../../../src/values/name.ts";
import { decision, fresh, hashOf, noon } from "./sample.ts";

const missing = (count: number): ReturnType<typeof decision> =>
  decision("pending", { missing: [{ group: name("custodians"), count, candidates: ["chris", "carla"].map(name) }] });
const pending = (count: number) => ({ ...fresh(), state: "pending" as const, decision: missing(count) });
const { requestId, submission } = fresh();

describe("a request that is held", () => {
  it("names the seats and the people, and no amount", () => {
    const told = noticeOf(pending(2), "held", noon)!;
    expect(told).toMatchObject({ topic: "approval-wanted", people: ["carla", "chris"], requestId });
    expect(told.text).toBe(`the mint of GLD ${requestId} waits for 2 more of custodians (chris, carla)`);
    expect(JSON.stringify(told)).not.toContain("1000");
    expect(noticeSchema.parse(told)).toEqual(told);
  });

  it("is news again when fewer seats are missing, and not when the same are", () => {
    const keys = [2, 2, 1].map((count) => noticeOf(pending(count), "held", noon)!.key);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it("tells for all of a batch, once, without an amount", () => {
    const batch = { merkleRoot: hashOf("root"), count: 40, total: "1,200 GLD" };
    const told = (id: string, count: number): Notice => {
      const one = { ...pending(count), requestId: hashOf(id), decision: { ...missing(count), batch } };
      return noticeOf(one, "held", noon)!;
    };
    expect(told("one", 2).text).toBe(
      `a batch of 40 requests, each a mint of GLD, waits for 2 more of custodians (chris, carla); one of them is ${hashOf("one")}`,
    );
    expect(told("one", 2)).toMatchObject({ people: ["carla", "chris"], requestId: hashOf("one") });
    expect(told("two", 2).key).toBe(told("one", 2).key);
    expect(told("two", 1).key).not.toBe(told("one", 2).key);
    expect(told("one", 2).key).not.toBe(noticeOf(pending(2), "held", noon)!.key);
    expect(told("one", 2).text).not.toContain("1,200");
  });

  it("is no news for people while it waits for evidence or time", () => {
    expect(noticeOf({ ...fresh(), decision: decision("pending") }, "held", noon)).toBeUndefined();
  });
});

describe("near its end", () => {
  const end = submission.expiresAt;

  it("a pending request is told once, to those who are waited for", () => {
    expect(expiringOf(pending(1), plus(end, -601), 600)).toBeUndefined();
    expect(expiringOf(pending(1), plus(end, -600), 600)).toMatchObject({
      topic: "expires-soon",
      people: ["carla", "chris"],
    });
    expect(expiringOf(pending(1), plus(end, -1), 600)!.key).toBe(expiringOf(pending(2), plus(end, -9), 600)!.key);
  });

  it("is over at the instant of expiry, and is nothing to a request that nobody is waited for", () => {
    expect(expiringOf(pending(1), end, 600)).toBeUndefined();
    expect(expiringOf({ ...pending(1), state: "signing" }, plus(end, -1), 600)).toBeUndefined();
  });

  it("says so when it waits for evidence and not for people", () => {
    const waiting = { ...fresh(), state: "pending" as const, decision: decision("pending") };
    expect(expiringOf(waiting, plus(end, -1), 600)!.text).toContain("waits for evidence or time, not for people");
  });
});

describe("somebody has to look", () => {
  it("when an operator is needed, without what the chain did in words that hold amounts", () => {
    expect(noticeOf(fresh(), "escalated", noon)).toMatchObject({ topic: "needs-operator", people: [] });
  });

  it("when a signed transaction outlives its request, and that is told once", () => {
    const signed = { ...fresh(), state: "broadcast" as const };
    expect(alarmNotice(signed, plus(submission.expiresAt, -1))).toBeUndefined();
    const told = alarmNotice(signed, submission.expiresAt)!;
    expect(told).toMatchObject({ topic: "alarm" });
    expect(alarmNotice(signed, plus(submission.expiresAt, 99))!.key).toBe(told.key);
    expect(alarmNotice({ ...signed, state: "needs-operator" }, submission.expiresAt)).toBeUndefined();
  });
});

it("everybody is told when a loud rule signs, once for a request however it went on", () => {
  const loud = { ...fresh(), decision: decision("allowed", { loud: true, rule: "halt" }) };
  const told = ["allocated", "permitted", "signed"].map((event) => noticeOf(loud, event, noon)!);
  expect(new Set(told.map(({ key }) => key)).size).toBe(1);
  expect(told[0]).toMatchObject({ topic: "loud-rule", people: [] });
  expect(told[0]!.text).toContain("under the rule halt");
  expect(noticeOf({ ...fresh(), decision: decision("allowed") }, "signed", noon)).toBeUndefined();
});

it("what nobody has to know is no notice", () => {
  for (const event of ["submitted", "cleared", "broadcast", "mined", "finalized", "postponed", "woken"])
    expect(noticeOf(pending(2), event, noon)).toBeUndefined();
});
