/** YAML with one reading: what people may write, and every feature that would allow a second one. */
import { describe, expect, it } from "vitest";
import { InvalidText, parseYaml } from "../../../../src/policy/document/yaml-text.ts";

const textRefusal = (text: string): InvalidText => {
  try {
    parseYaml(text);
  } catch (error) {
    if (error instanceof InvalidText) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("parseYaml", () => {
  it("keeps every plain scalar as text but whole numbers, true, false and null", () => {
    const text =
      "a: 0x1111111111111111111111111111111111111111\nb: 1.00\nc: no\nd: 2026-11-23\ne: 7\nf: true\ng: null\nh: ~\ni: 1e3\nj: '7'\nk: 007\nl: 0o7\nm: .inf\nn: True";
    expect(parseYaml(text)).toEqual({
      a: "0x1111111111111111111111111111111111111111",
      b: "1.00",
      c: "no",
      d: "2026-11-23",
      e: 7,
      f: true,
      g: null,
      h: null,
      i: "1e3",
      j: "7",
      k: "007",
      l: "0o7",
      m: ".inf",
      n: "True",
    });
  });

  it("keeps a number that a double cannot hold as text", () => {
    expect(parseYaml("a: 12345678901234567890")).toEqual({ a: "12345678901234567890" });
  });

  it.each<[string, string, string, number, number]>([
    ["a key twice", "a: 1\na: 2", "yaml.syntax", 2, 1],
    ["a key twice between braces", "a: { b: 1, b: 2 }", "yaml.syntax", 1, 12],
    ["a second document", "a: 1\n---\nb: 2", "yaml.syntax", 2, 1],
    ["a bracket that nothing closes", "a: [1", "yaml.syntax", 1, 6],
    ["a list for a key", "? [a]\n: 1", "yaml.syntax", 1, 3],
    ["a tag of its own", "a: !own 1", "yaml.syntax", 1, 4],
    ["a tab for an indent", "a:\n\tb: 1", "yaml.syntax", 2, 1],
    ["a line that is indented otherwise", "a:\n  b: 1\n c: 2", "yaml.syntax", 3, 1],
    ["two colons", "a: b: c", "yaml.syntax", 1, 4],
    ["an anchor", "a: &x 1", "yaml.anchor", 1, 7],
    ["an anchor before its alias", "a: &x { b: 1 }\nc: *x", "yaml.anchor", 1, 7],
    ["a list that is in itself", "rules: &x\n  - *x", "yaml.anchor", 2, 3],
    ["a map that is in itself", "a: 1\nb: &x { c: *x }", "yaml.anchor", 2, 7],
    ["an alias of nothing", "a: 1\nb: *x", "yaml.alias", 2, 4],
    ["a number's tag", "a: !!int 3", "yaml.tag", 1, 10],
    ["a text's tag", "a: !!str 3", "yaml.tag", 1, 10],
    ["a bare tag", "a: ! 3", "yaml.tag", 1, 6],
    ["a version of YAML", "%YAML 1.1\n---\na: no", "yaml.directive", 1, 1],
    ["a key that is no key", "a: 1\n__proto__: { a: 1 }", "json.forbidden-key", 2, 1],
    ["forty levels", `a: ${"[".repeat(40)}${"]".repeat(40)}`, "json.depth", 1, 36],
    ["too much text", `a: ${"x".repeat(600_000)}`, "yaml.size", 1, 1],
  ])("refuses %s by its line and column", (_, text, code, line, column) => {
    const refusal = textRefusal(text);
    expect({ code: refusal.code, ...refusal.place }).toEqual({ code, line, column });
    expect(refusal.message).toBe(`${refusal.words} at line ${line}, column ${column}`);
  });

  it("refuses what is nested beyond the stack", () => {
    expect(textRefusal(`a: ${"[".repeat(20_000)}`)).toMatchObject({
      code: "yaml.syntax",
      words: "the text is nested too deeply",
    });
  });

  it("takes as many levels as JSON may have, and none more", () => {
    const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(parseYaml(nested(33))).toEqual(JSON.parse(nested(33)));
    expect(textRefusal(nested(34)).code).toBe("json.depth");
  });

  it.each([
    ["a: 1\na: 2", "this key stands twice in one map"],
    ["a:\n\tb: 1", "a tab begins this line; indent with spaces"],
    ["a: 1\n---\nb: 2", "a second document begins here; a file holds one"],
    ["a: *x", "the alias `*x` is not allowed; write out what it stands for"],
    ["a: @x", "plain value cannot start with reserved character @"],
    ["? [a]\n: 1", "a key is one word of text"],
    ["a: b: c", "a second `:` on one line, or a line that is indented further than the one before it allows"],
    ["a:\n  b: 1\n c: 2", "all mapping items must start at the same column"],
    ["a: &x 1", "the anchor `&x` is not allowed"],
    ["a: !own 1", "unresolved tag: !own"],
    ["a: !!int 3", "the tag `!!int` is not allowed"],
    ["%YAML 1.1\n---\na: no", "`%YAML` is not allowed"],
    ["a: 1\n__proto__: { a: 1 }", "the key `__proto__` is not allowed"],
    [`a: ${"[".repeat(40)}${"]".repeat(40)}`, "the text is nested too deeply"],
    [`a: ${"x".repeat(600_000)}`, "the text is longer than 524288 characters"],
  ])("says of %j what is to mend", (text, words) => {
    expect(textRefusal(text).words).toBe(words);
  });

  it("takes `<<` for a key like any other", () => {
    expect(parseYaml("<<: { a: 1 }")).toEqual({ "<<": { a: 1 } });
  });
});
