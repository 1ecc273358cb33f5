/** Quorums that may stand in a document: small enough, with orders that are whole, and vetoes with time for them. */
import { describe, expect, it } from "vitest";
import {
  checkQuorum,
  checkVeto,
  readAddition,
  readDistinct,
} from "../../../../src/policy/compile/compile-requirement.ts";
import type { Quorum } from "../../../../src/policy/document/requirement.ts";
import { n, refusalOf } from "../example.ts";

const one: Quorum = { group: n("a"), min: 1 };
const order: Quorum = { ordered: [one, { all: [one, { any: [one, one] }] }] };

describe("an order", () => {
  it.each<[string, Quorum]>([
    ["alone", order],
    ["as one way of several", { any: [one, { any: [order] }] }],
  ])("stands %s", (_, quorum) => {
    expect(() => {
      checkQuorum(quorum, "q");
    }).not.toThrow();
  });

  it.each<[string, Quorum, string]>([
    ["beside other seats", { all: [one, order] }, "q.all.1"],
    ["in an order", { ordered: [one, order] }, "q.ordered.1"],
    ["deep in an order", { ordered: [one, { any: [one, order] }] }, "q.ordered.1.any.1"],
  ])("is refused %s", (_, quorum, field) => {
    expect(
      refusalOf(() => {
        checkQuorum(quorum, "q");
      }),
    ).toMatchObject({ code: "policy.ordered", field });
  });
});

it("what is too wide, out of order or without time is refused in these words", () => {
  const wide: Quorum = {
    all: [
      { group: n("a"), min: 33 },
      { group: n("b"), min: 32 },
    ],
  };
  const added = (quorum: Quorum): unknown => refusalOf(() => readAddition({ quorum }, "add"));
  expect(added(wide)).toEqual({
    code: "policy.quorum",
    field: "add.quorum",
    message: "add.quorum: the quorum has more than 64 ways or 64 seats",
  });
  expect(added({ all: [one, order] })).toEqual({
    code: "policy.ordered",
    field: "add.quorum.all.1",
    message: "add.quorum.all.1: `ordered` stands alone, or is one way of an `any`, never inside another quorum",
  });
  expect(refusalOf(() => readAddition({ veto: { group: n("a"), min: 1 } }, "add")).message).toBe(
    "add.veto: a veto needs a wait in which it can be said: add a `delay`",
  );
});

it("a veto wants a wait", () => {
  const veto = { group: n("a"), min: 1 };
  const refused = { code: "policy.veto", field: "t.veto" };
  for (const delay of [undefined, "0s"])
    expect(
      refusalOf(() => {
        checkVeto(veto, delay, "t");
      }),
    ).toMatchObject(refused);
  expect(() => {
    checkVeto(veto, "1s", "t");
    checkVeto(undefined, undefined, "t");
  }).not.toThrow();
});

it("what is not said asks nothing", () => {
  expect(readDistinct(undefined)).toEqual({ people: 0, units: 0 });
  expect(readDistinct({ units: 2 })).toEqual({ people: 0, units: 2 });
  expect(readAddition({ delay: "1m" }, "add")).toEqual({
    quorum: undefined,
    delaySeconds: 60,
    distinct: { people: 0, units: 0 },
    veto: undefined,
  });
});
