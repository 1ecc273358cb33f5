/** The types of the code are those of docs/statements.md, and words hide nothing. */
import { readFileSync } from "node:fs";
import { TypedDataEncoder } from "ethers/hash";
import { describe, expect, it } from "vitest";
import { intentTypes } from "../../../src/intent/intent.ts";
import { typesOf } from "../../../src/statement/digest.ts";
import { kindSchema, messages, type Kind } from "../../../src/statement/message.ts";

const kinds = Object.keys(messages) as Kind[];
const page = readFileSync(new URL("../../../docs/statements.md", import.meta.url), "utf8");
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf("\n")), text]),
);

describe("docs/statements.md", () => {
  it("prints the type string of every kind, and of nothing else", () => {
    const printed = [...page.matchAll(/^([A-Z]\w+)\((.*)\)$/gm)].map(([line]) => line);
    const expected = [
      ...kinds.map((kind) => TypedDataEncoder.from(typesOf(kind)).encodeType(kind)),
      TypedDataEncoder.from(intentTypes).encodeType("Intent"),
    ];
    const domainType = "EIP712Domain(string name,string version,bytes32 salt)";
    expect(printed.sort()).toEqual([...expected, domainType].sort());
  });

  it.each(kinds)("says what each field of %s means", (kind) => {
    const text = sections.get(kind) ?? "";
    const prose = text.replace(/```[^]*?```/g, "");
    const shared =
      kind === "Approval"
        ? (sections.get("Submission") ?? "")
        : kind === "RosterChange"
          ? (sections.get("PolicyChange") ?? "")
          : "";
    for (const field of Object.keys(messages[kind])) expect(prose + shared, field).toContain(`\`${field}\``);
  });
});

describe("kinds", () => {
  it("are all known to the schema", () => {
    for (const kind of kinds) expect(kindSchema.safeParse(kind).success, kind).toBe(true);
    expect(kindSchema.safeParse("Payment").success).toBe(false);
  });
});

describe("words in a message", () => {
  const [, words] = messages.Submission.details;

  it.each(["a\u0000b", "a\nb", "a\u202eb", "a\u200bb", "\ud800", "a\u2028b"])(
    "refuse control, invisible and broken characters: %j",
    (text) => {
      expect(words.safeParse(text).success).toBe(false);
    },
  );

  it("take 600 characters and no more", () => {
    expect(words.safeParse("é".repeat(600)).success).toBe(true);
    expect(words.safeParse("é".repeat(601)).success).toBe(false);
  });
});
