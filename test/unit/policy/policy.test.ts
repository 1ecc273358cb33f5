/** The demo policy, compiled: the roster of the tests can live by it too. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../src/policy/compile/compile.ts";
import { checkAgainstRoster, checkWallets } from "../../../src/policy/analyse/roster-fit.ts";
import { document, rosterIndex, yaml } from "./example.ts";

describe("policies/GLD.yaml", () => {
  it("compiles, and its roster can fill it", () => {
    const policy = compile(document);
    expect(checkAgainstRoster(policy, rosterIndex)).toEqual([]);
    expect(checkWallets(policy)).toEqual([]);
    expect(yaml).toContain("apiVersion: countersign/v1");
  });
});
