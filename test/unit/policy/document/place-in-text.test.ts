/** Lines and columns of fields, in the ways that YAML and JSON may be written. */
import { describe, expect, it } from "vitest";
import { placeOfOddNumber, placesIn } from "../../../../src/policy/document/place-in-text.ts";

const policy = `# a comment
asset: GLD
groups:
  custodians: { min: 3, credentials: [wallet, key] }
  "two words":
    min: 1
  dotted.name: { min: 2 }
rules:
  - id: mint
    when:
      operation: mint
    tiers:
      - { upTo: "100 GLD",
          sign: hsm-mint }
      - upTo: >
          1000 GLD
change:
`;

/** `line:column` of the field. */
const place = (text: string, field: string, key?: string): string => {
  const { line, column } = placesIn(text)(field, key);
  return `${line}:${column}`;
};

describe("a field", () => {
  it.each([
    ["of the top", "asset", "2:8"],
    ["in a map between braces", "groups.custodians.min", "4:22"],
    ["in a list between brackets", "groups.custodians.credentials.1", "4:47"],
    ["of a list item", "rules.0.id", "9:9"],
    ["two lists down", "rules.0.tiers.0.upTo", "13:17"],
    ["on a line after its brace", "rules.0.tiers.0.sign", "14:17"],
    ["under a quoted key", "groups.two words.min", "6:10"],
    ["under a key with a dot", "groups.dotted.name.min", "7:23"],
  ])("%s stands where its value begins", (_, field, at) => {
    expect(place(policy, field)).toBe(at);
  });

  it.each([
    ["is a map on the lines below", "rules.0.when", "10:5"],
    ["is a list on the lines below", "rules.0.tiers", "12:5"],
    ["is empty", "change", "17:1"],
  ])("whose value %s stands at its key", (_, field, at) => {
    expect(place(policy, field)).toBe(at);
  });

  it("that is an item of a list stands where the item begins", () => {
    expect(place(policy, "rules.0")).toBe("9:5");
    expect(place(policy, "rules.0.tiers.0")).toBe("13:9");
  });

  it.each([
    ["inside a map", "groups.custodians.max", "4:3"],
    ["at the top", "friend", "2:1"],
    ["several levels down", "rules.0.when.to.in", "10:5"],
    ["beyond the end of a list", "rules.7.id", "8:1"],
    ["that is no index", "rules.first", "8:1"],
    ["inside a text", "asset.unit", "2:1"],
  ])("that is not there, %s, stands at the nearest one around it", (_, field, at) => {
    expect(place(policy, field)).toBe(at);
  });

  it("that is the whole stands where the document begins, after the comments", () => {
    expect(place(policy, "")).toBe("2:1");
    expect(place("", "")).toBe("1:1");
    expect(place("", "asset")).toBe("1:1");
  });
});

describe("a key that is wrong by itself", () => {
  it("stands where the key begins", () => {
    expect(place(policy, "", "asset")).toBe("2:1");
    expect(place(policy, "groups", "two words")).toBe("5:3");
    expect(place(policy, "groups.custodians", "credentials")).toBe("4:25");
    expect(place(policy, "rules.0.tiers.0", "sign")).toBe("14:11");
  });

  it("stands with its field when there is no such key", () => {
    expect(place(policy, "groups.custodians", "max")).toBe("4:15");
  });
});

describe("a JSON text", () => {
  const json = '{\n\t"asset": "GLD",\n\t"rules": [\n\t\t{ "id": "mint", "no": 1.5 }\n\t]\n}\n';

  it("has places like any other, tabs and all", () => {
    expect(place(json, "asset")).toBe("2:11");
    expect(place(json, "rules.0.id")).toBe("4:11");
    expect(place(json, "rules.0", "no")).toBe("4:19");
    expect(place(json, "token")).toBe("1:1");
  });

  it("shows the number that is none of ours", () => {
    expect(placeOfOddNumber(json)).toEqual({ line: 4, column: 25 });
    expect(placeOfOddNumber('{"a": 7, "b": "1.5", "c": 12345678901234567890}')).toEqual({ line: 1, column: 27 });
    expect(placeOfOddNumber('{"a": [0, 12, -3]}')).toEqual({ line: 1, column: 1 });
  });
});

it("counts a column as editors do, wide characters before it included", () => {
  expect(place('a: { name: "Zoë 🔑", id: 7 }', "a.id")).toBe("1:26");
});

it("counts lines that end in a carriage return", () => {
  expect(place("a: 1\r\nb: 2\r\n", "b")).toBe("2:4");
});
