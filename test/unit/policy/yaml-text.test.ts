/** YAML with one reading: what people may write, and every feature that would allow a second one. */
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../src/policy/yaml-text.ts";
import { refusalOf } from "./example.ts";

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

  it.each([
    ["yaml.syntax", "a: 1\na: 2"],
    ["yaml.syntax", "a: { b: 1, b: 2 }"],
    ["yaml.syntax", "a: 1\n---\nb: 2"],
    ["yaml.syntax", "a: [1"],
    ["yaml.syntax", "? [a]\n: 1"],
    ["yaml.syntax", "a: !own 1"],
    ["yaml.syntax", `a: ${"[".repeat(20_000)}`],
    ["yaml.anchor", "a: &x 1"],
    ["yaml.anchor", "a: &x { b: 1 }\nc: *x"],
    ["yaml.tag", "a: !!int 3"],
    ["yaml.tag", "a: !!str 3"],
    ["yaml.tag", "a: ! 3"],
    ["yaml.directive", "%YAML 1.1\n---\na: no"],
    ["json.forbidden-key", "__proto__: { a: 1 }"],
    ["json.depth", `a: ${"[".repeat(40)}${"]".repeat(40)}`],
    ["yaml.size", `a: ${"x".repeat(600_000)}`],
  ])("refuses with %s", (code, text) => {
    expect(refusalOf(() => parseYaml(text)).code).toBe(code);
  });

  it("refuses an alias even where an anchor of an earlier text stood", () => {
    expect(refusalOf(() => parseYaml("a: *x")).code).toMatch(/^yaml\.(alias|syntax)$/);
  });

  it("takes `<<` for a key like any other", () => {
    expect(parseYaml("<<: { a: 1 }")).toEqual({ "<<": { a: 1 } });
  });
});
