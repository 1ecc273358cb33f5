/** The place of the cursor in a policy that is being written, in lines and in braces, and what the schema lets stand there. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { spotAt, suggestionsAt } from "../../../src/console/policy-completion.ts";
import type { Json } from "../../../src/values/json.ts";

const schema = JSON.parse(readFileSync("policies/policy.schema.json", "utf8")) as Json;

/** `|` is the cursor. */
function spot(text: string): string {
  const { path, at, typed } = spotAt(text.replace("|", ""), text.indexOf("|"));
  return `${path.join(".")} ${at} ${typed}`.trim();
}
function offered(text: string): readonly string[] {
  return suggestionsAt(schema, spotAt(text.replace("|", ""), text.indexOf("|"))).map(({ text: one }) => one);
}

describe("the place of the cursor", () => {
  it.each([
    ["|", "key"],
    ["asset: GLD\nver|", "key ver"],
    ["kind: Pol|", "kind value Pol"],
    ["token:\n  |", "token key"],
    ["token:\n  chain: 1\n  stand|", "token key stand"],
    ["token:\n  chain: 1\n|", "key"],
    ["rules:\n  - id: a\n    when:\n      operation: |", "rules.[].when.operation value"],
    ["rules:\n  - id: a\n  - |", "rules.[] key"],
    ["rules:\n- id: a\n  |", "rules.[] key"],
    ["rules:\n- id: a\nlimits:\n- |", "limits.[] key"],
    ["guards:\n  - { id: fee, when: { operation: { in: [mint, |", "guards.[].when.operation.in.[] value"],
    ["guards:\n  - { id: fee, when: { operation: mint }, re|", "guards.[] key re"],
    ["guards:\n  - { id: fee,\n      when: { |", "guards.[].when key"],
    ["guards:\n  - { id: fee, deny: true }\n  - |", "guards.[] key"],
    ['lists:\n  "a b":\n    |', "lists.a b key"],
    ["# rules:\n#   - {\n|", "key"],
    ["asset: GLD # { of gold\nversion: |", "version value"],
    ['tests:\n  - { name: "a, {b: c", request: { |', "tests.[].request key"],
  ])("in %j", (text, answer) => {
    expect(spot(text)).toBe(answer);
  });
});

describe("what is offered", () => {
  it("are the keys of the whole document, those that begin as typed", () => {
    expect(offered("|")).toEqual(expect.arrayContaining(["asset", "token", "rules", "never"]));
    expect(offered("tok|")).toEqual(["token"]);
  });

  it("are the values of a closed set behind their key", () => {
    expect(offered("rules:\n  - when: { operation: re|")).toEqual(["redeem", "revokeRole", "registerIdentity"]);
    expect(offered("guards:\n  - { deny: |")).toEqual(["true"]);
  });

  it("are keys of what may stand there instead", () => {
    expect(offered("rules:\n  - when: { operation: { |")).toEqual(["in"]);
  });

  it("go down through quorums of quorums", () => {
    expect(offered("rules:\n  - tiers:\n      - quorum: { all: [ { any: [ { |")).toEqual(
      expect.arrayContaining(["group", "min", "all", "any", "ordered"]),
    );
  });

  it("say what they mean", () => {
    const [token] = suggestionsAt(schema, { path: [], at: "key", typed: "token" });
    expect(token).toBeUndefined();
    const [asset] = suggestionsAt(schema, { path: [], at: "key", typed: "ass" });
    expect(asset?.words).toContain("the asset that this policy is about");
  });

  it("are nothing where the schema has nothing", () => {
    expect(offered("asset:\n  nothing:\n    |")).toEqual([]);
  });
});
