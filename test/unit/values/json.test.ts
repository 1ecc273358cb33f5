/** JSON has one canonical text, and what two parsers may read differently is refused. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidValue, InvariantViolation } from "../../../src/values/errors.ts";
import { canonical, hash, parseStrict, readStrict, type Json } from "../../../src/values/json.ts";

const forbidden = ["__proto__", "constructor", "prototype"];
const key = fc.string().filter((name) => !forbidden.includes(name));
const json = fc
  .letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }))
  .tree.map((tree) => JSON.parse(JSON.stringify(tree)) as Json);

const refusal = (text: string, depth?: number): string => {
  try {
    parseStrict(text, depth);
  } catch (error) {
    if (error instanceof InvalidValue) return error.code;
    throw error;
  }
  return "accepted";
};

describe("the canonical form", () => {
  it("is that of RFC 8785 for its example of sorting, by UTF-16 units", () => {
    const shuffled = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const names = [
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ];
    const text = canonical(shuffled);
    const places = names.map((name) => text.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place > 0)).toBe(true);
  });

  it("is read back to the same, and written the same again", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonical(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonical(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("does not depend on the order of keys, and leaves out what is undefined", () => {
    expect(canonical({ b: 1, a: [{ d: null, c: undefined }] })).toBe('{"a":[{"d":null}],"b":1}');
  });

  it.each([0.5, -0, 2 ** 53, Number.NaN, Infinity, 1n, undefined, () => 1, Symbol("x")])(
    "does not exist for %s",
    (value) => {
      expect(() => canonical(value)).toThrow(InvariantViolation);
    },
  );

  it("names a document by its SHA-256", () => {
    expect(hash({ b: "é", a: 1 })).toBe(`0x${createHash("sha256").update('{"a":1,"b":"é"}').digest("hex")}`);
  });
});

describe("strict reading", () => {
  it("reads every JSON of ours as the platform does", () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        fc.pre(!/-0\b/.test(JSON.stringify(value)));
        expect(parseStrict(JSON.stringify(value, undefined, space))).toEqual(value);
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', "json.duplicate-key"],
    ['{"a":1,"\\u0061":2}', "json.duplicate-key"],
    ['{"x":{"a":1,"a":1}}', "json.duplicate-key"],
    ['[{"a":1,"b":[],"a":1}]', "json.duplicate-key"],
    ['{"a" :1,"a"\n:2}', "json.duplicate-key"],
    ['{"":1,"":2}', "json.duplicate-key"],
    ['{"__proto__":{"admin":true}}', "json.forbidden-key"],
    ['{"a":{"__proto__":1}}', "json.forbidden-key"],
    ['{"\\u005f_proto__":1}', "json.forbidden-key"],
    ['{"constructor":{}}', "json.forbidden-key"],
    ['{"prototype":{}}', "json.forbidden-key"],
    ["0.5", "json.number"],
    ["1e400", "json.number"],
    ["9007199254740992", "json.number"],
    ["", "json.syntax"],
    ["{", "json.syntax"],
    ["{'a':1}", "json.syntax"],
    ['{"a":1,}', "json.syntax"],
    ["NaN", "json.syntax"],
    ["01", "json.syntax"],
    ["\ufeff{}", "json.syntax"],
  ])("refuses %s", (text, code) => {
    expect(refusal(text)).toBe(code);
  });

  it("is not misled by strings that look like keys", () => {
    for (const text of [
      '{"a":"\\"a\\":1"}',
      '["a:","b\\\\"]',
      '{"a":"x","b":"\\\\"}',
      '{"a:":":","b\\":":"{\\"a\\":1}"}',
    ])
      expect(refusal(text)).toBe("accepted");
  });

  it("counts levels", () => {
    expect(refusal("[".repeat(32) + "]".repeat(32))).toBe("accepted");
    expect(refusal("[".repeat(40) + "]".repeat(40))).toBe("json.depth");
    expect(refusal("[[1]]", 1)).toBe("json.depth");
    expect(refusal("[".repeat(100_000) + "]".repeat(100_000))).toMatch(/^json\.(depth|syntax)$/);
  });

  it("answers a long hostile text in time", () => {
    const began = performance.now();
    for (const text of [
      `"${"\\\\".repeat(50_000)}`,
      `{"${"a".repeat(100_000)}":1}`,
      `["${'\\"'.repeat(50_000)}"]`,
      `{"a":"${" ".repeat(100_000)}"}`,
      `["x"${" ".repeat(100_000)}]`,
    ])
      refusal(text);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

it("reads as strictly where nobody waits for a reason, and says nothing of what it refuses", () => {
  expect(readStrict('{"a":[1,"b"]}')).toEqual({ a: [1, "b"] });
  for (const text of ["", "{", '{"a":1,"a":2}', "1.5", '{"__proto__":1}']) expect(readStrict(text)).toBeUndefined();
});
