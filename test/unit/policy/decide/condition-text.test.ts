/** Conditions and values in words that people read the same way. */
import { expect, it } from "vitest";
import {
  addressText,
  intervalText,
  localText,
  shownValue,
  testText,
  windowText,
} from "../../../../src/policy/decide/condition-text.ts";
import { max } from "../../../../src/values/amount.ts";
import { bankA, gld, inputWith, n, stranger } from "../example.ts";

const { policy } = inputWith();
const plain = (from: bigint, below: bigint): string => intervalText({ from, below }, String);

it("an interval is told by what is just outside below and just inside above", () => {
  expect([plain(0n, 6n), plain(5n, max + 1n), plain(5n, 10n), plain(5n, 6n), plain(0n, max + 1n)]).toEqual([
    "at most 5",
    "more than 4",
    "more than 4 and at most 9",
    "exactly 5",
    "any amount",
  ]);
  expect(plain(0n, max)).toBe(`at most ${String(max - 1n)}`);
});

it("a test is told in the unit of the policy, or in plain numbers", () => {
  const test = { kind: "between", from: 0n, below: gld("5") + 1n } as const;
  expect(testText(test, policy)).toBe("at most 5 GLD");
  expect(testText(test)).toBe(`at most ${gld("5").toString()}`);
  expect(testText({ kind: "in", list: n("a") })).toBe("list a");
  expect(testText({ kind: "not-in", list: n("a") })).toBe("nobody on list a");
  expect(testText({ kind: "is", value: "x" })).toBe("x");
  expect(testText({ kind: "within", seconds: 3_600 })).toBe("at most 1h from now");
});

it("a value is shown short, and an address with its checksum", () => {
  expect(shownValue(undefined)).toBe("not there");
  expect(shownValue([])).toBe("a list or struct");
  expect(shownValue(gld("2"), policy)).toBe("2 GLD");
  expect(shownValue(2n)).toBe("2");
  expect(shownValue(false)).toBe("false");
  expect(shownValue("x".repeat(80))).toBe("x".repeat(80));
  expect(shownValue("x".repeat(81))).toBe(`${"x".repeat(79)}…`);
  for (const text of [`x${bankA}`, `${bankA}x`]) expect(shownValue(text)).toBe(text);
  expect(shownValue(bankA)).toBe("0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa");
});

it("two addresses shown in turn are each themselves", () => {
  const [one, other] = [addressText(bankA), addressText(stranger)];
  expect([addressText(bankA), addressText(stranger)]).toEqual([one, other]);
  expect(one).not.toBe(other);
});

it("a window and a moment are told by the clock on the wall", () => {
  const all = { days: undefined, fromSecond: 0, belowSecond: 86_400, holidays: undefined };
  expect(windowText({ ...all, days: new Set([4, 0]), fromSecond: 28_800, holidays: new Set(["2026-12-25"]) })).toBe(
    "mon, fri from 08:00 to 24:00, no holiday",
  );
  expect(windowText({ ...all, belowSecond: 64_860 })).toBe("from 00:00 to 18:01");
  expect(windowText({ ...all, holidays: new Set(["2026-12-25"]) })).toBe("no holiday");
  expect(localText({ date: "2026-10-05", weekday: 0, second: 3_661 })).toBe("mon 2026-10-05 01:01");
});
