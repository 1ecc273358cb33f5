/** Which error of a token means what. */
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { classify } from "../../../../src/adapters/pkcs11/token-error.ts";

const coded = (code: number): Error => Object.assign(new Error("CKR_VENDOR_DEFINED"), { code });

describe("an error of the token", () => {
  test.each([
    [160, "fatal-auth"],
    [164, "fatal-auth"],
    [257, "relogin"],
    [130, "relogin"],
    [144, "session"],
    [179, "session"],
    [48, "reconnect"],
    [5, "reconnect"],
    [33, "request"],
    [112, "request"],
    [177, "busy"],
  ])("%i is of the class %s", (code, kind) => {
    expect(classify(coded(code))).toMatchObject({ class: kind, code });
  });

  test("is known by the number in its text when it carries none", () => {
    expect(classify(new Error("CKR_ATTRIBUTE_READ_ONLY:16\n    at C_SetAttributeValue (:1)"))).toEqual({
      class: "request",
      code: 16,
      name: "CKR_ATTRIBUTE_READ_ONLY",
    });
  });

  test("has our name even where the library knows none", () => {
    expect(classify(coded(27)).name).toBe("CKR_ACTION_PROHIBITED");
  });

  test.each([[coded(0x8000_0001)], [coded(99_999)], [new Error("CKR_X")], ["text"], [undefined]])(
    "that nobody knows counts as a lost connection: %s",
    (error) => {
      expect(classify(error).class).toBe("reconnect");
    },
  );

  test("has the number the standard's header gives it", () => {
    const native = createRequire(import.meta.url)("pkcs11js") as Record<string, unknown>;
    const numbers = Object.entries(native).filter(([name]) => name.startsWith("CKR_") && name !== "CKR_OK");
    expect(numbers.length).toBeGreaterThan(70);
    for (let code = 1; code < 1_024; code += 1) {
      const { name } = classify(coded(code));
      if (typeof native[name] === "number") expect([name, code]).toEqual([name, native[name]]);
    }
    for (const [name, code] of numbers) {
      const known = classify(coded(Number(code)));
      if (known.name !== "unknown" && known.name !== "CKR_VENDOR_DEFINED") expect(known.name).toBe(name);
    }
  });
});
