/** The schemas read what the values read, and name the field that is wrong. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InvalidValue } from "../../../src/values/errors.ts";
import {
  addressSchema,
  amountSchema,
  bytes32Schema,
  chainIdSchema,
  countSchema,
  documentHashSchema,
  durationSchema,
  hexSchema,
  instantSchema,
  lineSchema,
  nameSchema,
  parseWith,
  referenceSchema,
} from "../../../src/values/schema.ts";

const good: readonly (readonly [string, z.ZodType, unknown, unknown])[] = [
  ["address", addressSchema, `0x${"1".repeat(40)}`, `0x${"1".repeat(39)}`],
  ["amount", amountSchema, "12", "0x10"],
  ["bytes32", bytes32Schema, `0x${"1".repeat(64)}`, "0x11"],
  ["hex", hexSchema, "0x", "0xA0"],
  ["chain id", chainIdSchema, 1, 0],
  ["instant", instantSchema, 1, -1],
  ["line", lineSchema, "a b", "a\nb"],
  ["reference", referenceSchema, "R-1", "R 1"],
  ["name", nameSchema, "ida", "1da"],
  ["duration", durationSchema, "30m", "30"],
  ["count", countSchema, 0, -1],
  ["document hash", documentHashSchema, `sha256:${"a".repeat(64)}`, "a".repeat(64)],
];

it.each(good.filter(([, , yes]) => typeof yes === "string"))(
  "the pattern that editors get of a %s is the one its parser has",
  (_, schema, yes, no) => {
    const { pattern = "", maxLength = Infinity } = z.toJSONSchema(schema, { io: "input" });
    const matches = (text: unknown): boolean =>
      typeof text === "string" && text.length <= maxLength && new RegExp(pattern, "u").test(text);
    expect(matches(yes)).toBe(true);
    for (const text of ["", " ", `${String(yes)} `, String(no), "0", "0x", "sha256:", "é", "a".repeat(201)])
      if (schema.safeParse(text).success) expect(matches(text)).toBe(true);
      else if (pattern !== "") expect(matches(text)).toBe(false);
  },
);

describe.each(good)("the schema of a %s", (_, schema, yes, no) => {
  it("reads what its value reads, and no other type", () => {
    expect(schema.safeParse(yes).success).toBe(true);
    for (const bad of [no, null, undefined, true, [], {}, typeof yes === "string" ? 1 : "1"])
      expect(schema.safeParse(bad).success).toBe(false);
  });
});

describe("reading with a schema", () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ amount: amountSchema })) });
  const refusal = (input: unknown): InvalidValue => {
    try {
      parseWith(schema, input, "test.malformed");
    } catch (error) {
      if (error instanceof InvalidValue) return error;
      throw error;
    }
    throw new Error("it was read");
  };

  it("names the first bad field and keeps the code of its value", () => {
    expect(refusal({ list: [{ amount: "1" }, { amount: "1e3" }] })).toMatchObject({
      code: "value.amount",
      field: "list.1.amount",
      message: expect.stringContaining("`1e3`") as string,
    });
  });

  it("has the caller's code for everything else", () => {
    expect(refusal({ list: 1 })).toMatchObject({ code: "test.malformed", field: "list" });
    expect(refusal(null)).toMatchObject({ code: "test.malformed", field: "" });
    expect(refusal({ list: [], extra: 1 })).toMatchObject({ code: "test.malformed" });
  });

  it("gives typed values", () => {
    expect(parseWith(schema, { list: [{ amount: "7" }] }, "x.y")).toEqual({ list: [{ amount: 7n }] });
    expect(parseWith(durationSchema, "30m", "x.y")).toBe("30m");
  });

  it("lets a bug through as a bug", () => {
    const broken = z.string().transform(() => {
      throw new TypeError("a bug");
    });
    expect(() => parseWith(broken, "x", "x.y")).toThrow(TypeError);
  });
});
