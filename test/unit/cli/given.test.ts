/** The command line against the table: what is understood, and what is refused with which words. */
import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/cli/command.ts";
import { readGiven } from "../../../src/cli/given.ts";
import { UsageError, written } from "../../../src/cli/outcome.ts";
import { InvariantViolation } from "../../../src/values/errors.ts";

const command: Command = {
  words: "thing do",
  operands: ["FILE", "[OTHER]"],
  about: "do it",
  options: [
    { name: "api", value: "URL", about: "where", required: true, env: "THE_API" },
    { name: "tag", value: "TAG", about: "marks", many: true },
    { name: "note", value: "TEXT", about: "a note" },
    { name: "yes", about: "do not ask" },
  ],
  load: () => Promise.resolve(() => Promise.resolve(written(0))),
};
const read = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => readGiven(command, args, env);
const refusal = (args: readonly string[]): string => {
  try {
    read(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error("it was understood");
};

describe("a command line", () => {
  it("is read in any order, with values behind a space or an equals sign", () => {
    const given = read(["--api=u", "a.json", "--tag", "x", "--yes", "--tag=y", "--json"]);
    expect(given.operand).toBe("a.json");
    expect(given.text("api")).toBe("u");
    expect(given.list("tag")).toEqual(["x", "y"]);
    expect(given.flag("yes")).toBe(true);
    expect(given.json).toBe(true);
    expect(given.maybe("note")).toBeUndefined();
    expect(given.list("note")).toEqual([]);
  });

  it("takes from the environment what it was not told, and not what it was", () => {
    expect(read(["f"], { THE_API: "e" }).text("api")).toBe("e");
    expect(read(["f", "--api", "u"], { THE_API: "e" }).text("api")).toBe("u");
    expect(() => read(["f"], { THE_API: "" })).toThrow(UsageError);
  });

  it("takes what begins with a dash behind an equals sign, and any word behind two dashes", () => {
    expect(read(["--api=-u", "f"]).text("api")).toBe("-u");
    expect(read(["--api", "u", "--", "--yes"]).operand).toBe("--yes");
  });

  it.each([
    [["f", "--api", "u", "--frob"], "`--frob` is no option of this command"],
    [["f", "--api", "u", "-y"], "`-y` is no option of this command"],
    [["f", "--api", "u", "--no-yes"], "`--no-yes` is no option of this command"],
    [["f", "--api"], "--api needs a value: URL"],
    [["f", "--api", "--yes"], "--api needs a value: URL"],
    [["f", "--api", "u", "--yes=1"], "--yes takes no value"],
    [["f", "--api", "u", "--api", "v"], "--api is given twice"],
    [["f", "--api", "u", "--yes", "--yes"], "--yes is given twice"],
    [["f"], "--api URL is missing (or the variable THE_API)"],
    [["--api", "u"], "FILE is missing"],
    [["a", "b", "c", "--api", "u"], "`c` is not understood"],
  ])("is refused: %j", (args, words) => {
    expect(refusal(args)).toBe(words);
  });

  it("has no text of an option that may be missing: that is a bug of the command", () => {
    expect(() => read(["f", "--api", "u"]).text("note")).toThrow(InvariantViolation);
  });
});
