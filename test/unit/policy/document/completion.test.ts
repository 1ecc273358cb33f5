/** What the schema of the language lets stand where somebody writes. */
import { describe, expect, it } from "vitest";
import { completionOf } from "../../../../src/policy/document/completion.ts";
import { policyJsonSchema } from "../../../../src/policy/document/json-schema.ts";

const schema = policyJsonSchema();

/** The cursor is at the end. */
function offered(text: string): readonly string[] {
  return completionOf(schema, text).offers.map(({ text: one }) => one);
}

describe("what is offered", () => {
  it("are the keys of the whole document, those that begin as typed", () => {
    expect(offered("")).toEqual(expect.arrayContaining(["asset: ", "token: ", "rules: ", "never: "]));
    expect(offered("tok")).toEqual(["token: "]);
  });

  it("are the values of a closed set behind their key", () => {
    expect(offered("rules:\n  - when: { operation: re")).toEqual([
      "redeem",
      "revokeRole",
      "registerIdentity",
      "removeClaim",
    ]);
    expect(offered("guards:\n  - { deny: ")).toEqual(["true"]);
  });

  it("are keys of what may stand there instead", () => {
    expect(offered("rules:\n  - when: { operation: { ")).toEqual(["in: "]);
  });

  it("go down through quorums of quorums", () => {
    expect(offered("rules:\n  - tiers:\n      - quorum: { all: [ { any: [ { ")).toEqual(
      expect.arrayContaining(["group: ", "min: ", "all: ", "any: ", "ordered: "]),
    );
  });

  it("say what they mean", () => {
    const [asset] = completionOf(schema, "ass").offers;
    expect(asset?.words).toContain("the asset that this policy is about");
  });

  it("take the place of what was typed", () => {
    expect(completionOf(schema, "kind: Pol")).toMatchObject({ typed: 3, offers: [{ text: "Policy" }] });
    expect(completionOf(schema, "kind: Policy").offers).toEqual([]);
  });

  it("are few, and there at once, however deep a quorum of quorums is", () => {
    const text = `rules:\n  - tiers:\n      - quorum: ${"{ all: [ ".repeat(13)}{ `;
    const begun = performance.now();
    expect(offered(text)).toContain("ordered: ");
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it("are nothing where the schema has nothing", () => {
    expect(offered("asset:\n  nothing:\n    ")).toEqual([]);
    expect(offered("constructor:\n  ")).toEqual([]);
  });
});
