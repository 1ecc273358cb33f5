/** Policies as people write them: the hash of what is read, and texts that have no one reading. */
import { describe, expect, it } from "vitest";
import { readPolicyDocument } from "../../../../src/policy/document/document.ts";
import { readPolicyYaml } from "../../../../src/policy/document/yaml-document.ts";
import { hash } from "../../../../src/values/json.ts";
import { document, documentWith, refusalOf, yaml } from "../example.ts";

const bent = (fields: Readonly<Record<string, unknown>>): { code: string; field: string; message: string } =>
  refusalOf(() => documentWith(fields));

describe("readPolicyYaml", () => {
  it("reads the demo policy, and the result reads as JSON with the same hash", () => {
    const json: unknown = JSON.parse(JSON.stringify(document));
    expect(readPolicyDocument(json)).toEqual(document);
    expect(hash(json)).toBe(hash(document));
  });

  it("brings checksummed addresses to lower case, which JSON must have already", () => {
    const mixed = yaml.replaceAll(
      "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa",
    );
    expect(mixed).not.toBe(yaml);
    expect(hash(readPolicyYaml(mixed))).toBe(hash(readPolicyYaml(yaml)));
    const lists = {
      treasury: { entries: [{ address: "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa", label: "Bank A" }] },
    };
    expect(bent({ lists })).toMatchObject({ code: "policy.not-canonical" });
  });

  it("refuses a wrong checksum", () => {
    const wrong = yaml.replaceAll(
      "0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "0xAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAaa",
    );
    expect(refusalOf(() => readPolicyYaml(wrong)).code).toBe("policy.malformed");
  });

  it("refuses what YAML would merge or repeat", () => {
    expect(refusalOf(() => readPolicyYaml(`${yaml}\nasset: SLV`)).code).toBe("yaml.syntax");
    expect(refusalOf(() => readPolicyYaml("- a")).code).toBe("policy.malformed");
  });
});
