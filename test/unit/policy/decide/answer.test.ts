/** Values against tests: yes, no, and unknown for what is missing or of another kind. */
import { describe, expect, it } from "vitest";
import { answerOf, intervalAnswer, listAnswer, valueAnswer } from "../../../../src/policy/decide/answer.ts";
import type { ValueTest } from "../../../../src/policy/compile/condition.ts";
import type { TypedValue } from "../../../../src/intent/typed-value.ts";
import { bankA, inputWith, n, now, stranger } from "../example.ts";

const one = inputWith();
const treasury = n("treasury");

describe("an answer", () => {
  it("of an interval counts its beginning and not its end", () => {
    const interval = { from: 2n, below: 5n };
    expect([1n, 2n, 4n, 5n].map((value) => intervalAnswer(interval, value))).toEqual(["no", "yes", "yes", "no"]);
    expect([answerOf(true), answerOf(false)]).toEqual(["yes", "no"]);
  });

  it("of a list is turned round by `notIn`, and unknown of a list that is not there", () => {
    expect(listAnswer({ kind: "in", list: treasury }, bankA, one.policy)).toBe("yes");
    expect(listAnswer({ kind: "in", list: treasury }, stranger, one.policy)).toBe("no");
    expect(listAnswer({ kind: "not-in", list: treasury }, bankA, one.policy)).toBe("no");
    expect(listAnswer({ kind: "not-in", list: treasury }, stranger, one.policy)).toBe("yes");
    for (const kind of ["in", "not-in"] as const)
      expect(listAnswer({ kind, list: n("none") }, bankA, one.policy)).toBe("unknown");
  });

  it.each<[ValueTest, TypedValue | undefined, string]>([
    [{ kind: "in", list: treasury }, bankA, "yes"],
    [{ kind: "not-in", list: treasury }, stranger, "yes"],
    [{ kind: "not-in", list: treasury }, "somebody", "unknown"],
    [{ kind: "not-in", list: treasury }, 7n, "unknown"],
    [{ kind: "not-in", list: treasury }, `x${stranger}`, "unknown"],
    [{ kind: "not-in", list: treasury }, `${stranger}0`, "unknown"],
    [{ kind: "not-in", list: treasury }, [stranger], "unknown"],
    [{ kind: "between", from: 0n, below: 8n }, 7n, "yes"],
    [{ kind: "between", from: 0n, below: 8n }, 8n, "no"],
    [{ kind: "between", from: 0n, below: 8n }, -1n, "no"],
    [{ kind: "between", from: 0n, below: 8n }, "7", "unknown"],
    [{ kind: "is", value: "true" }, true, "yes"],
    [{ kind: "is", value: "7" }, 7n, "yes"],
    [{ kind: "is", value: "07" }, 7n, "no"],
    [{ kind: "is", value: "a" }, ["a"], "unknown"],
    [{ kind: "is", value: "a" }, { a: "a" }, "unknown"],
    [{ kind: "within", seconds: 60 }, BigInt(now + 60), "yes"],
    [{ kind: "within", seconds: 60 }, BigInt(now + 61), "no"],
    [{ kind: "within", seconds: 60 }, 2n ** 256n - 1n, "no"],
    [{ kind: "within", seconds: 60 }, String(now), "unknown"],
  ])("of %o and %o is %s", (test, value, wanted) => {
    expect(valueAnswer(test, value, one)).toBe(wanted);
  });

  it("is unknown of a value that is not there, whatever is asked", () => {
    const tests: ValueTest[] = [
      { kind: "in", list: treasury },
      { kind: "not-in", list: treasury },
      { kind: "between", from: 0n, below: 1n << 256n },
      { kind: "is", value: "undefined" },
      { kind: "within", seconds: 60 },
    ];
    for (const test of tests) expect(valueAnswer(test, undefined, one)).toBe("unknown");
  });
});
