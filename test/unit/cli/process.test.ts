/** What the demo is told on its command line. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/cli/outcome.ts";
import { readFolder, readPort } from "../../../src/cli/process.ts";

describe("the port of the demo", () => {
  it("leaves one after it for the chain", () => {
    expect([readPort("0"), readPort("8480"), readPort("65534")]).toEqual([0, 8_480, 65_534]);
  });

  it.each(["", "-1", "65535", "99999", "8480 ", "0x10"])("is not `%s`", (text) => {
    expect(() => readPort(text)).toThrow(UsageError);
  });
});

describe("the folder of the demo", () => {
  it("has a name", () => {
    expect(readFolder(".data/dev")).toBe(".data/dev");
    for (const text of ["", " "]) expect(() => readFolder(text)).toThrow(UsageError);
  });
});
