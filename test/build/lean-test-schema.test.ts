/** What the pages make of tests in a policy: as the whole schema reads them, without looking at them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
// @ts-expect-error plain JavaScript of the build, untyped
import * as lean from "../../scripts/lean-test-schema.js";
import { testSchema } from "../../src/policy/document/test-schema.ts";
import { readPolicyYaml } from "../../src/policy/document/yaml-document.ts";
import { checksum } from "../../src/values/address.ts";
import { addressOf } from "../place/profiles.ts";

const short = (lean as { readonly testSchema: typeof testSchema }).testSchema;
const folder = new URL("../../policies", import.meta.url).pathname;
const policies = readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "roster.yaml");

describe("a test that a page reads", () => {
  test.each(policies)("is what it is everywhere: %s", (name) => {
    const { tests = [] } = readPolicyYaml(readFileSync(join(folder, name), "utf8"));
    expect(tests.length).toBeGreaterThan(0);
    for (const one of tests) expect(short.parse(one)).toEqual(testSchema.parse(one));
  });

  test("whose recipient is no text is left as it is, for whoever compares it with what was signed", () => {
    const one = { name: "odd", request: { operation: "mint", by: "ida", to: 5 }, expect: { deny: "mint.to" } };
    expect(short.parse(one)).toEqual(one);
  });

  test("has its recipient in the spelling that all addresses have, and no other word of it is changed", () => {
    const to = checksum(addressOf("somebody"));
    const one = { name: "To Somebody", request: { operation: "mint", by: "ida", to }, expect: { deny: "mint.to" } };
    expect(short.parse(one)).toEqual(testSchema.parse(one));
    expect(short.parse(one)).toMatchObject({ name: "To Somebody", request: { to: to.toLowerCase() } });
  });
});
