/** Findings in order and in words. */
import { describe, expect, it } from "vitest";
import { findingLine, sorted, type PolicyFinding } from "../../../../src/policy/analyse/finding.ts";

const finding = (
  severity: PolicyFinding["severity"],
  field: string,
  code: PolicyFinding["code"] = "policy.gap",
): PolicyFinding => ({
  code,
  severity,
  field,
  message: "something",
});

describe("findings", () => {
  it("come with the worst first, then as they stand in the document", () => {
    const some = [
      finding("note", "rules.0", "policy.overlap"),
      finding("note", "rules.0"),
      finding("error", "rules.10"),
      finding("error", "rules.9"),
      finding("warning", "guards.0"),
    ];
    expect(sorted(some).map(({ severity, field, code }) => `${severity} ${field} ${code}`)).toEqual([
      "error rules.9 policy.gap",
      "error rules.10 policy.gap",
      "warning guards.0 policy.gap",
      "note rules.0 policy.gap",
      "note rules.0 policy.overlap",
    ]);
  });

  it("have one line each, with the request that shows them", () => {
    expect(findingLine(finding("error", "rules.0"))).toBe("error rules.0: something");
    const example = {
      text: "mint 1 GLD by ida",
      request: { operation: "mint", by: "ida" },
      at: "2027-01-04T12:00:00Z",
    };
    expect(findingLine({ ...finding("note", "rules.0"), example })).toBe(
      "note rules.0: something; for example: mint 1 GLD by ida",
    );
  });
});
