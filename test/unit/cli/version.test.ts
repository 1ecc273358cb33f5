/** The version, for people and for programs. */
import { expect, it } from "vitest";
import { version, versionAsked } from "../../../src/cli/version.ts";

it("is told alone, or as JSON, and for no other words", () => {
  expect(version()).toMatch(/^\d+\.\d+\.\d+/);
  for (const word of ["--version", "-v"]) {
    expect(versionAsked([word])).toBe(version());
    expect(JSON.parse(versionAsked([word, "--json"]) ?? "")).toEqual({ version: version() });
    expect(versionAsked(["--json", word])).toBe(versionAsked([word, "--json"]));
  }
  for (const args of [[], ["--json"], ["--version", "gate"], ["--json", "--json"], ["--json", "--json", "-v"]])
    expect(versionAsked(args)).toBeUndefined();
});
