/** The document's text: what it may say, that nothing is ignored, and what its hash is of. */
import { describe, expect, it } from "vitest";
import { readPolicyDocument } from "../../../../src/policy/document/document.ts";
import { document, documentWith, refusalOf } from "../example.ts";

const bent = (fields: Readonly<Record<string, unknown>>): { code: string; field: string; message: string } =>
  refusalOf(() => documentWith(fields));

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
    ["another standard", { token: { ...document.token, standard: "erc1155" } }, "token.standard"],
    ["an unknown operation", when({ operation: "upgrade" }), "rules.0.when.operation"],
    ["a rule for whoever asks", when({ initiator: undefined }), "rules.0.when.initiator"],
    ["a whisper", { rules: [{ ...mint, loud: false }] }, "rules.0.loud"],
  ])("is refused by its field: %s", (_, fields, field) => {
    expect(bent(fields as Record<string, unknown>)).toMatchObject({ code: "policy.malformed", field });
  });

  const token = { chainId: 1, verifyingContract: `0x${"11".repeat(20)}` };
  const tests = (count: number): unknown =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${String(index)}`, { is: "1" }]));
  const mints = { when: { operation: "mint" } };

  it.each<[unknown, string]>([
    [guard(mints), "guards.0: a guard has one of `deny: true`, `add` and `require`"],
    [
      guard({ ...mints, deny: true, add: { delay: "1h" } }),
      "guards.0: a guard has one of `deny: true`, `add` and `require`",
    ],
    [guard({ deny: true }), "guards.0: `deny: true` comes with `when` or `unless`"],
    [guard({ when: {}, deny: true }), "guards.0.when: an empty condition says nothing; leave it out"],
    [guard({ ...mints, add: {} }), "guards.0.add: an addition adds something: `quorum`, `delay`, `distinct` or `veto`"],
    [tiers({ distinct: {} }), "rules.0.tiers.0.distinct: say `people`, `units`, or both"],
    [tiers({ upTo: 5 }), "rules.0.tiers.0.upTo: `5` is not an amount with its unit, such as `100 GLD` or `0.05 ETH`"],
    [when({ amount: {} }), "rules.0.when.amount: compare with `eq`, `gt`, `gte`, `lt` or `lte`"],
    ...[
      { eq: "1 GLD", gt: "0 GLD" },
      { eq: "1 GLD", gte: "0 GLD" },
      { eq: "1 GLD", lt: "2 GLD" },
      { eq: "1 GLD", lte: "2 GLD" },
      { gt: "1 GLD", gte: "1 GLD" },
      { lt: "1 GLD", lte: "1 GLD" },
    ].map((amount): [unknown, string] => [
      when({ amount }),
      "rules.0.when.amount: `eq` stands alone, and each side has one bound",
    ]),
    [when({ time: {} }), "rules.0.when.time: say `days`, `from` and `to`, or `holidays`"],
    [when({ time: { from: "25:00" } }), "rules.0.when.time.from: not a time of day such as `08:00`"],
    [when({ args: {} }), "rules.0.when.args: one to twenty arguments"],
    [when({ args: tests(21) }), "rules.0.when.args: one to twenty arguments"],
    [when({ args: { "1a": { is: "1" } } }), "rules.0.when.args: not a name of an argument"],
    [
      when({ typedData: { domain: token, primaryType: "a b" } }),
      "rules.0.when.typedData.primaryType: not a name of a type",
    ],
    [{ holidays: { x: ["26-1-1"] } }, "holidays.x.0: not a date such as `2026-12-25`"],
    [{ timezone: "../etc" }, "timezone: not a time zone such as `Europe/Zurich`"],
    [
      { tests: [{ name: "a", request: { operation: "mint", by: "ida" }, expect: {} }] },
      "tests.0.expect: one of `allow`, `pending`, `deny`",
    ],
  ])("is refused in words that say what is to mend: %j", (fields, message) => {
    expect(bent(fields as Record<string, unknown>).message).toBe(message);
  });

  it("is not what may be said with as much, or with one thing only", () => {
    for (const fields of [
      when({ args: tests(20) }),
      when({ args: tests(1) }),
      when({ amount: { gte: "1 GLD", lt: "2 GLD" } }),
      guard({ unless: { operation: "mint" }, deny: true }),
      guard({ add: { delay: "1h" } }),
      guard({ add: { distinct: { units: 2 } } }),
      guard({ add: { distinct: { people: 2 } } }),
      guard({ add: { quorum: { group: "officers", min: 1 } } }),
      guard({ add: { veto: { group: "officers", min: 1 } } }),
    ])
      expect(documentWith(fields as Record<string, unknown>)).toMatchObject(fields as Record<string, unknown>);
  });

  it("is told by its message whole, and not by its spelling alone", () => {
    const lists = {
      treasury: { entries: [{ address: "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa", label: "Bank A" }] },
    };
    expect(bent({ lists }).message).toBe("the document is not in its canonical form: addresses are in lower case");
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
