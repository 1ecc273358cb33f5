/** The place of the cursor in a policy that is being written, in lines and in braces. */
import { describe, expect, it } from "vitest";
import { spotAt } from "../../../../src/policy/document/cursor.ts";

/** `|` is the cursor. */
function spot(text: string): string {
  const found = spotAt(text.slice(0, text.indexOf("|")));
  return found === undefined ? "nowhere" : `${found.path.join(".")} ${found.at} ${found.typed}`.trim();
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
    ["rules:\r\n  - id: a\r\n    when:\r\n      |", "rules.[].when key"],
    ['tests:\n  - { name: "a, {b: c", request: { |', "tests.[].request key"],
  ])("in %j", (text, answer) => {
    expect(spot(text)).toBe(answer);
  });

  it("is none behind what is deeper or longer than people write", () => {
    expect(spot(`${"[".repeat(32)}|`)).toBe(`${Array.from({ length: 32 }, () => "[]").join(".")} value`);
    expect(spot(`${"[".repeat(33)}|`)).toBe("nowhere");
    expect(spot(`${"- ".repeat(33)}|`)).toBe("nowhere");
    expect(spot(`${"- ".repeat(1_000_000)}|`)).toBe("nowhere");
    expect(spot(`asset: ${"a".repeat(993)}|`)).toMatch(/^asset value/);
    expect(spot(`asset: ${"a".repeat(994)}\n|`)).toBe("nowhere");
  });
});
