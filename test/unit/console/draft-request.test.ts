/** A request as it is typed: what each operation asks for, whose key signs it, and what is still missing in words. */
import { describe, expect, it } from "vitest";
import { askable, emptyDraft, fieldsOf, keysFor, wishOf, type Draft } from "../../../src/console/draft-request.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { intentFrom, submissionWords } from "../../../src/sdk/submission.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy, treasury, units } from "../../place/gold.ts";
import { tokenOf } from "../../place/profiles.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const keys = [managedKey("hsm-mint"), managedKey("ledger-cold")];
const place = { policy: compile(goldPolicy()), roster: indexRoster(rosterOf(keys)) };
const whole: Draft = { ...emptyDraft("mint"), to: ` ${treasury} `, amount: "1.5", reference: "DEPOSIT-1" };

describe("a draft", () => {
  it("becomes the intent that a person typed, signed by the key of its tier", () => {
    const wish = wishOf(whole, place, 1_000);
    expect(intentFrom(wish, 18)).toMatchObject({
      operation: "mint",
      to: treasury,
      amount: BigInt(units(3)) / 2n,
      account: keys[0]?.account,
      notBefore: 1_000,
      expiresAt: 1_000 + 86_400,
    });
  });

  it.each(["to", "amount", "reference"] as const)("without %s says what is missing, and where", (field) => {
    const lacking = (): unknown => wishOf({ ...whole, [field]: "  " }, place, 1_000);
    expect(lacking).toThrow(expect.objectContaining({ name: "InvalidValue", code: "console.empty", field }));
  });

  it("is signed by the key of the tier that its amount falls in, and by none above the last", () => {
    const tiers = [
      { upTo: "10 GLD", quorum: { group: "custodians", min: 2 }, sign: "hsm-mint" },
      { upTo: "20 GLD", quorum: { group: "custodians", min: 2 }, sign: "ledger-cold" },
    ];
    const rules = goldPolicy().rules.map((rule) => (rule.id === "mint" ? toWire({ ...rule, tiers }) : toWire(rule)));
    const tiered = { ...place, policy: compile(goldPolicy({ rules })) };
    const signers = (amount: string): readonly string[] =>
      keysFor(tiered, { operation: "mint", amount }).map(({ id }) => id);
    expect(["10", "10.5", "20.1", "not yet a number"].map(signers)).toEqual([
      ["hsm-mint"],
      ["ledger-cold"],
      [],
      ["hsm-mint", "ledger-cold"],
    ]);
    const beyond = (): unknown => wishOf({ ...whole, amount: "21" }, tiered, 1_000);
    expect(beyond).toThrow("no rule of the policy is for such an amount");
  });

  it("asks for the fields of its operation alone", () => {
    expect(fieldsOf("mint")).toEqual(["amount", "to"]);
    expect(fieldsOf("pause")).toEqual([]);
    expect(fieldsOf("registerIdentity")).toEqual(["identity", "country", "to"]);
    expect(fieldsOf("forcedTransfer")).toEqual(["amount", "from", "to"]);
  });
});

describe("a raise as it is typed", () => {
  const written = goldPolicy();
  const rule = written.rules.find(({ id }) => id === "mint")!;
  const policy = compile(
    goldPolicy({
      token: tokenOf("backed-token", toWire(written.token) as Readonly<Record<string, unknown>>),
      guards: [],
      limits: [],
      rules: [toWire({ ...rule, when: { operation: "raiseMultiplier", initiator: { group: "issuers" } } })],
    }),
  );
  const typed = { amount: "42", newMultiplier: " 1.0042", oldMultiplier: "1 ", activationTime: "2030-01-01T00:00:00Z" };
  const draft: Draft = { ...emptyDraft("raiseMultiplier"), ...typed, reference: "YIELD-1" };
  const raises = { ...place, policy };

  it("becomes the step, the time and the most that it adds", () => {
    expect(askable(policy)).toEqual(["raiseMultiplier"]);
    expect(fieldsOf("raiseMultiplier")).toEqual(["amount", "newMultiplier", "oldMultiplier", "activationTime"]);
    expect(submissionWords(wishOf(draft, raises, 1_000), 18)).toContain(
      "raise the multiplier of GLD from 1 to 1.0042 (+0.42 %) as of 2030-01-01T00:00:00Z, which is the same as issuing at most 42 GLD",
    );
  });

  it.each([
    ["newMultiplier", "1,0042"],
    ["oldMultiplier", "0.0000000000000000001"],
    ["activationTime", "tomorrow"],
    ["activationTime", " "],
    ["oldMultiplier", ""],
  ] as const)("with %s %o says so at that field", (field, text) => {
    const lacking = (): unknown => wishOf({ ...draft, [field]: text }, raises, 1_000);
    expect(lacking).toThrow(expect.objectContaining({ name: "InvalidValue", field }));
  });
});

it("offers what the token offers and a rule is about", () => {
  expect(askable(place.policy)).toContain("mint");
  expect(askable(place.policy)).not.toContain("forcedTransfer");
  // A part of a distribution comes with its document.
  const rules = [
    ...place.policy.rules,
    {
      ...place.policy.rules[0]!,
      when: { ...place.policy.rules[0]!.when, operations: new Set(["distribute" as const]) },
    },
  ];
  expect(askable({ ...place.policy, rules })).not.toContain("distribute");
});
