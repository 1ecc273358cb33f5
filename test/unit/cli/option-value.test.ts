/** Values of options, and the option's name in every refusal. */
import { describe, expect, it } from "vitest";
import { option, optionAfter, optionHash, parseCount, parseHash } from "../../../src/cli/option-value.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";

const digits = "ab".repeat(32);

describe("an option's value", () => {
  it("names a hash in either spelling", () => {
    expect(optionHash("genesis", `0x${digits}`)).toBe(`0x${digits}`);
    expect(optionHash("genesis", `sha256:${digits}`)).toBe(`0x${digits}`);
    expect(() => optionHash("genesis", `sha256:0x${digits}`)).toThrow(/^--genesis: /);
  });

  it("is called as the usage line calls it: an operand is no option", () => {
    expect(() => option("ID", "0x12", parseHash)).toThrow(/^ID: /);
    expect(() => option("freeze-id", "0x12", parseHash)).toThrow(/^--freeze-id: /);
  });

  it("is a time after now", () => {
    expect(optionAfter("expires", "2h", parseInstant(100))).toBe(7_300);
    expect(() => optionAfter("expires", "2 hours", parseInstant(100))).toThrow(/^--expires: .*`2 hours`/);
  });

  it.each(["", "-1", "+1", "1.0", "0x1", "1e3", "01", "9".repeat(16)])("is no count: `%s`", (text) => {
    expect(() => option("limit", text, parseCount)).toThrow(/^--limit: /);
  });

  it("is a count", () => {
    expect([parseCount("0"), parseCount("1800000000")]).toEqual([0, 1_800_000_000]);
  });
});
