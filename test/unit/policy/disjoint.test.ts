/** No intent matches two rules: overlap is found exactly, by operations and by lists. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../src/policy/compile.ts";
import { bankA, document, documentWith, refusalOf, stranger } from "./example.ts";

const [mint] = document.rules;
const entry = (address: string): unknown => ({ address, label: "somebody" });
const lists = {
  treasury: { entries: [entry(bankA)] },
  partners: { entries: [entry(stranger)] },
  both: { entries: [entry(stranger), entry(bankA)] },
};
const rule = (id: string, when: Readonly<Record<string, unknown>>): unknown => ({
  ...mint,
  id,
  when: { ...mint!.when, ...when },
});
const compiled =
  (...rules: unknown[]): (() => unknown) =>
  () =>
    compile(documentWith({ lists, rules }));

describe("rules", () => {
  it("of other operations are apart", () => {
    expect(compiled(rule("a", { operation: "mint" }), rule("b", { operation: "transfer" }))).not.toThrow();
  });

  it("for two groups are left to the roster, which says who is in both", () => {
    const other = rule("b", { initiator: { group: "officers" } });
    expect(compiled(rule("a", {}), other)).not.toThrow();
  });

  it("that share an operation and a group overlap, and the message says where", () => {
    const refused = refusalOf(
      compiled(rule("a", { operation: { in: ["mint", "transfer"] } }), rule("b", { operation: "transfer" })),
    );
    expect(refused).toEqual({
      code: "policy.overlap",
      field: "rules.1.when",
      message: "rules.1.when: `b` and `a` both match a transfer",
    });
  });

  it("of one operation are apart when their lists share nobody", () => {
    expect(compiled(rule("a", {}), rule("b", { to: { in: "partners" } }))).not.toThrow();
    expect(refusalOf(compiled(rule("a", {}), rule("b", { to: { in: "both" } }))).code).toBe("policy.overlap");
    expect(refusalOf(compiled(rule("a", {}), rule("b", { to: undefined }))).code).toBe("policy.overlap");
    expect(refusalOf(compiled(rule("a", { to: undefined }), rule("b", {}))).code).toBe("policy.overlap");
  });

  it("are compared each with each", () => {
    const rules = [
      rule("a", { to: { in: "treasury" } }),
      rule("b", { to: { in: "partners" } }),
      rule("c", { to: { in: "both" } }),
    ];
    expect(refusalOf(compiled(...rules)).field).toBe("rules.2.when");
  });
});
