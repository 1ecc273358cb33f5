/** The document's text: what it may say, that nothing is ignored, and what its hash is of. */
import { describe, expect, it } from "vitest";
import { readPolicyDocument, readPolicyYaml } from "../../../../src/policy/document/document.ts";
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

describe("a word that the language does not have", () => {
  const [mint] = document.rules;
  const [tier] = mint!.tiers;
  const tiers = (fields: Readonly<Record<string, unknown>>): unknown => ({
    rules: [{ ...mint, tiers: [{ ...tier, ...fields }] }],
  });
  const when = (fields: Readonly<Record<string, unknown>>): unknown => ({
    rules: [{ ...mint, when: { ...mint!.when, ...fields } }],
  });
  const guard = (fields: Readonly<Record<string, unknown>>): unknown => ({ guards: [{ id: "g", ...fields }] });

  it.each<[string, unknown, string]>([
    ["a weighted quorum", tiers({ quorum: { weighted: {} } }), "rules.0.tiers.0.quorum"],
    ["an order of one", tiers({ quorum: { ordered: [{ group: "a", min: 1 }] } }), "rules.0.tiers.0.quorum.ordered"],
    ["a floor of nothing", tiers({ distinct: {} }), "rules.0.tiers.0.distinct"],
    ["an addition of nothing", guard({ when: { operation: "mint" }, add: {} }), "guards.0.add"],
    ["a guard that only names", guard({ when: { operation: "mint" } }), "guards.0"],
    ["a guard that denies everything", guard({ deny: true }), "guards.0"],
    [
      "evidence of another kind",
      guard({ when: { operation: "mint" }, require: { evidence: "weather", maxAge: "60s" } }),
      "guards.0.require.evidence",
    ],
    ["another metric", { limits: [{ ...document.limits![0]!, metric: "mean" }] }, "limits.0.metric"],
    ["a time without a word", when({ time: {} }), "rules.0.when.time"],
    ["an hour that is none", when({ time: { from: "25:00" } }), "rules.0.when.time.from"],
    ["a weekday in German", when({ time: { days: ["di"] } }), "rules.0.when.time.days.0"],
    ["two bounds on one side", when({ amount: { gt: "1 GLD", gte: "2 GLD" } }), "rules.0.when.amount"],
    ["a comparison without a value", when({ amount: {} }), "rules.0.when.amount"],
    ["a pattern for recipients", when({ to: { matches: "0x*" } }), "rules.0.when.to"],
    ["another standard", { token: { ...document.token, standard: "erc3643" } }, "token.standard"],
    ["an unknown operation", when({ operation: "upgrade" }), "rules.0.when.operation"],
    ["a rule for whoever asks", when({ initiator: undefined }), "rules.0.when.initiator"],
    ["a whisper", { rules: [{ ...mint, loud: false }] }, "rules.0.loud"],
  ])("is refused by its field: %s", (_, fields, field) => {
    expect(bent(fields as Record<string, unknown>)).toMatchObject({ code: "policy.malformed", field });
  });

  it("is named in the message", () => {
    expect(bent({ roles: [] }).message).toBe("unknown key `roles`; nothing is ignored");
    expect(bent(tiers({ quorum: { weighted: [] } }) as never).message).toBe(
      "rules.0.tiers.0.quorum: unknown key `weighted`; nothing is ignored",
    );
  });
});

describe("a document", () => {
  it.each<[string, unknown, string]>([
    ["a guard that asks and denies", { guards: [{ id: "g", unless: { maxFee: { lte: "1 ETH" } } }] }, "guards.0"],
    ["a guard that says nothing", { guards: [{ id: "g" }] }, "guards.0"],
    ["no rule", { rules: [] }, "rules"],
    ["a rule without a tier", { rules: [{ ...document.rules[0]!, tiers: [] }] }, "rules.0.tiers"],
    ["a group of nobody", { groups: { observers: { min: 0 } } }, "groups.observers.min"],
    [
      "a group that takes no credential",
      { groups: { observers: { min: 1, credentials: [] } } },
      "groups.observers.credentials",
    ],
    ["version 0", { version: 0 }, "version"],
    ["a hash without its name", { previous: "0x12" }, "previous"],
    ["no change block", { change: undefined }, "change"],
    [
      "a test that expects nothing",
      { tests: [{ name: "a", request: { operation: "mint", by: "ida" }, expect: {} }] },
      "tests.0.expect",
    ],
    [
      "a test that expects twice",
      { tests: [{ name: "a", request: { operation: "mint", by: "ida" }, expect: { allow: "mint", deny: "mint.to" } }] },
      "tests.0.expect",
    ],
    ["a time zone of nowhere", { timezone: "../etc" }, "timezone"],
  ])("with %s is refused", (_, fields, field) => {
    expect(bent(fields as Record<string, unknown>)).toMatchObject({ field });
  });

  it("is no document at all when it is not an object", () => {
    for (const input of [null, [], "x", 1, undefined])
      expect(refusalOf(() => readPolicyDocument(input)).code).toBe("policy.malformed");
  });
});
