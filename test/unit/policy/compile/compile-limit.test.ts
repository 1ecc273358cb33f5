/** Limits compiled: metrics, windows, and what each counts. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import type { Limit } from "../../../../src/policy/policy.ts";
import { calendar, documentWith, gld, refusalOf } from "../example.ts";

const base = { id: "l", metric: "sum", window: "rolling 24h", per: "asset", max: "10 GLD", over: "deny" };
const read = (fields: Readonly<Record<string, unknown>>): Limit =>
  compile(documentWith({ calendar, limits: [{ ...base, ...fields }] })).limits[0]!;
const operations = (fields: Readonly<Record<string, unknown>>): string[] => [...read(fields).when.operations].sort();

describe("a limit", () => {
  it("counts what moves the token unless it names operations, so that it never keeps a pause away", () => {
    expect(operations({})).toEqual(["burn", "distribute", "mint", "redeem", "transfer"]);
    expect(operations({ metric: "count", max: 3 })).toEqual(["burn", "distribute", "mint", "redeem", "transfer"]);
    expect(operations({ metric: "count", max: 3, when: { operation: "pause" } })).toEqual(["pause"]);
    expect(operations({ metric: "net" })).toEqual(["burn", "distribute", "mint", "redeem"]);
  });

  it("has an amount, or a number of requests", () => {
    expect(read({}).max).toBe(gld("10"));
    expect(read({ metric: "count", max: 3 }).max).toBe(3n);
  });

  it("rolls, or begins with the calendar", () => {
    expect(read({}).window).toEqual({ kind: "rolling", seconds: 86_400 });
    for (const unit of ["day", "week", "month", "year"])
      expect(read({ window: `calendar ${unit}` }).window).toEqual({ kind: "calendar", unit });
  });

  it("denies what is over, or adds to what is demanded", () => {
    expect(read({}).over).toBe("deny");
    expect(read({ over: { add: { delay: "1h" } } }).over).toMatchObject({ delaySeconds: 3_600 });
  });

  const whole = "`net` is mints less final burns of the whole asset";
  it.each<[Record<string, unknown>, string]>([
    [{ when: { operation: "mint", to: { in: "banks" } } }, "limits.0.when.to.in: there is no list `banks`"],
    [
      { when: { operation: { in: ["mint", "pause", "unpause"] } } },
      "limits.0.when.operation: pause, unpause has no amount to add up",
    ],
    [{ per: "to" }, "limits.0.per: only operations with a recipient can be counted per `to`"],
    [{ metric: "net", when: { operation: "mint" } }, `limits.0.when: ${whole}; leave \`when\` out`],
    [{ metric: "net", per: "initiator" }, `limits.0.per: ${whole}: \`per: asset\``],
    [{ max: 3 }, "limits.0.max: `3` is not an amount such as `100 GLD`"],
    [{ metric: "count" }, "limits.0.max: `10 GLD` is not a number of requests such as `10`"],
    ...["calendar decade", "24h", "a rolling 24h", "rolling 24h long"].map(
      (window): [Record<string, unknown>, string] => [
        { window },
        `limits.0.window: \`${window}\` is not a window such as \`rolling 24h\` or \`calendar month\``,
      ],
    ),
    [{ window: "rolling 0h" }, "limits.0.window: `0h` is no time at all"],
  ])("is refused in these words: %o", (fields, message) => {
    expect(refusalOf(() => read(fields)).message).toBe(message);
  });

  it("by the calendar needs one", () => {
    const limits = [{ ...base, window: "calendar day" }];
    expect(refusalOf(() => compile(documentWith({ limits }))).message).toBe(
      "limits.0.window: a calendar window needs `timezone` and the `calendar` compiled from it",
    );
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ["a number for an amount", { max: 3 }, "policy.limit", "limits.0.max"],
    ["an amount for a number", { metric: "count" }, "policy.limit", "limits.0.max"],
    ["a net of some", { metric: "net", when: { operation: "mint" } }, "policy.limit", "limits.0.when"],
    ["a net for each", { metric: "net", per: "initiator" }, "policy.limit", "limits.0.per"],
    ["a sum of pauses", { when: { operation: { in: ["mint", "pause"] } } }, "policy.limit", "limits.0.when.operation"],
    ["each recipient of everything", { per: "to" }, "policy.limit", "limits.0.per"],
    ["a window of a decade", { window: "calendar decade" }, "policy.window", "limits.0.window"],
    ["a window that neither rolls nor begins", { window: "24h" }, "policy.window", "limits.0.window"],
    [
      "a veto without a wait",
      { over: { add: { veto: { group: "officers", min: 1 } } } },
      "policy.veto",
      "limits.0.over.add.veto",
    ],
  ])("with %s is refused", (_, fields, code, field) => {
    expect(refusalOf(() => read(fields))).toMatchObject({ code, field });
  });
});
